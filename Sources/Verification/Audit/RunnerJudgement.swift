import Configuration

/// What a run of an external runner means: its tests, each as a result, and what makes the whole no evidence.
struct RunnerJudgement {
    let check: RunnerCheck
    let ending: RunnerEnding
    let scope: CheckScope
    let allowedHosts: [String]

    func measurement(_ report: ExternalReport, problems: [String] = [], _ lines: RunnerLines) -> Measurement {
        var run = RunnerRun(
            suite: "", priority: .p1, window: ending.window, reportWrittenAt: ending.reports.map(\.writtenAt).min(),
            exitCode: Int32(clamping: ending.exitCode), requests: requests)
        run.check = ""
        run.isOffline = check.network == .none
        var audited = problems
        var outcome = ExternalAudit.Outcome(results: [], controls: [], problems: [])
        if problems.isEmpty {
            outcome = ExternalAudit.judge(report, of: run)
            audited += outcome.problems
            audited += inventoryProblems(report)
        } else {
            // What was told before it was ended is told on, and none of it counts as the whole.
            outcome = ExternalAudit.judge(report, of: run)
        }
        audited += trafficProblems
        var results = outcome.results.filter { $0.id != "" }
        for index in results.indices { complete(&results[index], lines) }
        let failed = results.contains { $0.status == .failed || $0.status == .error }
        var measurement = Measurement(
            !audited.isEmpty ? .error : failed ? .failed : .passed, summary: summary(audited, report, lines),
            evidence: evidence, milliseconds: milliseconds)
        if !audited.isEmpty { measurement.likely = likelyCause }
        measurement.external = ExternalResults(
            results: results,
            record: RunnerRecord(
                exitCode: ending.exitCode, milliseconds: milliseconds, tests: report.tests.count,
                skipped: report.tests.count { $0.outcome == .skipped }, usage: ending.usage, traffic: ending.traffic,
                files: ending.files))
        return measurement
    }

    private var milliseconds: Double { max(0, (ending.window.end - ending.window.start) * 1000) }

    // MARK: - Evidence

    private var targetAuthorities: Set<String> {
        let addresses = scope.values.filter { $0.key.hasPrefix("deploy.") && $0.key.hasSuffix("_url") }.values
        return Set(([scope.baseURL] + addresses).compactMap(Self.authority))
    }

    /// `host:port`, as the proxy counts: this machine has one name, however it is called.
    private static func authority(_ url: String) -> String? {
        guard let parts = Authority(url: url) else { return nil }
        let name = parts.host.lowercased()
        if ["localhost", "127.0.0.1", "::1"].contains(name) { return "127.0.0.1:\(parts.port)" }
        return "\(name.contains(":") ? "[\(name)]" : name):\(parts.port)"
    }

    private var requests: Int? { ending.traffic?.answers(of: targetAuthorities) }

    private var evidence: Evidence {
        var evidence = Evidence(url: ending.traffic == nil ? nil : scope.baseURL, traceID: scope.trace.traceID)
        evidence.exitCode = ending.exitCode
        evidence.requests = requests
        evidence.revision = revision
        return evidence
    }

    /// The revision that gave all answers that say so.
    private var revision: String? {
        guard let seen = ending.traffic?.revisions, seen.count == 1 else { return nil }
        return seen.first?.key
    }

    /// A test's own share of what is known of the run.
    private func complete(_ result: inout CheckResult, _ lines: RunnerLines) {
        var evidence = result.evidence
        evidence.traceID = scope.trace.traceID
        evidence.url = ending.traffic == nil ? nil : scope.baseURL
        evidence.revision = revision
        var time: ClosedRange<Double>?
        if let start = evidence.startedAt {
            time = start...(start + max(0, result.milliseconds) / 1000)
        } else if let seen = lines.time(of: String(result.id.dropFirst())) {
            time = seen
            evidence.startedAt = seen.lowerBound
        }
        evidence.startedAt = evidence.startedAt ?? ending.window.start
        if let traffic = ending.traffic, let time {
            evidence.ownRequests = traffic.answers(from: time.lowerBound, to: time.upperBound)
        }
        if result.attempts > 0 {
            evidence.attempts = (1...result.attempts).map { attempt in
                let isLast = attempt == result.attempts
                let failed = !isLast || result.status == .failed || result.status == .error
                return Evidence.Attempt(
                    milliseconds: isLast ? result.milliseconds : 0, problem: failed ? result.summary ?? "failed" : nil)
            }
        }
        result.evidence = evidence
    }

    // MARK: - What makes it no evidence

    private func inventoryProblems(_ report: ExternalReport) -> [String] {
        if report.tests.isEmpty { return ["no test ran"] }
        var problems: [String] = []
        // A part of a run has a part of its tests; the whole is judged when the parts are merged.
        if check.share == nil, report.tests.count < check.minimumTests {
            problems.append("it has \(Counted.text(report.tests.count, "test")), \(check.minimumTests) are expected")
        }
        let skipped = report.tests.count { $0.outcome == .skipped }
        if skipped == report.tests.count {
            problems.append(skipped == 1 ? "the only test was skipped" : "all \(skipped) tests were skipped")
        }
        if check.share == nil, let most = check.maximumNewSkips, skipped > (check.acceptedSkips ?? 0) + most {
            problems.append(
                "it skipped \(Counted.text(skipped, "test")), \(check.acceptedSkips ?? 0) in the last run that passed; \(most) more are allowed"
            )
        }
        return problems
    }

    private var trafficProblems: [String] {
        guard let traffic = ending.traffic else { return [] }
        var problems: [String] = []
        let target = targetAuthorities
        let strange = traffic.hosts.filter { host in
            !target.contains(host.authority) && (host.connections > 0 || host.requests > 0)
                && !allowedHosts.contains { Self.allows($0, host.authority) }
        }
        if !strange.isEmpty {
            let names = strange.prefix(5).map { "`\($0.authority)` (\(max($0.requests, $0.connections)) times)" }
            problems.append(
                "it asked \(names.joined(separator: ", "))\(strange.count > 5 ? " and \(strange.count - 5) more" : ""), "
                    + "which \(strange.count == 1 ? "is" : "are") not the target")
        }
        if let expected = scope.expectedRevision {
            let others = traffic.revisions.filter { $0.key != expected }
            if let other = others.keys.min() {
                problems.append(
                    "revision `\(other)` answered \(Counted.text(others[other] ?? 0, "request")), wanted `\(expected)`")
            }
        }
        return problems
    }

    /// A host of any port, or one of its ports.
    private static func allows(_ pattern: String, _ authority: String) -> Bool {
        let pattern = pattern.lowercased()
        if Glob.matches(pattern, authority) { return true }
        guard let colon = authority.lastIndex(of: ":") else { return false }
        return Glob.matches(pattern, String(authority[..<colon]))
    }

    // MARK: - Words

    private func summary(_ problems: [String], _ report: ExternalReport, _ lines: RunnerLines) -> String? {
        guard problems.isEmpty else {
            var words = problems.joined(separator: "; ")
            // A runner that reported tells by its tests; one that did not by what it said last.
            let last = lines.lastWords
            if report.tests.isEmpty, !last.isEmpty { words += "\nit said last:\n\(last)" }
            return words
        }
        let failed = report.tests.count { $0.outcome == .failed || $0.outcome == .error }
        return failed == 0 ? nil : "\(failed) of \(Counted.text(report.tests.count, "test")) failed"
    }

    private var likelyCause: LikelyCause? {
        if ending.timedOut {
            return LikelyCause(
                cause: "a test waits for something that does not come",
                fix: "give each test a limit of its own, or raise `timeout` of the runner")
        }
        guard requests == 0, ending.traffic != nil else { return nil }
        return LikelyCause(
            cause: "the tests play the target, ask another address, or were skipped",
            fix: "hand `${target.url}` to the runner in `env`; `network: none` says that tests ask nobody")
    }
}

/// What came of an external runner besides what its check came to.
package struct ExternalResults: Hashable, Sendable {
    /// Without suite and priority, their ids begin with a slash.
    package var results: [CheckResult]
    package var record: RunnerRecord
}
