import Testing

@testable import Transport

struct URLPartsTests {
    @Test(arguments: [
        ("http://LOCALHOST:80/", true), ("http://a.localhost", true), ("http://a.localhost./", true),
        ("http://tag---svc.localhost:8080/x", true), ("http://127.0.0.1", true), ("http://127.9.8.7:1", true),
        ("http://[::1]:8080/", true), ("http://127.0.0.1.example.com", false), ("http://notlocalhost", false),
        ("http://localhost.example.com", false), ("http://10.0.0.1", false), ("http://localhost@example.com", false),
    ])
    func `loopback is judged by the host that is connected to`(url: String, isLoopback: Bool) throws {
        #expect(try #require(URLParts(url)).isLoopback == isLoopback)
    }

    @Test func `the parts of a URL`() throws {
        let url = try #require(URLParts("ws://Svc.localhost:8080/a/b?c=d%20e#f"))
        #expect(url.scheme == "ws")
        #expect(url.host == "svc.localhost")
        #expect(url.port == 8080)
        #expect(url.target == "/a/b?c=d%20e")
        #expect(url.authority == "svc.localhost:8080")
        #expect(try #require(URLParts("ws://[::1]:9")).authority == "[::1]:9")
        #expect(try #require(URLParts("ws://h")).target == "/")
        #expect(try #require(URLParts("ws://u:p@h")).hasUserInfo)
    }

    @Test(arguments: ["", "no", "http://", "http://a:99999/", "http://a b", "http://a\n"])
    func `what is not a URL is nil`(text: String) {
        #expect(URLParts(text) == nil || text == "no")
    }

    @Test(arguments: [
        (Duration.zero, 1), (.seconds(-5), 1), (.milliseconds(1500), 1500), (.seconds(Int64.max), 2_000_000_000),
    ])
    func `durations for libcurl neither overflow nor mean for ever`(duration: Duration, milliseconds: Int) {
        #expect(duration.clampedMilliseconds == milliseconds)
    }
}
