import Releases
import Testing

@testable import Commands

@Suite struct LocalImageStoreTests {
    @Test(arguments: [
        ("docker", "docker", true), ("podman", "podman", true), ("buildah", "podman", true),
        ("process", "process", true),
        ("podman", "docker", false), ("buildah", "docker", false), ("docker", "podman", false),
        ("docker", "process", false), ("process", "docker", false), ("cloud-build", "docker", true),
    ])
    func `an image that nobody would find is refused before it is built`(builder: String, runtime: String, fits: Bool) {
        let refusal = LocalImageStore.refusal(builder: builder, runtime: runtime)
        #expect((refusal == nil) == fits)
        guard let refusal else { return }
        #expect(refusal.category == .usage && refusal.hint?.hasPrefix("take --builder \(runtime),") == true)
    }

    @Test func `another builder that takes secrets needs a registry too`() {
        let failure = Failure(.unavailable, "none", details: [.init("can", "podman")], hint: "--builder podman")
        #expect(LocalImageStore.withRegistry(failure).hint?.hasPrefix("--builder podman, and a `registry:`") == true)
        let nobody = Failure(.unavailable, "none", hint: "install buildah")
        #expect(LocalImageStore.withRegistry(nobody) == nobody)
    }
}
