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
            switch await measure(check.asAutomaticControl) {
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

    /// All probes are played here, so nothing runs twice and nobody waits.
    private static func isTriable(_ check: Check) -> Bool { check.skip == nil }
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

extension HarnessControl: RunnerProbe {
    /// A runner whose only test failed, as its report says.
    private struct Place: RunnerPlace {
        var targetURL: String
        let reportPath = "/dev/null"

        func run(
            _ request: RunnerProbeRequest, onLine: @escaping @Sendable (String, Bool, Double) -> Void
        ) async -> RunnerProbeOutcome {
            let window = RunWindow(start: 0, end: 1)
            let traffic = RunnerTraffic(hosts: [
                .init(authority: "control.invalid:80", connections: 1, requests: 1, answers: 1)
            ])
            let report = RunnerReportFile(
                name: "control", writtenAt: 1, bytes: Array(HarnessControl.failingReport.utf8))
            return .ended(RunnerEnding(exitCode: 1, window: window, reports: [report], traffic: traffic))
        }

        func close() async {}
    }

    private static let failingReport =
        "<testsuite name=\"control\" tests=\"1\" failures=\"1\"><testcase name=\"control\" time=\"0.1\"><failure/>"
        + "</testcase></testsuite>"

    func prepare(_ wish: RunnerPlaceRequest) async -> RunnerPlaceOutcome {
        .ready(Place(targetURL: wish.targetURL))
    }
}

extension HarnessControl: TLSProbe, NameLookup {
    /// A name that has an address, for a check that wants none.
    static let knownName = "known.control.invalid"
    static let unknownName = "unknown.control.invalid"

    /// The oldest version, and a certificate that ran out.
    func inspect(_ request: TLSProbeRequest) async -> TLSProbeOutcome {
        .secured(TLSObservation(version: .v1_0, secondsLeft: -86_400, fingerprint: ""))
    }

    func addresses(of name: String, timeoutMilliseconds: Int) async -> NameLookupOutcome {
        // RFC 5737: no service has an address of this block.
        name == Self.knownName ? .addresses(["192.0.2.1"], milliseconds: 1) : .unknown(milliseconds: 1)
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
        switch kind {
        // More requests show no more.
        case .load(var load):
            load.requests = min(load.requests, Self.controlledRequests)
            load.warmup = 0
            check.kind = .load(load)
        case .rateLimit(var limit):
            limit.requests = min(limit.requests, Self.controlledRequests)
            check.kind = .rateLimit(limit)
        case .users(var users):
            users.names = Array(users.names.prefix(2))
            users.rounds = 1
            check.kind = .users(users)
        case .start(var start):
            start.idleMilliseconds = 0
            check.kind = .start(start)
        case .http, .webSocket, .routes, .events, .grpc, .preflight, .tls, .name, .command, .container, .job, .runner:
            break
        }
        return check
    }

    /// As the control that nobody is asked for: a name gets the answer that it must not have.
    var asAutomaticControl: Check {
        var check = asControl
        if case .name(var name) = check.kind {
            name.name = .literal(name.exists ? HarnessControl.unknownName : HarnessControl.knownName)
            check.kind = .name(name)
        }
        if case .runner(var runner) = check.kind {
            // What is played is one failure, in one format.
            runner.format = .junit
            runner.report = nil
            runner.minimumTests = 1
            check.kind = .runner(runner)
        }
        return check
    }
}
