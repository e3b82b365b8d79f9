import JSON
import Synchronization
import Verification

/// Time that passes only when somebody sleeps, and by a nanosecond at each look: nothing takes no time at all.
final class ManualClock: VerificationClock {
    private let time = Mutex(Duration.zero)

    func now() -> Duration {
        time.withLock {
            $0 += .nanoseconds(1)
            return $0
        }
    }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        time.withLock { $0 += duration }
    }

    func advance(_ duration: Duration) { time.withLock { $0 += duration } }
}

/// Answers by a function, and remembers what was asked.
final class FakeHTTP: HTTPProbe {
    private let asked = Mutex<[HTTPProbeRequest]>([])
    private let answer: @Sendable (HTTPProbeRequest, Int) -> HTTPProbeOutcome

    /// `answer` gets the request and how many came before it.
    init(_ answer: @escaping @Sendable (HTTPProbeRequest, Int) -> HTTPProbeOutcome) {
        self.answer = answer
    }

    var requests: [HTTPProbeRequest] { asked.withLock { $0 } }

    func send(_ request: HTTPProbeRequest) async -> HTTPProbeOutcome {
        let before = asked.withLock { list in
            list.append(request)
            return list.count - 1
        }
        return answer(request, before)
    }
}

extension HTTPProbeOutcome {
    static func answer(
        _ status: Int = 200, _ body: String = "{}", headers: [HeaderField] = [], milliseconds: Double = 3
    ) -> HTTPProbeOutcome {
        .response(
            HTTPProbeResponse(
                status: status, headers: headers, body: Array(body.utf8),
                phases: Phases(firstByte: milliseconds, total: milliseconds), remoteAddress: "127.0.0.1:80"))
    }
}

struct FakeWebSocket: WebSocketProbe {
    let opening: @Sendable (WebSocketProbeRequest) -> WebSocketOpening

    init(_ opening: @escaping @Sendable (WebSocketProbeRequest) -> WebSocketOpening) {
        self.opening = opening
    }

    /// A session that says these messages one after the other, then nothing.
    init(messages: [WebSocketMessage], headers: [HeaderField] = []) {
        opening = { _ in
            .connected(
                FakeSession(messages), WebSocketAcceptance(headers: headers, remoteAddress: "127.0.0.1:80"))
        }
    }

    func open(_ request: WebSocketProbeRequest) async -> WebSocketOpening { opening(request) }
}

final class FakeSession: WebSocketSession {
    private let messages: Mutex<[WebSocketMessage]>
    private let said = Mutex<[String]>([])

    init(_ messages: [WebSocketMessage]) { self.messages = Mutex(messages) }

    var sent: [String] { said.withLock { $0 } }

    func send(_ text: String) async throws { said.withLock { $0.append(text) } }

    func send(_ bytes: [UInt8]) async throws { said.withLock { $0.append("\(bytes)") } }

    func receive(withinMilliseconds milliseconds: Int) async -> WebSocketMessage {
        messages.withLock { $0.isEmpty ? .timedOut : $0.removeFirst() }
    }

    func ping(withinMilliseconds milliseconds: Int) async -> Double? { 1 }

    func close(code: Int, reason: String) async -> Int { code }

    func drop() async {}
}

struct FakeMinter: TokenMinter {
    func mint(_ request: TokenRequest) async throws -> String {
        "jwt.\(request.secret.count).\(request.claims["sub"]?.string ?? "")"
    }
}

let today = CalendarDay(secondsSince1970: 1_790_000_000)

func runner(
    _ http: FakeHTTP, _ webSocket: FakeWebSocket = FakeWebSocket(messages: []),
    secrets: [String: String] = [:], clock: ManualClock = ManualClock()
) -> SuiteRunner {
    SuiteRunner(
        http: http, webSocket: webSocket, tokens: FakeMinter(), secrets: EnvironmentSecretSource(secrets),
        clock: clock)
}

/// A suite from YAML; an empty one, which fails every expectation, when it cannot be read.
func suite(_ yaml: String) throws -> Verification.Suite {
    try SuiteLoader.load(Array(yaml.utf8), file: "suites/s.yaml").get()
}

func template(_ text: String) throws -> Template { try Template(parsing: text) }
