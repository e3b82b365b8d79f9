import Foundation
import JSON
import Testing
import Transport

@testable import LocalCloudRun

@Suite struct APIServerTests {
    private func withServer(
        _ folder: String, runtime: FakeRuntime = FakeRuntime(),
        _ body: @escaping @Sendable (ServerRecord) async throws -> Void
    ) async throws {
        try await LoopbackCloudRun.run(folder: folder, runtime: runtime, body)
    }

    @Test func `the whole server answers over HTTP and routes to an instance`() async throws {
        let folder = Platform.temporaryFolder()
        let runtime = FakeRuntime()
        try await withServer(folder, runtime: runtime) { record in
            let client = HTTPClient()
            func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> HTTPResponse {
                try await client.send(
                    HTTPRequest(
                        method, "http://127.0.0.1:\(record.apiPort)\(path)",
                        headers: HTTPHeaders([.init("content-type", "application/json")]),
                        body: body.map { Array($0.serialized().utf8) }))
            }
            #expect(ServerRecord.read(stateFolder: folder) == record)
            #expect(await ServerRecord.running(stateFolder: folder) == record)
            let base = "/v2/projects/p/locations/l/"
            let created = try await send("POST", base + "services?serviceId=backend", ["template": Platform.template()])
            #expect(created.status == 200)
            let name = try #require(JSONValue(parsing: created.body)["name"]?.string)
            let done = try JSONValue(parsing: try await send("POST", "/v2/\(name):wait", [:]).body)
            #expect(done["done"] == true)
            let bindings: JSONValue = [["role": "roles/run.invoker", "members": ["allUsers"]]]
            _ = try await send("POST", base + "services/backend:setIamPolicy", ["policy": ["bindings": bindings]])
            let service = try JSONValue(parsing: try await send("GET", base + "services/backend").body)
            let plain = try #require(service["urls"]?[1]?.string)
            let answer = try await client.send(
                HTTPRequest("GET", plain + "/"))
            #expect(answer.status == 200)
            #expect(String(decoding: answer.body, as: UTF8.self) == "ok")
            let foreign = try await client.send(
                HTTPRequest(
                    "GET", "http://127.0.0.1:\(record.apiPort)/stagectl/status",
                    headers: HTTPHeaders([.init("origin", "http://evil.example")])))
            #expect(foreign.status == 403)
        }
        #expect(runtime.running == 0)
        #expect(ServerRecord.read(stateFolder: folder) == nil)
        #expect(runtime.leftoversRemoved == [LocalServer.owner(of: folder)])
    }

    @Test func `an answer to HEAD has no body, and the next one is in step`() async throws {
        let folder = Platform.temporaryFolder()
        try await withServer(folder) { record in
            let client = try await RawClient.connect(record.apiPort)
            let head = try await client.request("HEAD", "/stagectl/status", host: "127.0.0.1")
            #expect(head.status == 404)
            #expect(try await client.request("GET", "/stagectl/status", host: "127.0.0.1").status == 200)
            await client.close()
        }
    }

    @Test func `a state folder has one server at a time`() async throws {
        let folder = Platform.temporaryFolder()
        let second = LocalServer(
            settings: LocalServerSettings(
                stateFolder: folder, apiPort: 0, ingressPort: 0, runtime: FakeRuntime(), version: "9"))
        try await withServer(folder) { record in
            await #expect(throws: LocalServerError.stateInUse(folder: folder)) { try await second.run { _ in } }
            #expect(await ServerRecord.running(stateFolder: folder) == record)
        }
        let lock = try StateLock.take(folder: folder)
        lock.release()
    }

    @Test func `a port that is taken is a typed error, and no record is left`() async throws {
        let folder = Platform.temporaryFolder()
        let other = Platform.temporaryFolder()
        try await withServer(folder) { record in
            for (api, ingress) in [(record.apiPort, 0), (0, record.ingressPort)] {
                let second = LocalServer(
                    settings: LocalServerSettings(
                        stateFolder: other, apiPort: api, ingressPort: ingress, runtime: FakeRuntime(), version: "9"))
                await #expect(throws: LocalServerError.portTaken(max(api, ingress))) {
                    try await second.run { _ in }
                }
            }
        }
        #expect(ServerRecord.read(stateFolder: other) == nil)
    }

    @Test(arguments: [
        ("/a%20b?x=1&y=a%2Bb+c", "/a b", ["x": "1", "y": "a+b c"]),
        ("/a?$alt=json%3Benum-encoding=int", "/a", ["$alt": "json;enum-encoding=int"]),
        ("/", "/", [:]), ("/v2/%41", "/v2/A", [:]), ("/%2541", "/%41", [:]), ("/%c3%a4", "/ä", [:]),
        ("/a...b/..c", "/a...b/..c", [:]), ("/a?b=%2F%2e%2e", "/a", ["b": "/.."]), ("/a//b", "/a//b", [:]),
    ])
    func `request targets are decoded, once`(target: String, path: String, query: [String: String]) throws {
        let read = try RequestTarget(target)
        #expect(read.path == path)
        #expect(read.query == query)
    }

    @Test(
        arguments: [
            ("a", .form), ("", .form), ("*", .form), ("http://x/", .form), ("/%zz", .escape), ("/%2", .escape),
            ("/%", .escape), ("/%+1", .escape), ("/a?b=%", .escape), ("/%ff", .text), ("/%c3", .text),
            ("/%ed%a0%80", .text), ("/a?b=%ff", .text), ("/v2/a%2fb", .slash), ("/v2/a%2Fb", .slash),
            ("/%00", .control), ("/a%0d%0ab", .control), ("/%7f", .control), ("/a/../b", .dots), ("/a/%2e%2e/b", .dots),
            ("/a/.%2E", .dots), ("/./a", .dots),
        ] as [(String, RequestTarget.Refusal)])
    func `a hostile target is refused`(target: String, refusal: RequestTarget.Refusal) {
        #expect(throws: refusal) { try RequestTarget(target) }
    }

    @Test func `an escaped name means the same service over a socket, and a hostile one is told why`() async throws {
        try await withServer(Platform.temporaryFolder()) { record in
            let client = try await RawClient.connect(record.apiPort)
            let parent = "/v2/projects/p/locations/l/services"
            let template = Platform.template().serialized()
            let made = try await client.request(
                "POST", parent + "?serviceId=backend", host: "127.0.0.1", body: #"{"template":\#(template)}"#)
            #expect(made.status == 200, "\(made.text)")
            let read = try await client.request("GET", parent + "/b%61ckend", host: "127.0.0.1")
            #expect(read.status == 200)
            for target in [parent + "%2Fbackend", parent + "/a/../backend", parent + "/%00", parent + "/%ff"] {
                let answer = try await client.request("GET", target, host: "127.0.0.1")
                #expect(answer.status == 400)
                let error = try JSONValue(parsing: answer.body)["error"]
                #expect(error?["status"] == "INVALID_ARGUMENT")
                #expect(error?["message"]?.string?.hasPrefix("The request target is malformed: ") == true)
            }
            await client.close()
        }
    }

    @Test(arguments: [
        ("localhost:1", true), ("127.0.0.1:80", true), ("[::1]:80", true), ("evil.example", false), ("", false),
    ])
    func `only loopback names are answered`(host: String, isAccepted: Bool) {
        #expect(APIServer.isLoopback(host: host) == isAccepted)
    }

    @Test(arguments: ["../issuer.key", "a/b", "", ".hidden"])
    func `a secret's name cannot leave its folder`(name: String) throws {
        let folder = Platform.temporaryFolder()
        try Data("x".utf8).write(to: URL(filePath: folder + "/issuer.key"))
        #expect(SecretStore(folder: folder + "/secrets").value(name, version: "latest") == nil)
    }
}
