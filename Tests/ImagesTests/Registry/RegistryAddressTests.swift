import Testing

@testable import Images

struct RegistryAddressTests {
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    @Test(arguments: [
        ("us-docker.pkg.dev/p/services/backend:v1", "us-docker.pkg.dev", "p/services/backend", "v1", "https"),
        ("127.0.0.1:5000/backend@\(digest)", "127.0.0.1:5000", "backend", digest, "http"),
        ("localhost:5000/a/b:t@\(digest)", "localhost:5000", "a/b", digest, "http"),
        ("[::1]:5000/a", "[::1]:5000", "a", nil, "http"), ("gcr.io/a", "gcr.io", "a", nil, "https"),
        ("127.example.com/a", "127.example.com", "a", nil, "https"),
    ])
    func `a name has a registry, a path and a reference`(
        name: String, host: String, path: String, reference: String?, scheme: String
    ) throws {
        let address = try #require(RegistryAddress(name))
        #expect(address.host == host)
        #expect(address.path == path)
        #expect(address.reference == reference)
        #expect(address.base == "\(scheme)://\(host)/v2")
    }

    @Test(arguments: [
        "backend", "team/backend:v1", "", "r.dev/", "r.dev//a", "r.dev/a:", "r.dev/a@sha256:1", "r.dev/a b", "-r.dev/a",
        "r.dev/../a", "r.dev/a@x@y", "r.dev/ä", "user:p@r.dev/a", "r.dev/a?b", "r.dev/a#b", "r.dev/a%2f",
    ])
    func `what is no name in a registry is none`(name: String) {
        #expect(RegistryAddress(name) == nil)
    }

    @Test func `docker's own registry has another host than its name`() {
        #expect(RegistryAddress("docker.io/library/busybox")?.base == "https://registry-1.docker.io/v2")
    }

    @Test(arguments: [
        ("us-docker.pkg.dev", true), ("gcr.io", true), ("eu.gcr.io", true), ("pkg.dev.example.com", false),
        ("notgcr.io", false), ("pkg.dev", false), ("127.0.0.1:5000", false),
    ])
    func `only Google's own hosts get Google's tokens`(host: String, isGoogle: Bool) {
        #expect(GoogleRegistry.serves(host: host) == isGoogle)
    }
}
