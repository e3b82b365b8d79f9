import JSON
import NIOCore
import Testing

@testable import LocalCloudRun

/// The same calls, and targets that no client library would send, over a real connection: whatever comes in, something
/// that is whole goes out, and the server lives on.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SocketFuzzTests {
    private static let count = 300

    @Test(arguments: FuzzSeeds.all([11, 12]))
    func `no request on a socket breaks the server`(seed: UInt64) async throws {
        FuzzSeeds.announce(seed, "the socket")
        try await LoopbackCloudRun.run(runtime: FakeRuntime()) { record in
            // Of v2 too where its document is installed.
            let v2 = DiscoveredAPI.run
            var fuzz = Fuzz(
                methods: NamespaceMethods.all + (v2?.methods ?? []),
                schemas: NamespaceMethods.schemas.merging(v2?.schemas ?? [:]) { v1, _ in v1 },
                usual: NamespaceMethods.usual, seed: seed)
            var client = try await RawClient.connect(record.apiPort)
            var taken = 0
            for number in 0..<Self.count {
                let request = fuzz.request()
                guard !request.path.hasSuffix(":wait") else { continue }
                let target = fuzz.target(of: request)
                let what = "seed \(seed), request \(number): \(request.method) \(target.prefix(200))"
                do {
                    let answer = try await Self.send(request, target, client)
                    #expect((200..<500).contains(answer.status), "\(what)\n\(answer.text.prefix(500))")
                    if answer.status < 400 { taken += 1 }
                    // NIO's own refusal of what is not HTTP has no body.
                    if !answer.body.isEmpty {
                        let body = try JSONValue(parsing: answer.body)
                        let isTold = body["error"]?["message"]?.string?.isEmpty == false
                        #expect(answer.status < 400 || isTold, "\(what)\n\(answer.text.prefix(500))")
                    }
                    if answer["connection"] == "close" { client = try await Self.reconnect(client, record) }
                } catch is RawClient.ConnectionEnded {
                    // What is not HTTP may end its own connection, and no other.
                    client = try await Self.reconnect(client, record)
                }
            }
            #expect(taken > 10, "only \(taken) requests were taken")
            await client.close()
            let fresh = try await RawClient.connect(record.apiPort)
            let template = Platform.template().serialized()
            let made = try await fresh.request(
                "POST", Platform.parent + "/services?serviceId=still-there", host: "127.0.0.1",
                body: #"{"template":\#(template)}"#)
            #expect(made.status == 200, "\(made.text)")
            await fresh.close()
        }
    }

    private static func send(
        _ request: APIRequest, _ target: String, _ client: RawClient
    ) async throws -> RawClient.Answer {
        // A method of no letters is no HTTP at all; the router is asked about it in process.
        let method = request.method.isEmpty ? "BREW" : request.method
        let head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(request.body.count)\r\n\r\n"
        do { try await client.channel.writeAndFlush(ByteBuffer(bytes: Array(head.utf8) + request.body)) } catch {
            // Written to a connection that has just been ended.
            throw RawClient.ConnectionEnded(received: "\(error)")
        }
        return try await client.answer()
    }

    private static func reconnect(_ old: RawClient, _ record: ServerRecord) async throws -> RawClient {
        await old.close()
        return try await RawClient.connect(record.apiPort)
    }
}

extension Fuzz {
    /// The request's target as it goes over the wire: escaped as a rule, now and then escaped wrongly or too much.
    mutating func target(of request: APIRequest) -> String {
        let odd = Int.random(in: 0..<12, using: &numbers)
        var path = Self.escaped(request.path, all: odd == 0)
        if odd == 1 {
            path += ["%", "%zz", "%00", "%2f", "%ff", "%2e%2e", "/../.."].randomElement(using: &numbers) ?? ""
        }
        let query = request.query.sorted { $0.key < $1.key }
            .map { "\(Self.escaped($0.key, all: false))=\(Self.escaped($0.value, all: false))" }
        return path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    private static func escaped(_ text: String, all: Bool) -> String {
        text.utf8.map { byte -> String in
            let character = Character(UnicodeScalar(byte))
            let isPlain =
                character.isASCII && (character.isLetter || character.isNumber || "-._~/:".contains(character))
            if isPlain, !all || character == "/" { return String(character) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
