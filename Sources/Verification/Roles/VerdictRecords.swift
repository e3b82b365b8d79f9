import JSON

/// Where it is kept what earlier runs against an environment came to. What is kept is bounded: the newest hundred runs.
package protocol VerdictRecords: Sendable {
    /// All runs that are kept, the oldest first, without what single checks came to.
    func runs() async throws -> [KeptVerdict]

    /// What single checks of these runs came to, as ``RecordedRun/outcomes(_:where:)`` reads it, by the runs' names.
    /// One that is not there (any more) is left out.
    func outcomes(of names: [String]) async throws -> [String: [UInt8]]

    /// All that is kept, the oldest first, with what single checks came to.
    func whole() async throws -> [(verdict: KeptVerdict, outcomes: [UInt8])]

    /// Keeps runs, and lets go of the oldest. One whose name is there already changes nothing.
    func add(_ verdicts: [(verdict: KeptVerdict, outcomes: [UInt8])]) async throws
}

/// A run as it is kept.
package struct KeptVerdict: Hashable, Sendable {
    /// Sorts by time, and names the run on every machine.
    package var name: String
    package var run: RecordedRun

    package init(name: String, run: RecordedRun) {
        self.name = name
        self.run = run
    }

    /// Twice of what any rule looks back, for several services each.
    package static let most = 100

    /// - Parameters:
    ///   - service: whose suites were run.
    ///   - mark: what makes the name one of its own, also on other machines at the same moment.
    package init(_ run: RecordedRun, service: String, mark: String) {
        // The digits of a moment in milliseconds are as many until the year 2286.
        self.init(name: "\(Int64(run.startedAt * 1000))-\(service)-\(mark)", run: run)
    }
}

extension VerdictRecords {
    package func add(_ verdict: KeptVerdict) async throws {
        try await add([(verdict, Array(verdict.run.outcomesDocument.serialized().utf8))])
    }

    package func whole() async throws -> [(verdict: KeptVerdict, outcomes: [UInt8])] {
        let verdicts = try await runs()
        let outcomes = try await outcomes(of: verdicts.map(\.name))
        return verdicts.map { ($0, outcomes[$0.name] ?? []) }
    }

    /// What the rules of a run ask: of single checks only what they ask for is read.
    ///
    /// - Parameters:
    ///   - digest: the image that is tested: of its runs all is there that says that a check flakes.
    ///   - entries: checks of which all is there.
    package func history(
        of digest: String?, about entries: Set<SuiteIndex.Entry>
    ) async throws -> VerificationHistory {
        var runs = try await runs()
        let isAsked = runs.map { $0.run.digest != nil && $0.run.digest == digest }
        let isRead = isAsked.map { $0 || !entries.isEmpty }
        let outcomes = try await outcomes(of: zip(runs, isRead).filter(\.1).map(\.0.name))
        // Only what failed once can have passed and failed.
        let suspects = entries.union(
            zip(runs, isAsked).filter(\.1).flatMap { run, _ in
                RecordedRun.outcomes(outcomes[run.name] ?? []) { !$0.passed }
            }.map(\.entry))
        if !suspects.isEmpty {
            for index in runs.indices where isRead[index] {
                let wanted = isAsked[index] ? suspects : entries
                runs[index].run.outcomes = RecordedRun.outcomes(outcomes[runs[index].name] ?? []) {
                    wanted.contains($0.entry)
                }
            }
        }
        return VerificationHistory(runs: runs.map(\.run).sorted { $0.startedAt < $1.startedAt })
    }

    /// How each check went over the runs that are kept.
    ///
    /// - Parameter isCounted: of which runs.
    /// - Returns: of how many runs the trends are, and those of each check, by suite and id.
    package func trends(
        where isCounted: (RecordedRun) -> Bool = { _ in true }
    ) async throws -> (runs: Int, checks: [CheckTrend]) {
        let kept = try await whole().filter { isCounted($0.verdict.run) }
        var trends = CheckTrends()
        for (verdict, outcomes) in kept.sorted(by: { $0.verdict.run.startedAt < $1.verdict.run.startedAt }) {
            trends.add(verdict.run, outcomes: outcomes)
        }
        return (kept.count, trends.checks)
    }

    /// Everything that is kept.
    package func wholeHistory() async throws -> VerificationHistory {
        let runs = try await whole().map { verdict, outcomes in
            var run = verdict.run
            run.outcomes = RecordedRun.outcomes(outcomes) { _ in true }
            return run
        }
        return VerificationHistory(runs: runs.sorted { $0.startedAt < $1.startedAt })
    }
}
