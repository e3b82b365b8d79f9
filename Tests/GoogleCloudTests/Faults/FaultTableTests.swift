import JSON
import Releases
import Synchronization
import Testing
import Transport

@testable import GoogleCloud

/// Every fault at every call site: what the caller is told, how often the request is sent, what is waited for.
@Suite(.timeLimit(.minutes(5)))
struct FaultTableTests {
    /// One cell as it was played.
    struct Observed: Sendable {
        var outcome: FaultOutcome
        /// Whether the client asked anything after the struck request.
        var lookedAfter: Bool
        var forgotten: [String]
        var waits: [Duration]
        var failure: Failure?
    }

    @Test func `the table is as large as the campaign wants it`() {
        #expect(Fault.allCases.count >= 35)
        #expect(CallSite.all.count >= 67)
        #expect(Set(CallSite.all.map(\.name)).count == CallSite.all.count)
    }

    /// Names of sites, a few together: what waits for a timeout at one of them waits with the others'. Each cell has a
    /// server and a client of its own.
    private static let groups = stride(from: 0, to: CallSite.all.count, by: 6).map { start in
        CallSite.all[start..<min(start + 6, CallSite.all.count)].map(\.name)
    }

    @Test(arguments: groups)
    func `every fault at these call sites has the outcome that the rules say`(names: [String]) async throws {
        let sites = CallSite.all.filter { names.contains($0.name) }
        let cells = sites.flatMap { site in Fault.allCases.map { (fault: $0, site: site) } }
        // Not beside what keeps the processor busy, which would make a short timeout of a fast answer.
        try await Self.check(cells.filter(\.fault.isWaitedFor), together: 24)
        try await Self.check(cells.filter { !$0.fault.isWaitedFor }, together: 8)
    }

    private static func check(_ cells: [(fault: Fault, site: CallSite)], together: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = cells[...]
            for _ in 0..<together {
                if let cell = waiting.popFirst() { group.addTask { try await check(cell.fault, at: cell.site) } }
            }
            while try await group.next() != nil {
                if let cell = waiting.popFirst() { group.addTask { try await check(cell.fault, at: cell.site) } }
            }
        }
    }

    private static func check(_ fault: Fault, at site: CallSite) async throws {
        let cell = "\(fault.rawValue) × \(site.name)"
        let expected = FaultOutcome(of: fault, at: site)
        let observed = try await play(fault, at: site)
        #expect(observed.outcome.result == expected.result, "\(cell): \(String(describing: observed.failure))")
        #expect(observed.outcome.sent == expected.sent, "\(cell)")
        #expect(observed.outcome.exitCode == expected.exitCode && expected.exitCode >= 0, "\(cell)")
        // Looking at what a doubtful write did is for whoever knows what it was to do: the executor.
        if case .failed = expected.result, site.kind == .write { #expect(!observed.lookedAfter, "\(cell)") }
        #expect((observed.waits.max() ?? .zero) >= .seconds(expected.waited), "\(cell): \(observed.waits)")
        #expect(observed.forgotten == (fault == .tokenExpired || fault == .tokenRefused ? ["token-1"] : []), "\(cell)")
        if let failure = observed.failure {
            #expect(!"\(failure)".contains("token-"), "\(cell): a token is in the message")
            #expect(!failure.summary.hasSuffix("."), "\(cell)")
        }
    }

    private static func play(_ fault: Fault, at site: CallSite) async throws -> Observed {
        let strikes = Mutex(0)
        let server = try LoopbackServer { request in
            let healthy = site.healthy(request)
            if site.strikes(request) {
                let count = strikes.withLock { count -> Int in
                    count += 1
                    return count
                }
                let headers = site.headers(request)
                if let actions = fault.actions(count, site: site, healthy: healthy, headers: headers) { return actions }
            }
            let body = Array(healthy.serialized().utf8)
            return [.send(LoopbackServer.response(site.status(request), body, headers: site.headers(request)))]
        }
        defer { server.stop() }
        let base =
            switch fault {
            case .connectionRefused: "http://127.0.0.1:1"
            case .unknownHost: "https://no-such-host.invalid"
            case .noTLS: "https://127.0.0.1:\(server.port)"
            default: server.base
            }
        let tokens = CountedTokens()
        let time = WaitlessTime()
        let http = HTTPClient()
        let timeout: Duration =
            fault.isWaitedFor ? .seconds(1) : .seconds(30)
        let rest = RESTClient(
            tokens: tokens,
            retry: RetryPolicy(
                attempts: FaultOutcome.attempts, firstDelay: .milliseconds(1), longestDelay: .milliseconds(4),
                deadline: .seconds(60), readTimeout: timeout, writeTimeout: timeout),
            limits: CallLimits(clock: time.clock, draw: { 1 })
        ) { request throws(TransportError) in try await http.send(request) }
        var result = FaultOutcome.Result.fine
        var failure: Failure?
        do {
            try await site.call(rest, base)
        } catch let error as Failure {
            failure = error
            result = .failed(error.category, inDoubt: error.mayHaveHappened)
        }
        let received = server.received
        let last = received.lastIndex { site.strikes($0) }
        return Observed(
            outcome: FaultOutcome(result, sent: received.count { site.strikes($0) }),
            lookedAfter: last.map { $0 + 1 < received.count } ?? false, forgotten: tokens.forgotten, waits: time.waits,
            failure: failure)
    }
}

/// Another token after each that is forgotten.
private final class CountedTokens: AccessTokens {
    private let state = Mutex<[String]>([])

    var forgotten: [String] { state.withLock { $0 } }

    func token() async throws -> String? { state.withLock { "token-\($0.count + 1)" } }

    func forget(_ token: String) async { state.withLock { $0.append(token) } }
}

/// Real time, except that pauses are over at once and only counted.
final class WaitlessTime: Sendable {
    private let slept = Mutex<[Duration]>([])

    var waits: [Duration] { slept.withLock { $0 } }

    var clock: CallClock {
        let start = ContinuousClock.now
        return CallClock(
            now: { ContinuousClock.now - start + self.waits.reduce(.zero, +) },
            sleep: { pause in
                try Task.checkCancellation()
                self.slept.withLock { $0.append(pause) }
            })
    }
}
