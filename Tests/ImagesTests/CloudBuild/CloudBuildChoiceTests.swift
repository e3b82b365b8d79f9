import Releases
import Testing

@testable import Images

/// When builds go to the cloud, and what is said while the source travels.
struct CloudBuildChoiceTests {
    @Test func `auto builds in the cloud where no engine answers, if the environment is there`() async throws {
        let folder = try Folder()
        try folder.write("yes", "#!/bin/sh\necho 1.0\n", mode: 0o755)
        func chosen(docker: String, inGoogleCloud: Bool) async throws -> String {
            let none = ContainerEngine(name: "podman", program: "/nonexistent/podman")
            let cloud: CloudBuildBuilder.Settings = { throw Failure(.internalError, "nothing is built here") }
            let registry = BuilderRegistry(
                processStore: folder.path, docker: ContainerEngine(name: "docker", program: docker), podman: none,
                buildah: none,
                cloudBuild: inGoogleCloud ? cloud : nil)
            return try await registry.builder(named: "auto").name
        }
        #expect(try await chosen(docker: "\(folder.path)/yes", inGoogleCloud: true) == "docker")
        #expect(try await chosen(docker: "/nonexistent/docker", inGoogleCloud: true) == "cloud-build")
        #expect(try await chosen(docker: "/nonexistent/docker", inGoogleCloud: false) == "process")
    }

    @Test(arguments: [
        (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (3_565_158, "3.4 MiB"), (1 << 30, "1.0 GiB"),
        (Int64.max, "8589934592.0 GiB"),
    ])
    func `sizes are for people`(bytes: Int64, text: String) { #expect(ByteText.text(bytes) == text) }

    @Test func `a long upload says each quarter once, a short one nothing`() {
        func lines(total: Int64, step: Int64) -> [String] {
            let lines = Lines()
            let progress = UploadProgress(total: total) { lines.append($0) }
            for sent in stride(from: step, through: total, by: Int(step)) { progress.reached(sent) }
            return lines.all
        }
        #expect(lines(total: 15 << 20, step: 1 << 20) == [])
        #expect(
            lines(total: 64 << 20, step: 8 << 20) == [
                "uploaded 16.0 MiB of 64.0 MiB", "uploaded 32.0 MiB of 64.0 MiB", "uploaded 48.0 MiB of 64.0 MiB",
                "uploaded 64.0 MiB of 64.0 MiB",
            ])
    }
}
