import Releases
import Verification

/// Words that every rendering of a report uses.
enum ReportWords {
    static func title(_ report: Report) -> String {
        let services = report.subject.services.joined(separator: ", ")
        return "\(report.subject.kind)\(services.isEmpty ? "" : " of \(services)"), \(report.subject.environment)"
    }

    /// Who made what is told of, when, and by which rules.
    static func facts(_ report: Report) -> [(String, String)] {
        var facts: [(String, String)] = []
        func add(_ name: String, _ value: String?) { if let value, !value.isEmpty { facts.append((name, value)) } }
        add("run", report.subject.run)
        add("environment", report.subject.environment)
        add("outcome", report.subject.outcome?.rawValue)
        add("started", report.subject.started.map { String($0.prefix(19)) + "Z" })
        add("took", report.time.totalSeconds.map(Seconds.text))
        add("by", report.subject.initiator)
        add("stagectl", report.tool.version)
        add("configuration", report.tool.configuration.map { String($0.prefix(12)) })
        return facts
    }

    static func target(_ target: MeasuredRevision) -> String {
        var parts = [target.service + (target.region.map { "@\($0)" } ?? "")]
        if let revision = target.revision { parts.append("revision \(revision)") }
        if let commit = target.commit { parts.append("commit \(commit.prefix(12))") }
        if let digest = target.digest { parts.append("image \(digest.prefix(19))") }
        return parts.joined(separator: ", ")
    }

    static func traffic(_ entries: [TrafficEntry]) -> String {
        entries.isEmpty
            ? "–"
            : entries.map { "\($0.revision) \($0.percent) %\($0.tag.map { " (\($0))" } ?? "")" }.joined(separator: ", ")
    }

    static func image(_ service: ReportedService) -> String? {
        guard let bytes = service.imageBytes else { return nil }
        return ImageReport.size(bytes) + (service.imageChange.map { ", \($0.text)" } ?? "")
    }

    static func resources(_ resources: ReportedResources) -> String {
        "\(Decimal.short(Double(resources.milliCores) / 1000)) vCPU, "
            + "\(resources.memoryBytes / 1_048_576) MiB, \(resources.minInstances) to \(resources.maxInstances) instances, "
            + "\(resources.concurrency) requests at once"
    }

    static func cost(_ cost: CostEstimate) -> String {
        "\(Decimal.dollars(cost.idle)) idle, \(Decimal.dollars(cost.busyInstance)) for each instance that is always busy, "
            + "at most \(Decimal.dollars(cost.ceiling)) a month"
            + (cost.millionRequests > 0 ? "; \(Decimal.dollars(cost.millionRequests)) for each million requests" : "")
    }

    static func prices(_ source: PriceTable.Source) -> String {
        "estimates by the \(source.name) of \(source.asOf) (\(source.url)), \(source.assumptions)"
            + (source.isOld ? "; the list is \(source.ageMonths ?? 0) months old, so look the prices up again" : "")
    }

    /// `466 checks: 146 passed, …`
    static func counts(_ counts: VerdictCounts) -> String {
        counts.total == 0
            ? "no check ran" : "\(counts.total) check\(counts.total == 1 ? "" : "s"): \(counts.words)"
    }

    /// What a status says, for somebody who meets the word for the first time.
    static func meaning(_ status: CheckStatus) -> String {
        switch status {
        case .passed: "asked, and everything was as wanted"
        case .failed: "asked, and something was not as wanted"
        case .flaky: "passed only after it had failed"
        case .skipped: "left out on purpose, for the reason that its suite gives"
        case .blocked: "not asked, since something that it needs failed"
        case .error: "could not be asked to the end, so nobody knows"
        case .xfail: "failed, as its suite says that it does"
        case .xpass: "passed, although its suite says that it fails; counts as a failure"
        case .waived: "failed, and somebody answers for it until a day"
        case .quarantined: "is known to be unreliable: it runs, and does not decide"
        case .notRun: "was to run and did not: the run ended before, or the test index lists it and nothing asked it"
        }
    }

    /// Whose commit and image are told, where that is not what serves.
    static func owner(_ service: ReportedService) -> String {
        guard let candidate = service.candidate else {
            return service.outcome == .failed ? " (was to be deployed)" : ""
        }
        return service.serves(candidate) ? "" : " (the candidate's)"
    }

    /// `A 100 % → B 100 %`; nil where nothing is known of it.
    static func trafficChange(_ service: ReportedService) -> String? {
        guard !service.trafficAfter.isEmpty || !service.trafficBefore.isEmpty else { return nil }
        if service.trafficBefore.isEmpty, service.previousRevision != nil || service.candidate == nil {
            return traffic(service.trafficAfter)
        }
        let before = service.trafficBefore.isEmpty ? "nothing" : traffic(service.trafficBefore)
        return "\(before) → \(service.trafficAfter.isEmpty ? "nothing" : traffic(service.trafficAfter))"
    }

    static func objective(_ objective: ReportedObjective) -> (measured: String, bounds: String, limit: String) {
        (
            objective.measured.map(Seconds.milliseconds) ?? (objective.samples > 0 ? "never came" : "not measured"),
            "\(objective.lower.map(Seconds.milliseconds) ?? "–") to \(objective.upper.map(Seconds.milliseconds) ?? "–")",
            objective.limit.map(Seconds.milliseconds) ?? "–"
        )
    }

    static func state(_ state: PriorityStanding.State) -> String {
        switch state {
        case .protected: "protected"
        case .atRisk: "at risk"
        case .unproven: "not proven"
        }
    }

    /// `protected: P2 $80K MRR; at risk: P1 $120K MRR`; nil where no priority has a value.
    static func value(_ priorities: [PriorityStanding]) -> String? {
        guard priorities.contains(where: { $0.protects != nil }) else { return nil }
        let states: [PriorityStanding.State] = [.atRisk, .unproven, .protected]
        let parts = states.compactMap { state -> String? in
            let own = priorities.filter { $0.state == state }
            guard !own.isEmpty else { return nil }
            let names = own.map { "\($0.priority.rawValue)\($0.protects.map { " (\($0))" } ?? "")" }
            return "\(self.state(state)): \(names.joined(separator: ", "))"
        }
        return parts.joined(separator: "; ")
    }

    static func metric(_ metric: CanaryFindings.Metric) -> String {
        let counts = [
            metric.worse.map { "\($0) worse" }, metric.better.map { "\($0) better" }, metric.ties.map { "\($0) alike" },
        ]
        .compactMap(\.self).joined(separator: ", ")
        return "\(metric.name): evidence \(Decimal.short(metric.evidence))\(counts.isEmpty ? "" : " (\(counts))")"
    }

    static func realRequests(_ real: CanaryFindings.RealRequests) -> String {
        "real requests: \(real.candidateFailed) of \(real.candidate) of the candidate failed, \(real.baselineFailed) of "
            + "\(real.baseline) of the baseline"
    }

    static func health(_ health: ReportedHealth) -> String {
        var parts = ["\(health.healthySamples) of \(health.samples) samples healthy"]
        if let median = health.medianMilliseconds { parts.append("median \(Seconds.milliseconds(median))") }
        if let slowest = health.slowestMilliseconds { parts.append("slowest \(Seconds.milliseconds(slowest))") }
        if let revision = health.revision { parts.append("answered by \(revision)") }
        if let problem = health.problem { parts.append(problem) }
        return parts.joined(separator: ", ")
    }

    static func waiver(_ use: PolicyUse) -> String {
        use.refusal.map { "does not apply: \($0)" } ?? PolicyUse.daysLeft(use.daysLeft)
    }

    static func attempt(_ attempt: Evidence.Attempt, _ number: Int) -> String {
        let status = attempt.status.map { "status \($0), " } ?? ""
        return
            "attempt \(number): \(status)\(Seconds.milliseconds(attempt.milliseconds)), \(attempt.problem ?? "as wanted")"
    }

    static func index(_ index: IndexProgress) -> String {
        var text = "\(index.ran) of \(index.listed) tests of the index ran (\(index.percent) %), \(index.passed) passed"
        if let seconds = index.estimatedSeconds, index.ran < index.listed {
            text += "; all of them would take about \(Seconds.text(seconds)) at this pace"
        }
        if !index.new.isEmpty { text += "; \(index.new.count) ran that it does not list" }
        return text
    }

    static func time(_ time: TimeAnalysis) -> [String] {
        var lines: [String] = []
        if let total = time.totalSeconds { lines.append("the whole run took \(Seconds.text(total))") }
        if let seconds = time.checkSeconds {
            lines.append(
                "checks ran for \(Seconds.text(seconds)), and are \(Seconds.text(time.checkWorkSeconds)) of work one after "
                    + "the other")
        }
        if let average = time.averageCheckMilliseconds {
            let pace =
                time.checksPerMinute.map {
                    ", \(Decimal.short($0 < 100 ? ($0 * 10).rounded() / 10 : $0.rounded())) in a minute"
                } ?? ""
            lines.append("a check took \(Seconds.milliseconds(average)) on average\(pace)")
        }
        return lines
    }
}
