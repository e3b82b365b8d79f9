import Foundation
import JSON
import Synchronization
import Testing
import Transport

@testable import LocalCloudRun

/// The two ways to the same API: the router itself, and HTTP over a socket.
enum Way: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case router, socket

    var testDescription: String { rawValue }
}

/// Calls the API one way, and checks every answer against the discovery document.
struct APICaller: Sendable {
    static let parent = "/v2/projects/demo/locations/us-central1"

    var runtime: FakeRuntime
    var send: @Sendable (APIRequest) async throws -> APIResponse
    private let seen = Seen()

    private final class Seen: Sendable {
        let methods = Mutex<Set<String>>([])
    }

    /// Ids of the methods that were called.
    var calledMethods: Set<String> { seen.methods.withLock { $0 } }

    init(runtime: FakeRuntime, send: @escaping @Sendable (APIRequest) async throws -> APIResponse) {
        self.runtime = runtime
        self.send = send
    }

    static func run(_ way: Way, _ body: @escaping @Sendable (APICaller) async throws -> Void) async throws {
        switch way {
        case .router:
            try await Platform.run { platform in
                try await body(APICaller(runtime: platform.runtime) { await platform.control.handle($0) })
            }
        case .socket:
            let runtime = FakeRuntime()
            try await LoopbackCloudRun.run(runtime: runtime) { record in
                let client = HTTPClient()
                try await body(
                    APICaller(runtime: runtime) { request in
                        let query = request.query.isEmpty ? "" : "?" + encoded(request.query)
                        let response = try await client.send(
                            HTTPRequest(
                                request.method, "http://127.0.0.1:\(record.apiPort)\(request.path)\(query)",
                                headers: HTTPHeaders([.init("content-type", "application/json")]),
                                body: request.body.isEmpty ? nil : request.body))
                        return APIResponse(status: response.status, body: try JSONValue(parsing: response.body))
                    })
            }
        }
    }

    private static func encoded(_ query: [String: String]) -> String {
        query.sorted { $0.key < $1.key }.map { name, value in
            let escaped = value.utf8.map { byte in
                let character = Character(UnicodeScalar(byte))
                return character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
                    ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return "\(name)=\(escaped.joined())"
        }.joined(separator: "&")
    }

    @discardableResult
    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, query: [String: String] = [:]
    ) async throws -> APIResponse {
        let full = path.hasPrefix("/") ? path : Self.parent + "/" + path
        let response = try await send(
            APIRequest(method: method, path: full, query: query, body: body.map { Array($0.serialized().utf8) } ?? []))
        if let api = DiscoveredAPI.run, let described = api.method(method, full) {
            seen.methods.withLock { _ = $0.insert(described.id) }
            #expect(api.problems(in: response.body, status: response.status, of: described) == [])
        }
        return response
    }

    /// Calls, expects an operation, and waits for its end.
    @discardableResult
    func finish(
        _ method: String, _ path: String, _ body: JSONValue? = nil, query: [String: String] = [:]
    ) async throws -> JSONValue {
        let started = try await call(method, path, body, query: query)
        try #require(started.status == 200, "\(started.body.serialized())")
        let name = try #require(started.body["name"]?.string)
        return try await call("POST", "/v2/\(name):wait", ["timeout": "20s"]).body
    }

    func refuse(
        _ method: String, _ path: String, _ body: JSONValue? = nil, query: [String: String] = [:], status: Int,
        code: String, text: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await call(method, path, body, query: query)
        #expect(answer.status == status, "\(answer.body.serialized())", sourceLocation: sourceLocation)
        #expect(answer.body["error"]?["status"]?.string == code, sourceLocation: sourceLocation)
        #expect(
            answer.body["error"]?["message"]?.string?.contains(text) == true || text.isEmpty,
            "\(answer.body.serialized())", sourceLocation: sourceLocation)
    }
}

/// A whole server on free ports.
enum LoopbackCloudRun {
    static func run(
        folder: String = Platform.temporaryFolder(), runtime: FakeRuntime,
        _ body: @escaping @Sendable (ServerRecord) async throws -> Void
    ) async throws {
        let (ready, readiness) = AsyncStream.makeStream(of: ServerRecord.self)
        let server = LocalServer(
            settings: LocalServerSettings(
                stateFolder: folder, apiPort: 0, ingressPort: 0, runtime: runtime, version: "9",
                startupLimit: .seconds(20)))
        try await withThrowingTaskGroup { group in
            group.addTask {
                defer { readiness.finish() }
                try await server.run { readiness.yield($0) }
            }
            var records = ready.makeAsyncIterator()
            let record = try #require(await records.next())
            do { try await body(record) } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
