/// The control that every suite has without asking for it: one of its own checks is given an answer that no service
/// gives, and must say so. It asks nobody, so it costs no request; what it finds is a harness, or a suite, that
/// cannot fail. A suite adds its own under `controls`, which do ask the target.
struct HarnessControl: HTTPProbe, WebSocketProbe {
    static let id = "control"
    /// RFC 9110 section 15 ends at 5xx; no expectation that means something wants this one.
    private static let status = 599

    func send(_ request: HTTPProbeRequest) async -> HTTPProbeOutcome {
        .response(HTTPProbeResponse(status: Self.status))
    }

    func open(_ request: WebSocketProbeRequest) async -> WebSocketOpening {
        .refused(status: Self.status, headers: [], body: [])
    }

    /// Nil where no check of the suite can be tried this way (each needs a capture, say).
    static func result(of suite: Suite, measure: (Check) async -> Measurement.Outcome) async -> ControlResult? {
        var passed: String?
        for check in suite.checks where isTriable(check) {
            switch await measure(check.asControl) {
            case .failed: return ControlResult(suite: suite.name, id: id, outcome: .failed)
            case .passed: passed = passed ?? check.id
            case .error: continue
            }
        }
        return passed.map {
            ControlResult(
                suite: suite.name, id: id, outcome: .passed,
                summary:
                    "`\($0)` passes with status \(status), or a program that ended with it, and without a word; no other "
                    + "check fails")
        }
    }

    /// Kinds whose probes are all played here: nothing else may run twice, and nobody waits.
    private static func isTriable(_ check: Check) -> Bool {
        guard check.skip == nil else { return false }
        return switch check.kind {
        case .http, .webSocket, .routes, .events, .grpc, .preflight, .load, .command, .container, .job: true
        case .users, .rateLimit, .start, .tls, .name: false
        }
    }
}

extension HarnessControl: CommandProbe, ContainerProbe, JobProbe {
    /// Programs end with 0 to 255.
    private static let exitCode = 599

    func run(_ request: CommandProbeRequest) async -> CommandProbeOutcome {
        .ended(CommandEnding(exitCode: Self.exitCode, milliseconds: 1))
    }

    func run(_ request: ContainerProbeRequest) async -> ContainerProbeOutcome {
        .ended(ContainerEnding(CommandEnding(exitCode: Self.exitCode, milliseconds: 1)))
    }

    func run(_ request: JobProbeRequest) async -> JobProbeOutcome {
        .ran(
            JobEvidence(execution: "control", state: .failed, tasks: 1, failed: 1, failedTasks: [.init(index: 0)]),
            milliseconds: 1)
    }
}

extension ControlResult {
    /// What a suite's own control came to.
    init(suite: String, id: String, measured: Measurement) {
        let outcome: Outcome =
            switch measured.outcome {
            case .failed: .failed
            case .passed: .passed
            case .error: .unknown
            }
        self.init(suite: suite, id: id, outcome: outcome, summary: measured.summary)
    }
}

extension Check {
    private static let controlledRequests = 500

    /// Once, and without waiting for what must not come.
    var asControl: Check {
        var check = self
        check.retry = nil
        check.poll = nil
        if case .load(var load) = check.kind {
            // More of them show no more.
            load.requests = min(load.requests, Self.controlledRequests)
            load.warmup = 0
            check.kind = .load(load)
        }
        return check
    }
}
