import Configuration
import Synchronization
import Testing
import Verification

/// What every kind of check must show for its result, whether it passed or failed.
struct EvidenceFieldsTests {
    enum Field: String, CaseIterable {
        case attempts, startedAt, url, traceID, status, phases, remoteAddress, certificateFingerprint, bytes, revision
        case reusedConnection, messages, samples, tlsVersion, addresses, exitCode, grpcStatus, servingStatus, image, job

        func isShown(by result: CheckResult) -> Bool {
            let evidence = result.evidence
            return switch self {
            case .attempts: result.attempts == evidence.attempts.count && !evidence.attempts.isEmpty
            case .startedAt: evidence.startedAt != nil
            case .url: evidence.url != nil
            case .traceID: evidence.traceID?.count == 32
            case .status: evidence.status != nil
            case .phases: (evidence.phases?.total ?? 0) > 0
            case .remoteAddress: evidence.remoteAddress == "203.0.113.7:443"
            case .certificateFingerprint: evidence.certificateFingerprint == EvidenceFieldsTests.fingerprint
            case .bytes: (evidence.bytes ?? 0) > 0
            case .revision: evidence.revision == "r-1"
            case .reusedConnection: evidence.reusedConnection != nil
            case .messages: (evidence.messages ?? 0) > 0
            case .samples: (evidence.samples?.count ?? 0) > 0
            case .tlsVersion: evidence.tlsVersion != nil
            case .addresses: evidence.addresses?.isEmpty == false
            case .exitCode: evidence.exitCode != nil
            case .grpcStatus: evidence.grpcStatus != nil
            case .servingStatus: evidence.servingStatus != nil
            case .image: evidence.image != nil
            case .job: evidence.job != nil
            }
        }
    }

    private static let whole: Set<Field> = [.attempts, .startedAt]
    /// Of one answer over HTTP.
    private static let exchange = whole.union([
        .url, .traceID, .status, .phases, .remoteAddress, .certificateFingerprint, .bytes, .revision, .reusedConnection,
    ])

    struct Kind: Sendable, CustomTestStringConvertible {
        var name: String
        var check: String
        /// The same, so that what the probes say is not as wanted.
        var wrong: String
        var fields: Set<Field>
        var testDescription: String { name }
    }

    static let kinds: [Kind] = [
        Kind(name: "http", check: "http: GET /a", wrong: "http: GET /a, expect: { status: 404 }", fields: exchange),
        Kind(
            name: "ws",
            check: "ws: { path: /ws }, script: [{ receive: { within: 1s } }]",
            wrong: "ws: { path: /ws }, script: [{ receive: { within: 1s, text: other } }]",
            fields: exchange.union([.messages]).subtracting([.reusedConnection])),
        Kind(
            name: "routes", check: "routes: { paths: [/a, /b] }", wrong: "routes: { paths: [/a], status: 204 }",
            fields: exchange),
        Kind(
            name: "sse", check: "sse: { path: /e }", wrong: "sse: { path: /e }, expect: { events: [{ event: other }] }",
            fields: exchange.union([.messages])),
        Kind(
            name: "stream", check: "stream: { path: /lines }",
            wrong: "stream: { path: /lines }, expect: { min_lines: 3 }",
            fields: exchange.union([.messages])),
        Kind(
            name: "load", check: "load: { http: GET /a, requests: 6, concurrency: 2 }, slo: { p50: 1s }",
            wrong: "load: { http: GET /a, requests: 6, concurrency: 2 }, slo: { p50: 1ms }",
            fields: exchange.union([.samples])),
        Kind(
            name: "users", check: "users: { http: GET /who, names: [ann, bob] }, headers: { x-user: '${user.name}' }",
            wrong: "users: { http: GET /who, names: [ann, eve] }, headers: { x-user: '${user.name}' }",
            fields: exchange.union([.samples])),
        Kind(
            name: "rate_limit", check: "rate_limit: { http: GET /limited, limit: 2, per: 1s, requests: 12 }",
            wrong: "rate_limit: { http: GET /a, limit: 2, per: 1s, requests: 12 }", fields: exchange.union([.samples])),
        Kind(
            name: "start", check: "start: { http: GET /a, idle: 1s, samples: 3, warm: 1s }",
            wrong: "start: { http: GET /a, idle: 1s, samples: 3, warm: 1ms }", fields: exchange.union([.samples])),
        Kind(
            name: "cors", check: "cors: { path: /a, origin: 'https://app.example' }",
            wrong: "cors: { path: /a, origin: 'https://other.example' }", fields: exchange),
        Kind(
            name: "tls", check: "tls: {}", wrong: "tls: {}, expect: { days_left: { '>=': 90 } }",
            fields: whole.union([.url, .remoteAddress, .certificateFingerprint, .tlsVersion])),
        Kind(
            name: "dns", check: "dns: {}", wrong: "dns: {}, expect: { exists: false }",
            fields: whole.union([.url, .addresses])),
        Kind(
            name: "command", check: "command: { argv: [probe] }",
            wrong: "command: { argv: [probe] }, expect: { exit: 1 }",
            fields: whole.union([.traceID, .exitCode, .bytes])),
        Kind(
            name: "container", check: "container: { image: probe }",
            wrong: "container: { image: probe }, expect: { exit: 1 }",
            fields: whole.union([.traceID, .exitCode, .bytes, .image])),
        Kind(
            name: "grpc", check: "grpc: {}", wrong: "grpc: {}, expect: { status: NOT_SERVING }",
            fields: exchange.union([.messages, .grpcStatus, .servingStatus])),
        Kind(
            name: "runner", check: "runner: { argv: [probe] }", wrong: "runner: { argv: [wrong] }",
            fields: whole.union([.url, .traceID, .revision])),
    ]

    @Test func `every kind is in the table`() {
        // Of an execution of a job its own tests tell; it is asked of a platform.
        let missing = Set(CheckKind.names).subtracting(Self.kinds.map(\.name)).subtracting(["job"])
        #expect(missing.isEmpty)
    }

    @Test(arguments: kinds) func `a result shows what it rests on`(_ kind: Kind) async throws {
        for (check, status) in [(kind.check, CheckStatus.passed), (kind.wrong, .failed)] {
            let suite = try suite(SuiteLoaderTests.head + "checks:\n  - { id: a, \(check) }\n")
            let run = await Self.runner.run(
                [suite],
                against: SuiteRunTarget(
                    url: "https://api.example.com", identity: .header("x-revision"), expectedRevision: "r-1"),
                options: SuiteRunOptions(today: today, startedAt: 1_790_000_000))
            let result = try #require(run.results.first)
            #expect(result.status == status, "\(check): \(result)")
            for field in Field.allCases where kind.fields.contains(field) {
                #expect(field.isShown(by: result), "\(check): `\(field)` is not shown: \(result.evidence)")
            }
        }
    }

    // MARK: - A world in which everything is seen

    private static let fingerprint = String(repeating: "ab", count: 32)
    private static let seen = Phases(nameLookup: 1, connect: 2, tls: 3, firstByte: 4, total: 5)

    private static var runner: SuiteRunner {
        let limited = RateLimited(2)
        let clock = ManualClock()
        return SuiteRunner(
            http: FakeHTTP { request, _ in .response(answer(to: request, limited)) },
            webSocket: FakeWebSocket { _ in
                clock.advance(.milliseconds(9))
                return .connected(
                    FakeSession([.text("hello")]),
                    WebSocketAcceptance(
                        headers: [HeaderField("x-revision", "r-1")], remoteAddress: "203.0.113.7:443", phases: seen,
                        certificateFingerprint: fingerprint))
            }, tokens: FakeMinter(), secrets: EnvironmentSecretSource([:]), clock: clock,
            probes: CheckProbes(
                tls: Secured(), names: Named(), commands: Ended(), containers: Ended(),
                runners: PlayedRunner()))
    }

    private static func answer(to request: HTTPProbeRequest, _ limited: RateLimited) -> HTTPProbeResponse {
        var response = HTTPProbeResponse(
            status: 200, headers: [HeaderField("x-revision", "r-1")], body: Array("{\"sub\":\"ann\"}".utf8),
            phases: seen, remoteAddress: "203.0.113.7:443", version: "2")
        response.certificateFingerprint = fingerprint
        if request.requiresHTTP2 {
            response.headers.append(HeaderField("content-type", "application/grpc"))
            response.trailers = [HeaderField("grpc-status", "0")]
            response.body = [0, 0, 0, 0, 2, 8, 1]
        } else if request.url.hasSuffix("/who") {
            let user = request.headers["x-user"] ?? ""
            response.body = Array("{\"sub\":\"\(user == "eve" ? "ann" : user)\"}".utf8)
        } else if request.url.hasSuffix("/lines") {
            response.body = Array("{\"seq\":1}\n{\"seq\":2}\n".utf8)
        } else if request.url.hasSuffix("/e") {
            response.headers.append(HeaderField("content-type", "text/event-stream"))
            response.body = Array("event: hello\ndata: 1\n\n".utf8)
        } else if request.url.hasSuffix("/limited"), !limited.admits() {
            response.status = 429
        } else if request.method == "OPTIONS" {
            response.headers += [
                HeaderField("access-control-allow-origin", "https://app.example"),
                HeaderField("access-control-allow-methods", "GET"),
            ]
        }
        return response
    }

    private struct Secured: TLSProbe {
        func inspect(_ request: TLSProbeRequest) async -> TLSProbeOutcome {
            .secured(
                TLSObservation(
                    version: .v1_3, secondsLeft: 60 * 86_400, fingerprint: fingerprint,
                    remoteAddress: "203.0.113.7:443", milliseconds: 3))
        }
    }

    private struct Named: NameLookup {
        func addresses(of name: String, timeoutMilliseconds: Int) async -> NameLookupOutcome {
            .addresses(["203.0.113.7"], milliseconds: 1)
        }
    }

    private struct Ended: CommandProbe, ContainerProbe {
        private static let ending = CommandEnding(exitCode: 0, output: [1, 2], milliseconds: 3)

        func run(_ request: CommandProbeRequest) async -> CommandProbeOutcome { .ended(Self.ending) }
        func run(_ request: ContainerProbeRequest) async -> ContainerProbeOutcome {
            .ended(ContainerEnding(Self.ending, imageID: "sha256:abc"))
        }
    }
}

/// Lets the first few through.
private final class RateLimited: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    func admits() -> Bool {
        left.withLock { left in
            left -= 1
            return left >= 0
        }
    }
}
