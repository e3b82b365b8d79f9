import Releases
import Testing
import Verification

@testable import Loop

/// A loop in a world that one seed decides, cut after every entry of its journal and taken up again.
@Suite struct LoopSimulationTests {
    @Test(arguments: 0..<40) func `a loop that is cut anywhere ends as the one that never was, and does nothing twice`(
        _ seed: UInt64
    ) throws {
        var whole = SimulatedLoop(seed: seed)
        try whole.run(cutAt: nil)
        let end = try #require(whole.progress.stopped)
        for cut in 1..<whole.journal.count {
            for isEffectDone in [false, true] {
                var simulated = SimulatedLoop(seed: seed)
                try simulated.run(cutAt: cut, doingEffect: isEffectDone)
                #expect(simulated.progress.stopped == nil || simulated.journal.count <= cut + 1)
                simulated.expectOwnCommitIsRefused("seed \(seed), cut \(cut)")
                simulated.takeUp()
                try simulated.run(cutAt: nil)
                #expect(simulated.progress.stopped?.rule == end.rule, "seed \(seed), cut \(cut)")
                #expect(simulated.commits == whole.commits, "seed \(seed), cut \(cut)")
                #expect(simulated.releases == whole.releases, "seed \(seed), cut \(cut)")
                #expect(simulated.candidates == whole.candidates, "seed \(seed), cut \(cut)")
                #expect(Set(simulated.begun).count == simulated.begun.count, "no release begins twice")
            }
        }
    }

    @Test func `the worlds end in many ways`() throws {
        var rules: Set<StopRule> = []
        var candidates = 0
        for seed in 0..<300 {
            var simulated = SimulatedLoop(seed: UInt64(seed))
            try simulated.run(cutAt: nil)
            let progress = simulated.progress
            rules.insert(try #require(progress.stopped).rule)
            #expect(progress.iterations.count <= 6)
            candidates += simulated.candidates.count
            // Only a pass of everything is the goal.
            #expect((progress.stopped?.rule == .goal) == (progress.current?.verdict?.isGoal == true))
        }
        #expect(rules.isSuperset(of: [.goal, .iterations, .noProgress, .fixRefused, .fixFailed, .flakyOnly, .noFix]))
        #expect(candidates > 20)
        #expect(rules.contains(.regression) && rules.contains(.blocked) && rules.contains(.sameFix), "\(rules)")
    }
}

/// The effects of a loop as values; what happened stays when the process is cut.
private struct SimulatedLoop {
    private(set) var journal: [LoopEntry] = []
    /// What the world has seen, which no cut takes back.
    private(set) var begun: [String] = []
    private(set) var releases: [Int] = []
    private(set) var commits: [String] = []
    /// To ask failed checks of again.
    private(set) var candidates: [String] = []
    private var ended: [String: IterationRelease.State] = [:]
    private let seed: UInt64
    private let order: LoopOrder

    struct Cut: Error {}

    init(seed: UInt64) {
        self.seed = seed
        var order = LoopOrder(run: "l", environment: "local", mender: seed % 11 == 0 ? .nobody : .command("fix"))
        order.limits = LoopLimits(iterations: 6, seconds: .infinity, noProgress: 3, reruns: Int(seed % 3))
        if order.mender != .nobody {
            order.branch = "loop/l"
            order.makesBranch = seed % 2 == 0
        }
        self.order = order
    }

    private(set) var progress = LoopProgress()

    /// The same number for the same question in the same world.
    private func roll(_ question: String, _ sides: Int) -> Int {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678
        for byte in question.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        state ^= state >> 33
        state = state &* 0xFF51_AFD7_ED55_8CCD
        state ^= state >> 33
        return Int(state % UInt64(sides))
    }

    /// - Parameters:
    ///   - cut: after so many entries the process is gone.
    ///   - isEffectDone: the effect that follows the last entry has still happened.
    mutating func run(cutAt cut: Int?, doingEffect isEffectDone: Bool = false) throws {
        if journal.isEmpty { add(.began(order)) }
        // Whoever takes it up knows nothing but the journal.
        progress = LoopProgress(replaying: journal)
        for _ in 0..<1000 where progress.stopped == nil {
            if let cut, journal.count >= cut, !isEffectDone { return }
            let events = perform(LoopPlanner.next(progress))
            for event in events {
                if let cut, journal.count >= cut { return }
                add(event)
            }
        }
    }

    private mutating func add(_ event: LoopEntry.Event) {
        let entry = LoopEntry(time: Double(journal.count), event: event)
        journal.append(entry)
        progress.apply(entry)
    }

    /// Does it, and says what is to be journaled. An intent comes first, and is alone where the effect follows it.
    private mutating func perform(_ action: LoopAction) -> [LoopEntry.Event] {
        let number = progress.current?.number ?? 0
        let attempt = (progress.current?.releases ?? 0)
        switch action {
        case .makeBranch: return [.branchMade]
        case .beginIteration(let next): return [.iterationBegan(next, head: commits.last ?? "c0")]
        case .awaitReadiness:
            let isDown = roll("ready \(number)", 15) == 0
            return [
                .gate(
                    ReadinessFinding(unready: isDown ? [.init(service: "auth", diagnosis: ["503"])] : [], seconds: 0))
            ]
        case .release(nil): return [.releaseIntended(run: "r\(number).\(attempt + 1)")]
        case .release(let run?):
            if ended[run] == nil {
                begun.append(run)
                releases.append(number)
                let states: [IterationRelease.State] = [.passed, .passed, .passed, .refused, .blocked]
                ended[run] = states[roll("release \(number) \(run)", states.count)]
            }
            let state = ended[run] ?? .passed
            var release = IterationRelease(run: run, state: state, serving: ["backend": "b-\(number)"])
            if state == .refused { release.verdict = measured("candidate \(run)", .candidate) }
            return [.released(release)]
        case .verify:
            return [.verified(measured("verify \(number) \(progress.current?.verifications ?? 0)", .serving))]
        case .rerun where progress.current?.verdict?.source == .candidate && progress.current?.rerunRun == nil:
            return [.rerunIntended(run: "a\(number).\(attempt).\(progress.current?.reruns.count ?? 0)")]
        case .rerun(let checks):
            if let run = progress.current?.rerunRun, ended[run] == nil {
                begun.append(run)
                candidates.append(run)
                ended[run] = .passed
            }
            let isFlaky = roll("flaky \(number)", 4) == 0
            return [
                .reran(
                    RerunFinding(passed: isFlaky ? checks.map(\.name) : [], failed: isFlaky ? [] : checks.map(\.name)))
            ]
        case .planBisect:
            return [
                .bisectBegan(
                    roll("bisect \(number)", 3) == 0
                        ? BisectOrder(check: check("a"), good: "g", commits: ["x", "y", "z"]) : nil)
            ]
        case .probe(let commit, nil): return [.probeIntended(run: "p\(number)\(commit)", commit: commit)]
        case .probe(let commit, let run?):
            return [.probed(BisectProbe(run: run, commit: commit, result: commit == "z" ? .bad : .good))]
        case .diagnose: return [.diagnosed(DiagnosisRecord(folder: "/f"))]
        case .fix: return [.fixIntended, .fixed(fix(number))]
        case .commit:
            // Known by its mark, as the trailer is.
            let id = "c\(number)"
            if commits.last != id { commits.append(id) }
            return [.committed(commit: id)]
        case .rollBack(nil, let targets): return [.rollbackIntended(run: "back", to: targets)]
        case .rollBack(let run?, _):
            if ended[run] == nil {
                begun.append(run)
                ended[run] = .passed
            }
            return [.rolledBack(RollbackRecord(run: run, outcome: .rolledBack))]
        case .waitForChange, .ended: return []
        case .stop(let record): return [.stopped(record)]
        }
    }

    private func fix(_ number: Int) -> FixRecord {
        switch roll("fix \(number)", 14) {
        case 0: FixRecord(refusals: [.init(path: "a", rule: "deny", why: "denied")])
        case 1: FixRecord(failure: "exit 1")
        case 2, 3: FixRecord(files: ["a"], identity: "same")
        default: FixRecord(files: ["a"], identity: "p\(number)")
        }
    }

    // MARK: - The tree while nobody works at it

    /// Whether there is a change that no commit has.
    private var isChanged: Bool {
        guard let current = progress.current, current.isFixIntended, !isOwnCommit, current.commit == nil else {
            return false
        }
        return current.fix?.isAccepted ?? true
    }

    /// Made, and not yet in the journal.
    private var isOwnCommit: Bool {
        progress.current.map { commits.last == "c\($0.number)" && $0.commit == nil } ?? false
    }

    private func decision(head: String, isOwn: Bool) -> TreeTakeUp {
        TreeTakeUp(
            progress, tree: TreeState(head: head, branch: order.branch, changes: isChanged ? ["a"] : []),
            hasRemains: isChanged, isOwnCommit: isOwn)
    }

    /// Somebody commits to the loop's branch: nothing of it is touched, whatever the loop was at.
    func expectOwnCommitIsRefused(_ told: String) {
        guard progress.stopped == nil, progress.current != nil, order.branch != nil else { return }
        if case .refuse(let failure) = decision(head: "mine", isOwn: false) {
            #expect(failure.category == .conflict)
        } else if case .stop = LoopPlanner.next(progress) {
            // What came to nothing was put back before, so the end touches nothing.
            #expect(progress.current?.fix?.isAccepted == false, "\(told)")
        } else {
            Issue.record("a commit of somebody's is taken for the loop's: \(told)")
        }
    }

    /// By somebody who left the tree as it was.
    mutating func takeUp() {
        switch decision(head: commits.last ?? "c0", isOwn: isOwnCommit) {
        case .goOn, .putAway: break
        case .giveUpFix, .refuse: Issue.record("the loop's own tree is not its own: \(journal.last?.event as Any)")
        }
    }

    private func measured(_ question: String, _ source: IterationVerdict.Source) -> IterationVerdict {
        let failing = roll(question, 5)
        return verdict(
            failing: (0..<failing).map { "check\($0)" }, passed: roll("passed " + question, 4) + 4 - min(failing, 4),
            source: source)
    }
}
