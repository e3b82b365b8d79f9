import Configuration

/// Many requests with a bounded number at once, and what their times must be like.
package struct LoadCheck: Hashable, Sendable {
    package var http: HTTPCheck
    package var requests: Int
    /// Requests at once.
    package var concurrency: Int
    /// Sent before, and not counted.
    package var warmup: Int
    package var objectives: ServiceLevelObjectives

    package init(
        http: HTTPCheck, requests: Int = 400, concurrency: Int = 8, warmup: Int = 0,
        objectives: ServiceLevelObjectives = ServiceLevelObjectives()
    ) {
        self.http = http
        self.requests = requests
        self.concurrency = concurrency
        self.warmup = warmup
        self.objectives = objectives
    }

    func measure(_ probe: any HTTPProbe, clock: any VerificationClock, in scope: CheckScope) async -> Measurement {
        _ = await run(warmup, probe, scope)
        let start = clock.now()
        let answers = await run(requests, probe, scope)
        // What was measured is a lower bound of what the clock shows.
        let slowest = answers.map(\.milliseconds).max() ?? 0
        return judge(answers, milliseconds: max(slowest, (clock.now() - start).milliseconds))
    }

    private func run(_ count: Int, _ probe: any HTTPProbe, _ scope: CheckScope) async -> [Measurement] {
        let width = max(1, min(concurrency, count))
        return await withTaskGroup(of: [Measurement].self) { group in
            for worker in 0..<width {
                let share = count / width + (worker < count % width ? 1 : 0)
                group.addTask {
                    var own: [Measurement] = []
                    for _ in 0..<share where !Task.isCancelled {
                        var scope = scope
                        scope.trace = .random()
                        own.append(await http.measure(probe, in: scope, captures: []))
                    }
                    return own
                }
            }
            var all: [Measurement] = []
            for await own in group { all += own }
            return all
        }
    }

    private static let slow = LikelyCause(
        cause: "the service answers slower than its objective while this many ask at once",
        fix: "compare `cpu`, `concurrency` and `max_instances` with this load, and look at what the requests wait for")

    /// Pure: an answer that is not as wanted counts as one that never came.
    package func judge(_ answers: [Measurement], milliseconds: Double) -> Measurement {
        let wrong = answers.filter { $0.outcome != .passed }
        var result = wrong.first ?? answers.first ?? Measurement(.error, summary: "no request was made")
        guard !answers.isEmpty else { return result }
        let times = answers.map { $0.outcome == .passed ? $0.milliseconds : .infinity }
        let verdicts = objectives.judge(times)
        var problems = verdicts.filter { !$0.holds }.map(\.sentence)
        let rate = Double(wrong.count) / Double(answers.count)
        if rate > objectives.errorRate {
            let shown = ServiceLevelObjectives.percent(rate)
            problems.append(
                "\(wrong.count) of \(Counted.text(answers.count, "request")) failed (\(shown)), wanted at most "
                    + "\(ServiceLevelObjectives.percent(objectives.errorRate))"
                    + (wrong.first?.summary.map { ", the first: \($0)" } ?? ""))
        }
        if answers.count < requests {
            problems.append("only \(answers.count) of \(Counted.text(requests, "request")) were made")
        }
        let unanswered = wrong.count == answers.count && wrong.allSatisfy { $0.outcome == .error }
        result.outcome = problems.isEmpty ? .passed : unanswered ? .error : .failed
        result.likely = problems.isEmpty ? nil : wrong.first?.likely ?? Self.slow
        let doubtful = verdicts.filter { $0.holds && !$0.isCertain }.map(\.sentence)
        let lines = problems + doubtful
        result.summary = lines.isEmpty ? nil : lines.joined(separator: "; ")
        // The evidence is that of an answer where there is one.
        if let answered = answers.first(where: { $0.evidence.status != nil }) { result.evidence = answered.evidence }
        result.evidence.bytes = answers.reduce(0) { $0 + ($1.evidence.bytes ?? 0) }
        result.evidence.samples = SampleEvidence(
            count: answers.count, errors: wrong.count, percentiles: verdicts.map(\.evidence))
        result.milliseconds = milliseconds
        return result
    }
}

/// What many measurements came to.
package struct SampleEvidence: Codable, Hashable, Sendable {
    package struct Percentile: Codable, Hashable, Sendable {
        /// 0 to 100.
        package var percent: Double
        /// Nil where the sample at the rank never came.
        package var milliseconds: Double?
        /// One-sided bounds; nil where there are too few samples, or the sample never came.
        package var lower: Double?
        package var upper: Double?
        /// What was wanted at most; nil in records of earlier versions.
        package var limit: Double?

        package init(
            percent: Double, milliseconds: Double? = nil, lower: Double? = nil, upper: Double? = nil,
            limit: Double? = nil
        ) {
            self.percent = percent
            self.milliseconds = milliseconds
            self.lower = lower
            self.upper = upper
            self.limit = limit
        }
    }

    package var count: Int
    package var errors: Int
    package var percentiles: [Percentile]

    package init(count: Int, errors: Int, percentiles: [Percentile] = []) {
        self.count = count
        self.errors = errors
        self.percentiles = percentiles
    }
}
