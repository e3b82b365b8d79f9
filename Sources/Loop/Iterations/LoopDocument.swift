package import Releases
package import Verification

/// One loop as it is recorded, printed and rendered: the schema `stagectl.loop/v1`, whose keys are a contract.
package struct LoopDocument: Codable, Hashable, Sendable {
    package static let schemaName = "stagectl.loop/v1"

    package struct Iteration: Codable, Hashable, Sendable {
        package struct Fix: Codable, Hashable, Sendable {
            package var files: [String]
            package var added: Int
            package var removed: Int
            package var commit: String?
            package var refusals: [FixRecord.Refusal]
            package var failure: String?
            package var summary: String?
            /// US dollars.
            package var cost: Double?
            package var patch: String?
        }

        package struct Bisect: Codable, Hashable, Sendable {
            package var check: String
            package var firstBad: String?
            /// Oldest first.
            package var suspects: [String]
            package var probes: [BisectProbe]
        }

        package struct IterationVerdictSummary: Codable, Hashable, Sendable {
            package var result: Verdict.Result
            package var rule: String
            package var counts: [String: Int]
            /// Tests of the index that ran to an end; null without one.
            package var ranOfIndex: Int?
            package var source: IterationVerdict.Source
        }

        package var number: Int
        /// Of its last release; null where nothing was released.
        package var run: String?
        /// The commit that it tried.
        package var commit: String?
        package var services: [String]
        package var release: IterationRelease.State?
        /// Services that do not serve, with what they say.
        package var unready: [ReadinessFinding.Unready]
        package var verdict: IterationVerdictSummary?
        package var groups: [FailureGroup]
        package var flaky: [String]
        package var bisect: Bisect?
        package var fix: Fix?
        /// Per phase: ready, release, verify, rerun, bisect, diagnose, fix.
        package var seconds: [String: Double]
        /// The folder of its brief.
        package var brief: String?
        /// Its own report, where one was written.
        package var report: String?
        package var error: Failure?
    }

    /// What there is still to do until the goal.
    package struct Left: Codable, Hashable, Sendable {
        /// `SUITE/ID`.
        package var failing: [String]
        /// Not asked, but for what is missing of the index.
        package var notRun: Int
        package var skipped: Int
        /// Checks that need others, which failed.
        package var blocked: Int
        /// Services that do not serve.
        package var unready: [String]
        /// Whether there is a verdict at all.
        package var isMeasured: Bool
        /// Tests of the index without a result.
        package var missing: Int
        /// In the index; null without one.
        package var listed: Int?
        package var passed: Int
    }

    package struct Tree: Codable, Hashable, Sendable {
        package var clean: Bool
        package var head: String?
        package var branch: String?

        package init(clean: Bool, head: String?, branch: String?) {
            self.clean = clean
            self.head = head
            self.branch = branch
        }
    }

    package struct Traffic: Codable, Hashable, Sendable {
        package var service: String
        package var region: String
        package var traffic: [TrafficEntry]

        package init(service: String, region: String, traffic: [TrafficEntry]) {
            self.service = service
            self.region = region
            self.traffic = traffic
        }
    }

    package var schema = LoopDocument.schemaName
    package var run: String
    package var environment: String
    /// The rule that ended it; `interrupted` also for one that goes on when it is resumed.
    package var outcome: StopRule
    package var goal: Bool
    /// The outcome in words.
    package var why: String
    package var iterations: [Iteration]
    /// The number of the best iteration; null where none has a verdict.
    package var best: Int?
    package var left: Left
    package var branch: String?
    /// What was checked out before the loop made its own branch; not there where it made none.
    package var startedOn: String?
    /// Null where there is no repository.
    package var tree: Tree?
    /// Null where nobody could look.
    package var traffic: [Traffic]? = []
    /// Services of the loop that somebody holds, as `SERVICE RUN`; null where nobody could look.
    package var locks: [String]? = []
    /// US dollars.
    package var cost: Double
    /// Of work.
    package var seconds: Double
    package var report: String?
    package var error: Failure?

    /// What the journal says of it; what is true outside (tree, traffic, locks) is added by whoever looks.
    package init(_ progress: LoopProgress, outcome: StopRecord) {
        let order = progress.order
        run = order?.run ?? ""
        environment = order?.environment ?? ""
        self.outcome = outcome.rule
        goal = outcome.rule == .goal
        why = outcome.why
        iterations = progress.iterations.map(Iteration.init)
        best = progress.best?.number
        let last = progress.iterations.last { $0.verdict != nil }
        left = Left(
            last, unready: progress.current?.gate?.unready.map(\.service) ?? [], isReached: goal)
        branch = order?.branch
        startedOn = order?.makesBranch == true ? order?.startedOn : nil
        cost = progress.cost
        seconds = progress.workedSeconds
        error = outcome.failure
    }
}

extension LoopDocument.Left {
    /// - Parameter last: the last iteration with a verdict.
    fileprivate init(_ last: IterationProgress?, unready: [String], isReached: Bool) {
        let verdict = last?.verdict
        func count(_ status: CheckStatus) -> Int { verdict?.counts[status.rawValue] ?? 0 }
        failing = isReached ? [] : last?.failing.map(\.name) ?? []
        missing = verdict?.missing ?? 0
        // A verdict over all of the index counts what is missing among what did not run.
        notRun = max(0, count(.notRun) - (verdict?.source == .serving ? missing : 0))
        skipped = count(.skipped)
        blocked = count(.blocked)
        self.unready = unready
        isMeasured = verdict != nil
        listed = verdict?.listed
        passed = verdict?.passedOfIndex ?? count(.passed)
    }
}

extension LoopDocument.Iteration {
    package init(_ iteration: IterationProgress) {
        number = iteration.number
        run = iteration.releaseRun
        commit = iteration.head
        services = iteration.release?.services ?? []
        release = iteration.release?.state
        unready = iteration.gate?.unready ?? []
        verdict = iteration.verdict.map {
            IterationVerdictSummary(
                result: $0.result, rule: $0.rule, counts: $0.counts, ranOfIndex: $0.ranOfIndex, source: $0.source)
        }
        groups = iteration.diagnosis?.groups ?? []
        flaky = iteration.flakyAlone.sorted()
        bisect = iteration.bisect.map {
            Bisect(
                check: $0.order.check.name, firstBad: $0.firstBadCommit, suspects: $0.suspects, probes: $0.probes)
        }
        fix = iteration.fix.map {
            Fix(
                files: $0.files, added: $0.added, removed: $0.removed, commit: iteration.commit, refusals: $0.refusals,
                failure: $0.failure, summary: $0.summary, cost: $0.cost, patch: $0.patch)
        }
        brief = iteration.diagnosis?.folder
        error = iteration.release?.failure
        var spent: [String: Double] = [:]
        spent["ready"] = iteration.gate?.seconds
        spent["release"] = iteration.release?.seconds
        spent["verify"] = iteration.verdict?.seconds
        if !iteration.reruns.isEmpty { spent["rerun"] = iteration.reruns.reduce(0) { $0 + $1.seconds } }
        if let bisect = iteration.bisect { spent["bisect"] = bisect.probes.reduce(0) { $0 + $1.seconds } }
        spent["diagnose"] = iteration.diagnosis?.seconds
        spent["fix"] = iteration.fix?.seconds
        seconds = spent
    }
}
