import Verification

/// Where one iteration stands.
package struct IterationProgress: Hashable, Sendable {
    package var number: Int
    /// The commit that it tries; nil where there is no repository.
    package var head: String?
    /// Seconds since 1970.
    package var beganAt: Double
    package var gate: ReadinessFinding?
    /// The run of the release that is under way or was the last; nil before it.
    package var releaseRun: String?
    package var release: IterationRelease?
    /// How often it was released.
    package var releases = 0
    package var verdict: IterationVerdict?
    /// How often the suites ran against what serves.
    package var verifications = 0
    /// Since the last verdict.
    package var reruns: [RerunFinding] = []
    /// Of all verdicts of this iteration: `SUITE/ID`.
    package var flaky: Set<String> = []
    package var bisect: BisectSearch?
    package var isBisectDecided = false
    package var probeRun: String?
    /// Of a candidate that is asked again.
    package var rerunRun: String?
    package var diagnosis: DiagnosisRecord?
    package var isFixIntended = false
    package var fix: FixRecord?
    /// Fixes of this iteration that came to nothing before it: nil for one that was cut.
    package var givenUp: [FixRecord?] = []
    package var commit: String?

    package init(number: Int, head: String?, beganAt: Double = 0) {
        self.number = number
        self.head = head
        self.beganAt = beganAt
    }

    mutating func apply(_ event: LoopEntry.Event) {
        switch event {
        case .gate(let finding): gate = finding
        case .releaseIntended(let run):
            if run != releaseRun {
                // One that was stopped, and is made anew, is no further one.
                if release != nil || releaseRun == nil { releases += 1 }
                (release, verdict, reruns) = (nil, nil, [])
            }
            releaseRun = run
        case .released(let record):
            release = record
            if let found = record.verdict { take(found) }
        case .verified(let found): take(found)
        case .rerunIntended(let run): rerunRun = run
        case .reran(let found):
            rerunRun = nil
            reruns.append(found)
            flaky.formUnion(found.passed)
        case .bisectBegan(let order):
            isBisectDecided = true
            bisect = order.map(BisectSearch.init)
        case .probeIntended(let run, _): probeRun = run
        case .probed(let probe):
            probeRun = nil
            bisect?.add(probe)
        case .diagnosed(let record): diagnosis = record
        case .fixIntended:
            if isFixIntended { givenUp.append(fix) }
            (isFixIntended, fix) = (true, nil)
        case .fixed(let record): fix = record
        case .fixGivenUp:
            givenUp.append(fix)
            (isFixIntended, fix) = (false, nil)
        case .committed(let id): commit = id
        case .began, .takenUp, .branchMade, .iterationBegan, .rollbackIntended, .rolledBack, .stopped: break
        }
    }

    private mutating func take(_ found: IterationVerdict) {
        verdict = found
        reruns = []
        flaky.formUnion(found.flaky)
        if found.source == .serving { verifications += 1 }
    }

    /// A service that does not serve, or a candidate that never answered: nothing was tested.
    package var isBlocked: Bool { gate?.unready.isEmpty == false || release?.state == .blocked }

    /// What fails for good: not what passed when it was asked again.
    package var failing: [CheckReference] {
        guard let verdict else { return [] }
        return verdict.failed.filter { !passedOnRerun.contains($0.name) }
    }

    /// Of those, what does not fail for good now.
    package var flakyAlone: Set<String> { flaky.subtracting(failing.map(\.name)) }

    /// Checks that failed and passed when they were asked again, since the last verdict.
    package var passedOnRerun: Set<String> { Set(reruns.flatMap(\.passed)) }

    /// Nothing is left of the failures but what passes when it is asked again.
    var isFlakyOnly: Bool {
        guard let verdict, verdict.result == .fail else { return false }
        return verdict.isFlakyOnly || (!verdict.failed.isEmpty && failing.isEmpty)
    }
}
