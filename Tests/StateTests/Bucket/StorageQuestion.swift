import JSON
import Transport

/// Requests about one object of the bucket `team`.
struct StorageQuestion: Sendable {
    struct State: Hashable, Sendable {
        var generation: Int64
        var metageneration: Int64

        static let none = State(generation: 0, metageneration: 0)
    }

    private let base: String
    private let name: String

    init(_ base: String, _ name: String) {
        self.base = base
        self.name = name
    }

    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            return isPlain
                ? String(decoding: [byte], as: UTF8.self) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func send(
        _ method: String, _ url: String, _ type: String? = nil, headers: [HTTPHeaders.Field] = [], body: [UInt8]? = nil
    ) async throws -> HTTPResponse {
        var all = [HTTPHeaders.Field("Authorization", "Bearer stub-token")] + headers
        if let type { all.append(.init("Content-Type", type)) }
        return try await HTTPClient().send(HTTPRequest(method, url, headers: HTTPHeaders(all), body: body))
    }

    private var path: String { "\(base)/storage/v1/b/team/o/\(Self.escaped(name))" }
    private func upload(_ type: String, _ query: String) -> String {
        "\(base)/upload/storage/v1/b/team/o?uploadType=\(type)&name=\(Self.escaped(name))"
            + (query.isEmpty ? "" : "&\(query)")
    }

    func state() async throws -> State {
        let answer = try await Self.send("GET", path)
        guard answer.status == 200 else { return .none }
        let document = try JSONValue(parsing: answer.body)
        return State(
            generation: document["generation"]?.integer ?? 0, metageneration: document["metageneration"]?.integer ?? 0)
    }

    /// Makes the object what it is to be; the number that is meant, nil where there is no such number.
    func prepare(
        _ before: StoragePreconditionTests.Before, _ precondition: String, _ number: StoragePreconditionTests.Number
    ) async throws -> (number: Int64, state: State)? {
        var former = State.none
        if before != .absent { _ = try await send(.insertMultipart, "") }
        if before == .twice {
            former = try await state()
            _ = try await send(.insertMultipart, "")
        }
        if before == .patched {
            former = try await state()
            guard try await send(.patch, "") == 200 else { return nil }
        }
        let now = try await state()
        func value(_ state: State) -> Int64 {
            precondition.contains("Meta") ? state.metageneration : state.generation
        }
        switch number {
        case .zero: return precondition.contains("Meta") ? nil : (0, now)
        case .current: return before == .absent ? nil : (value(now), now)
        // One that it had before, and has not any more.
        case .former: return value(former) == 0 || value(former) == value(now) ? nil : (value(former), now)
        case .foreign: return (value(now) + 1_000_003, now)
        }
    }

    func send(_ method: StoragePreconditionTests.Method, _ query: String) async throws -> Int {
        let asked = query.isEmpty ? "" : "?\(query)"
        switch method {
        case .get: return try await Self.send("GET", path + asked).status
        case .media: return try await Self.send("GET", path + "?alt=media" + (query.isEmpty ? "" : "&\(query)")).status
        case .delete: return try await Self.send("DELETE", path + asked).status
        case .patch:
            return try await Self.send("PATCH", path + asked, "application/json", body: Array(#"{"metadata":{}}"#.utf8))
                .status
        case .insertMedia:
            return try await Self.send("POST", upload("media", query), "text/plain", body: Array("b".utf8)).status
        case .insertMultipart:
            let metadata = #"{"name":"\#(name)"}"#
            let body =
                "--x\r\nContent-Type: application/json\r\n\r\n\(metadata)\r\n--x\r\n"
                + "Content-Type: text/plain\r\n\r\nb\r\n--x--\r\n"
            return try await Self.send(
                "POST", upload("multipart", query), "multipart/related; boundary=x", body: Array(body.utf8)
            ).status
        case .insertResumable:
            let answer = try await Self.send(
                "POST", upload("resumable", query), "application/json", body: Array("{}".utf8))
            guard answer.status == 200, let session = answer.headers["location"] else { return answer.status }
            return try await finish(session)
        case .compose: return try await compose(query, source: nil)
        }
    }

    func begin(_ query: String) async throws -> String {
        let answer = try await Self.send("POST", upload("resumable", query), "application/json", body: Array("{}".utf8))
        return answer.headers["location"] ?? ""
    }

    func finish(_ session: String) async throws -> Int {
        try await Self.send(
            "PUT", session, "text/plain", headers: [.init("Content-Range", "bytes 0-0/1")], body: Array("b".utf8)
        ).status
    }

    /// Of one source that is made for it.
    ///
    /// - Parameter source: what its generation must be; nil for what it is.
    func compose(_ query: String, source: Int64?) async throws -> Int {
        let part = StorageQuestion(base, name + "part")
        _ = try await part.send(.insertMultipart, "")
        let generation: Int64 = if let source { source } else { try await part.state().generation }
        let body: JSONValue = [
            "sourceObjects": [
                [
                    "name": .string(name + "part"),
                    "objectPreconditions": ["ifGenerationMatch": .string("\(generation)")],
                ]
            ]
        ]
        return try await Self.send(
            "POST", path + "/compose" + (query.isEmpty ? "" : "?\(query)"), "application/json",
            body: Array(body.serialized().utf8)
        ).status
    }

    /// The names of all objects, page by page.
    static func list(_ base: String, _ query: String) async throws -> [String] {
        var names: [String] = []
        var token: String?
        repeat {
            let parts = [query, token.map { "pageToken=\(escaped($0))" } ?? ""].filter { !$0.isEmpty }
            let url = "\(base)/storage/v1/b/team/o" + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
            let document = try JSONValue(parsing: try await send("GET", url).body)
            names += (document["items"]?.array ?? []).compactMap { $0["name"]?.string }
            token = document["nextPageToken"]?.string
        } while token != nil && names.count < 1000
        return names
    }
}
