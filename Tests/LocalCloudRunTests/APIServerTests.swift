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
        ("/", "/", [:]),
    ])
    func `request targets are decoded`(target: String, path: String, query: [String: String]) throws {
        let parts = try #require(APIServer.split(target))
        #expect(parts.path == path)
        #expect(parts.query == query)
    }

    @Test(arguments: ["a", "", "/%zz", "/%2", "/%ff", "/a?b=%"])
    func `a malformed target is refused`(target: String) {
        #expect(APIServer.split(target) == nil)
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
