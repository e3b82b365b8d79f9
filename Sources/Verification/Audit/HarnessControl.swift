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
                summary: "`\($0)` passes with status \(status) and an empty answer, and no other check fails")
        }
    }

    /// Kinds that measure through the two probes alone: no other may run twice.
    private static func isTriable(_ check: Check) -> Bool {
        guard check.skip == nil else { return false }
        if case .http = check.kind { return true }
        if case .webSocket = check.kind { return true }
        if case .routes = check.kind { return true }
        if case .events = check.kind { return true }
        if case .grpc = check.kind { return true }
        return false
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
    /// Once, and without waiting for what must not come.
    var asControl: Check {
        var check = self
        check.retry = nil
        check.poll = nil
        return check
    }
}
