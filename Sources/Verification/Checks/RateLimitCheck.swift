import Configuration

/// A documented limit is really enforced: what is within it passes, what is over is refused, and it is said by whom.
package struct RateLimitCheck: Hashable, Sendable {
    package enum Enforcer: String, Hashable, Sendable, CaseIterable {
        case service, platform
    }

    package var http: HTTPCheck
    /// Requests that pass in each period.
    package var limit: Int
    package var periodMilliseconds: Int
    /// Sent as fast as they can be; more than one period lets through.
    package var requests: Int
    package var refusal: StatusExpectation
    /// A refusal says when to come again (RFC 9110 section 10.2.3).
    package var wantsRetryAfter: Bool
    package var enforcedBy: Enforcer?

    package init(
        http: HTTPCheck, limit: Int, periodMilliseconds: Int, requests: Int? = nil,
        refusal: StatusExpectation = StatusExpectation([429...429]), wantsRetryAfter: Bool = false,
        enforcedBy: Enforcer? = nil
    ) {
        self.http = http
        self.limit = limit
        self.periodMilliseconds = periodMilliseconds
        self.requests = requests ?? limit * 3 + 1
        self.refusal = refusal
        self.wantsRetryAfter = wantsRetryAfter
        self.enforcedBy = enforcedBy
    }

    package enum Answer: Hashable, Sendable {
        case admitted
        case refused(by: Enforcer, hasRetryAfter: Bool)
        case wrong(String)
    }

    private static let width = 16

    func measure(_ probe: any HTTPProbe, clock: any VerificationClock, in scope: CheckScope) async -> Measurement {
        let start = clock.now()
        let answers = await withTaskGroup(of: [(Answer, Measurement)].self) { group in
            let width = min(Self.width, requests)
            for worker in 0..<width {
                let share = requests / width + (worker < requests % width ? 1 : 0)
                group.addTask {
                    var own: [(Answer, Measurement)] = []
                    for _ in 0..<share where !Task.isCancelled { own.append(await ask(probe, in: scope)) }
                    return own
                }
            }
            var all: [(Answer, Measurement)] = []
            for await own in group { all += own }
            return all
        }
        let elapsed = (clock.now() - start).milliseconds
        var result = judge(answers.map(\.0), milliseconds: elapsed)
        // A service that answers, and never as wanted, has failed; only silence is the harness's or the network's.
        if result.outcome == .error, answers.contains(where: { $0.1.outcome == .failed }) { result.outcome = .failed }
        let example = answers.first { if case .refused = $0.0 { true } else { false } } ?? answers.first
        if let example { result.evidence = example.1.evidence }
        result.evidence.samples = SampleEvidence(
            count: answers.count, errors: answers.count { if case .wrong = $0.0 { true } else { false } })
        result.milliseconds = max(elapsed, answers.map(\.1.milliseconds).max() ?? 0)
        return result
    }

    private func ask(_ probe: any HTTPProbe, in scope: CheckScope) async -> (Answer, Measurement) {
        var scope = scope
        scope.trace = .random()
        do throws(Template.Unresolved) {
            let request = try http.request(in: scope)
            if let name = request.headers.malformed {
                let measurement = Measurement.malformedHeader(name)
                return (.wrong(measurement.summary ?? ""), measurement)
            }
            let outcome = await probe.send(request)
            let measurement = try http.judge(outcome, to: request, in: scope)
            guard case .response(let response) = outcome, refusal.contains(response.status) else {
                return (
                    measurement.outcome == .passed ? .admitted : .wrong(measurement.summary ?? "no answer"), measurement
                )
            }
            let isPlatform = Answerer.isPlatform(
                headers: response.headers, body: response.body, carriesIdentity: measurement.evidence.revision != nil)
            return (
                .refused(
                    by: isPlatform ? .platform : .service, hasRetryAfter: response.headers["retry-after"] != nil),
                measurement
            )
        } catch {
            let measurement = Measurement.unresolved(error)
            return (.wrong(measurement.summary ?? ""), measurement)
        }
    }

    /// Pure. A fixed window lets twice its limit through where two of them meet, so that is not too much.
    package func judge(_ answers: [Answer], milliseconds: Double) -> Measurement {
        let admitted = answers.count { $0 == .admitted }
        let refusals = answers.compactMap { answer -> (by: Enforcer, hasRetryAfter: Bool)? in
            if case .refused(let enforcer, let hasRetryAfter) = answer { (enforcer, hasRetryAfter) } else { nil }
        }
        let wrong = answers.compactMap { if case .wrong(let words) = $0 { words } else { nil } }
        let periods = Int((milliseconds / Double(periodMilliseconds)).rounded(.down)) + 2
        let words = "\(limit) per \(periodMilliseconds) ms"
        var problems: [String] = []
        if let first = wrong.first {
            problems.append("\(wrong.count) of \(answers.count) answers are neither in nor over the limit: \(first)")
        }
        if refusals.isEmpty {
            problems.append(
                answers.count > limit * periods
                    ? "none of \(Counted.text(answers.count, "request")) was refused: a limit of \(words) is not enforced"
                    : "\(Counted.text(answers.count, "request")) took \(Int(milliseconds)) ms, too long to reach a limit of \(words)"
            )
        } else if admitted > limit * periods {
            problems.append(
                "\(Counted.text(admitted, "request")) passed in \(Int(milliseconds)) ms, at most \(limit * periods) fit a limit of \(words)"
            )
        }
        if admitted < limit, wrong.isEmpty, !refusals.isEmpty {
            problems.append(
                "only \(Counted.text(admitted, "request")) passed, wanted \(limit): the limit is lower than it is said to be"
            )
        }
        if let enforcedBy, let other = refusals.first(where: { $0.by != enforcedBy }) {
            problems.append("the \(other.by.rawValue) refused, wanted the \(enforcedBy.rawValue) to")
        }
        let silent = refusals.count { !$0.hasRetryAfter }
        if wantsRetryAfter, silent > 0 { problems.append("\(silent) refusals have no `retry-after`") }
        let by = Set(refusals.map(\.by.rawValue)).sorted().joined(separator: " and ")
        let isEnforcementMissing = refusals.isEmpty && answers.count > limit * periods
        return Measurement(
            problems.isEmpty ? .passed : wrong.count == answers.count ? .error : .failed,
            summary: problems.isEmpty
                ? "\(admitted) passed and \(refusals.count) were refused by the \(by)"
                : problems.joined(separator: "; "),
            likely: isEnforcementMissing
                ? LikelyCause(
                    cause:
                        "the limit is not switched on, counts by something that differs between these requests, or each "
                        + "of several instances counts for itself",
                    fix: "see what the limiter counts by and where it keeps its counts") : nil)
    }
}
