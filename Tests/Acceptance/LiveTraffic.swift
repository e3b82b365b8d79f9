import JSON
import Synchronization
import Transport

/// Callers that go on calling, whatever is done to the service meanwhile: requests at the public URL, one after the
/// other, and WebSockets that stay open and ask for an echo again and again.
final class LiveTraffic: Sendable {
    struct Tally: Sendable {
        var requests = 0
        var echoes = 0
        /// Requests and connections that found nobody, while the local server was away.
        var unanswered = 0
        /// What a caller would complain about.
        var failures: [String] = []
    }

    private let url: String
    private let token: String
    /// Whether the local server, and with it the ingress, is away for a while: then no answer is no failure.
    private let serverDies: Bool
    private let tally = Mutex(Tally())
    private let isOver = Mutex(false)
    private static let callers = 2
    private let sockets: Int
    /// Between two calls of one caller: this is about what is lost, not about load.
    private static let pace = Duration.milliseconds(10)

    private init(url: String, token: String, sockets: Int, serverDies: Bool) {
        self.sockets = sockets
        self.url = url
        self.token = token
        self.serverDies = serverDies
    }

    /// Calls the backend of a project for as long as the work takes; throws what the work throws.
    static func during(
        _ project: AcceptanceProject, sockets: Int = 8, serverDies: Bool = false, _ work: () async throws -> Void
    ) async throws -> Tally {
        let traffic = LiveTraffic(
            url: try await project.loopbackURL(of: "backend"), token: try await Self.token(of: project),
            sockets: sockets, serverDies: serverDies)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callers { group.addTask { await traffic.keepRequesting() } }
            for number in 0..<sockets { group.addTask { await traffic.keepTalking(number) } }
            defer { traffic.isOver.withLock { $0 = true } }
            try await work()
            traffic.isOver.withLock { $0 = true }
            try await group.waitForAll()
            return traffic.tally.withLock { $0 }
        }
    }

    private static func token(of project: AcceptanceProject) async throws -> String {
        let response = try await HTTPClient().send(
            HTTPRequest(
                "POST", project.loopbackURL(of: "auth") + "/api/token",
                headers: HTTPHeaders([.init("content-type", "application/json")]), body: Array(#"{"user":"live"}"#.utf8)
            ))
        return try JSONValue(parsing: response.body)["token"]?.string ?? ""
    }

    private var goesOn: Bool { isOver.withLock { !$0 } }

    private func fail(_ text: String) { tally.withLock { $0.failures.append(text) } }

    private func noAnswer(_ text: String) {
        if serverDies { tally.withLock { $0.unanswered += 1 } } else { fail(text) }
    }

    private func keepRequesting() async {
        let client = HTTPClient()
        while goesOn {
            do {
                let response = try await client.send(HTTPRequest("GET", url + "/version", timeout: .seconds(10)))
                if response.status != 200 { fail("status \(response.status)") }
                tally.withLock { $0.requests += 1 }
            } catch {
                noAnswer("\(error)")
            }
            try? await Task.sleep(for: Self.pace)
        }
    }

    /// One connection from the first moment to the last: a second one would be a dropped one.
    private func keepTalking(_ number: Int) async {
        repeat {
            await talk(number)
            if serverDies { try? await Task.sleep(for: Self.pace) }
        } while serverDies && goesOn
    }

    private func talk(_ number: Int) async {
        do {
            let connection = try await WebSocketClient.connect(
                WebSocketRequest(
                    "ws" + url.dropFirst("http".count) + "/ws",
                    headers: HTTPHeaders([.init("authorization", "Bearer \(token)")])))
            while goesOn {
                let text = #"{"type":"echo","text":"\#(number)"}"#
                try await connection.send(text: text)
                let message = try await connection.receive(within: .seconds(10))
                guard case .text(let answer) = message else {
                    return noAnswer("WebSocket \(number) was answered with \(message)")
                }
                if try JSONValue(parsing: Array(answer.utf8))["text"]?.string != "\(number)" {
                    fail("WebSocket \(number): \(answer)")
                }
                tally.withLock { $0.echoes += 1 }
                // As many echoes a second as of eight connections, however many there are.
                try? await Task.sleep(for: Self.pace * max(1, sockets / 8))
            }
            await connection.close()
        } catch {
            noAnswer("WebSocket \(number): \(error)")
        }
    }
}
