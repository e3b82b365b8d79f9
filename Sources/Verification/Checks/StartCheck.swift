/// How long the first answer takes after a time without requests, and how long those after it take.
package struct StartCheck: Hashable, Sendable {
    package var http: HTTPCheck
    /// Nothing is asked for so long before the first request, for instances to be stopped.
    package var idleMilliseconds: Int
    /// Requests after the first, one after the other.
    package var samples: Int
    package var coldBelowMilliseconds: Int?
    package var warmBelowMilliseconds: Int?

    package init(
        http: HTTPCheck, idleMilliseconds: Int = 0, samples: Int = 10, coldBelowMilliseconds: Int? = nil,
        warmBelowMilliseconds: Int? = nil
    ) {
        self.http = http
        self.idleMilliseconds = idleMilliseconds
        self.samples = samples
        self.coldBelowMilliseconds = coldBelowMilliseconds
        self.warmBelowMilliseconds = warmBelowMilliseconds
    }

    func measure(_ probe: any HTTPProbe, clock: any VerificationClock, in scope: CheckScope) async -> Measurement {
        guard (try? await clock.sleep(for: .milliseconds(idleMilliseconds))) != nil else {
            return Measurement(.error, summary: "the run was cancelled")
        }
        var answers: [Measurement] = []
        for _ in 0...samples {
            var scope = scope
            scope.trace = .random()
            answers.append(await http.measure(probe, in: scope, captures: []))
            if answers.last?.outcome != .passed { break }
        }
        return judge(answers)
    }

    /// Pure; the first answer is the cold one.
    package func judge(_ answers: [Measurement]) -> Measurement {
        guard var result = answers.last, let first = answers.first else {
            return Measurement(.error, summary: "no request was made")
        }
        result.milliseconds = answers.reduce(0) { $0 + $1.milliseconds }
        result.evidence.bytes = answers.reduce(0) { $0 + ($1.evidence.bytes ?? 0) }
        guard result.outcome == .passed else {
            result.summary = "request \(answers.count) of \(samples + 1): \(result.summary ?? "not as wanted")"
            return result
        }
        let warm = answers.dropFirst().map(\.milliseconds).sorted()
        let slowest = warm.last ?? 0
        var problems: [String] = []
        if let limit = coldBelowMilliseconds, !(first.milliseconds < Double(limit)) {
            problems.append(
                "the first answer after \(idleMilliseconds) ms without requests took "
                    + "\(Self.words(first.milliseconds)), wanted less than \(limit) ms")
        }
        if let limit = warmBelowMilliseconds, !(slowest < Double(limit)) {
            problems.append(
                "the slowest of \(warm.count) answers after it took \(Self.words(slowest)), wanted less than \(limit) ms"
            )
        }
        result.outcome = problems.isEmpty ? .passed : .failed
        result.summary =
            problems.isEmpty
            ? "first \(Self.words(first.milliseconds)), then at most \(Self.words(slowest))"
            : problems.joined(separator: "; ")
        if !problems.isEmpty {
            result.likely = LikelyCause(
                cause: "starting takes long, or there is too little CPU or memory",
                fix: "look at what the service does before it listens, at `cpu`, and at `min_instances`")
        }
        result.evidence.samples = SampleEvidence(
            count: answers.count, errors: 0,
            percentiles: [
                .init(
                    percent: 50,
                    milliseconds: warm.isEmpty
                        ? nil : warm[OrderStatistics.nearestRank(0.5, of: warm.count) - 1])
            ])
        return result
    }

    private static func words(_ milliseconds: Double) -> String {
        "\(ServiceLevelObjectives.number((milliseconds * 10).rounded() / 10)) ms"
    }
}
