import Configuration
import Releases

/// What must hold after every single effect, whatever went wrong. The numbers are those of the design's list of
/// invariants, so that a violation names its rule.
///
/// Unchecked for the scheduler's reason: one thread.
final class Invariants: @unchecked Sendable {
    enum Gate: Hashable { case health, smoke, inPublic, canary }

    private(set) var violations: [Violation] = []
    /// Revisions that passed a gate, by the model's own truth.
    private var witnessed: [Gate: Set<String>] = [:]
    /// Revisions that were there before, or that somebody made by hand: no gate is asked of them.
    var exempt: Set<String> = []
    /// Services whose candidates are compared with what serves before they get more than this share.
    var compared: [String: Int] = [:]
    /// Services that were open before, and must stay so.
    var open: Set<String> = []
    private var lastWriter: [String: String] = [:]
    private var everLocked: Set<String> = []
    var annotatedByHand: Set<String> = []
    var taggedByHand: Set<String> = []
    private var accessOfSleepers: Set<String> = []
    var takenOverByHand: [String: Int] = [:]
    var splitByHand: [String: (revision: String, call: Int)] = [:]
    var begun: [String: Int] = [:]
    /// Services whose new revisions need a migration, and those whose migration cannot be taken back.
    var migrated: Set<String> = []
    var irreversible: Set<String> = []
    /// How releases go through several regions; nil for all at once.
    var rollout: RegionRollout?
    private var finishedOnce: [String: Set<String>] = [:]
    var takenBack: Set<String> = []
    var executions: [String: String] = [:]
    var pairs: [String: Int] = [:]

    func violate(_ rule: Int, _ text: String, in world: SimulatedWorld) {
        // One sentence a rule is enough; the trace has the rest.
        guard !violations.contains(where: { $0.rule == rule }) else { return }
        violations.append(Violation(rule: rule, text: text, seconds: world.clock.seconds))
    }

    // MARK: - Told by the world

    func passed(_ gate: Gate, _ revision: String) { witnessed[gate, default: []].insert(revision) }

    func handAnnotated(_ service: String) { annotatedByHand.insert(service) }
    /// Who sleeps in the very call that opens or closes a service wakes too late for any look at the lock, and access has
    /// no generation that could refuse it: the one limit of fencing here.
    func sleeperChangesAccess(of service: String) { accessOfSleepers.insert(service) }
    func handTagged(_ service: String) { taggedByHand.insert(service) }

    func handResplit(_ service: String, to revision: String, at call: Int) {
        splitByHand[service] = (revision, call)
    }

    func handTookOver(_ service: String, at call: Int) {
        takenOverByHand[service] = call
        exempt.insert("\(service)-by-hand")
    }

    /// Somebody asked for its way back.
    func isTakenBack(_ run: String) { takenBack.insert(run) }

    func runBegins(_ run: String, at call: Int) { begun[run] = call }

    // MARK: - After every effect

    /// Rules 1, 2 and 10, whenever the real split or the access of a service changed.
    func check(_ service: ServiceObservation, in world: SimulatedWorld) {
        let name = service.identity.place
        let serving = service.trafficStatuses.filter { $0.percent > 0 }
        if !service.trafficStatuses.isEmpty, serving.reduce(0, { $0 + $1.percent }) != 100 {
            violate(1, "traffic of \(name) adds up to \(serving.reduce(0) { $0 + $1.percent }) %", in: world)
        }
        let revisions = world.cloud.services[name]?.revisions ?? []
        for share in serving {
            guard let revision = revisions.first(where: { $0.name == share.revision }) else {
                violate(1, "\(name) sends traffic to \(share.revision), which does not exist", in: world)
                continue
            }
            if revision.condition.state != .succeeded {
                violate(1, "\(name) sends traffic to \(share.revision), which is not ready", in: world)
            }
            guard service.isPublic, !exempt.contains(share.revision) else { continue }
            for gate in [Gate.health, .smoke] where witnessed[gate]?.contains(share.revision) != true {
                violate(2, "\(share.revision) has \(share.percent) % and has not passed \(gate)", in: world)
            }
            if let limit = compared[name], share.percent > limit, witnessed[.canary]?.contains(share.revision) != true {
                violate(2, "\(share.revision) has \(share.percent) % and was not compared", in: world)
            }
        }
        if open.contains(name), !service.isPublic, !accessOfSleepers.contains(name) {
            violate(10, "\(name) was open and is closed", in: world)
        }
    }

    /// Rules 3 and 4, before a write of stagectl reaches the platform.
    func willWrite(to service: String, by run: String, in world: SimulatedWorld) {
        if !everLocked.contains("\(run) \(service)") {
            violate(3, "\(run) writes to \(service) and never had its lock", in: world)
        }
        let progress = Progress(replaying: world.disk.read(run)?.entries ?? [])
        let isIntended = progress.begun.contains { step in
            guard step.hasSuffix(":\(service)"), case .inDoubt = progress.state(of: step) else { return false }
            return true
        }
        // With a full disk the way back goes on all the same: it is what the disk must not prevent.
        if !isIntended, !world.disk.refused.contains(run) {
            violate(4, "\(run) writes to \(service) without an intent in its journal", in: world)
        }
    }

    /// Rule 3, when the platform has taken the write.
    func landed(on service: String, by run: String, in world: SimulatedWorld) {
        if let holder = world.disk.lock(of: ServiceKey(parsing: service)).currentHolder(at: world.clock.seconds),
            holder.run != run,
            lastWriter[service] == holder.run
        {
            violate(3, "\(run) wrote to \(service) after \(holder.run), which has the lock", in: world)
        }
        lastWriter[service] = run
    }

    func gaveLock(of service: String, to run: String, before: LockHolder?, in world: SimulatedWorld) {
        everLocked.insert("\(run) \(service)")
        if let before, before.run != run {
            violate(3, "the lock of \(service) went from \(before.run), which is alive, to \(run)", in: world)
        }
    }

    func releasedLock(
        of service: String, by run: String, before: LockHolder?, after: LockHolder?, in world: SimulatedWorld
    ) {
        if let before, before.run != run, after == nil {
            violate(3, "\(run) released the lock of \(before.run)", in: world)
        }
    }

    func journaled(_ entry: JournalEntry, of run: String, in world: SimulatedWorld) {
        switch entry.event {
        case .intent(let step):
            let service = String(step.split(separator: ":").last ?? "")
            let lock = world.disk.lock(of: ServiceKey(parsing: service))
            if everLocked.contains("\(run) \(service)"), let holder = lock.holder, holder.run != run {
                violate(3, "\(run) goes on with \(step) although \(holder.run) has the lock", in: world)
            }
            // Who takes a run up looks again at what was finished, beside what is left to do.
            if let turns = turns(of: run, in: world),
                turns.isTooEarly(step, of: Shape.twoRegions, knowing: finishedOnce[run] ?? [])
            {
                violate(20, "\(run) begins \(step) although another region is not finished", in: world)
            }
        case .ended(let outcome):
            ended(run, outcome, in: world)
        case .found(_, let output):
            guard let canary = output.canary, let revision = canary.candidate else { break }
            pairs["\(run) \(revision)"] = canary.pairs
        case .undoing:
            goesBack(run, in: world)
        case .outcome:
            if let turns = turns(of: run, in: world) { finishedOnce[run, default: []].formUnion(turns.finished) }
        case .operation, .overridden, .held:
            break
        }
    }

    /// Nil where regions go at once.
    private func turns(of run: String, in world: SimulatedWorld) -> RegionTurns? {
        guard rollout?.order == .sequential, let journal = world.disk.read(run),
            let plan = try? DecodedPlan(decoding: journal.plan).plan, plan.kind == .deploy
        else { return nil }
        return RegionTurns(plan, Progress(replaying: journal.entries))
    }

    // MARK: - At the end of a run

    /// Rules 6 and 7: journal, ledger and world agree.
    private func ended(_ run: String, _ outcome: ReleaseOutcome, in world: SimulatedWorld) {
        guard let journal = world.disk.read(run), let plan = try? DecodedPlan(decoding: journal.plan).plan else {
            return
        }
        // A release that had nothing to do is nothing to be remembered.
        if plan.changes, world.disk.ledger[run]?.outcome != outcome {
            let recorded = world.disk.ledger[run]?.outcome.rawValue ?? "nothing"
            violate(6, "\(run) ended \(outcome.rawValue), the ledger says \(recorded)", in: world)
        }
        let progress = Progress(replaying: journal.entries)
        for service in plan.services where service.decision != .unchanged {
            let name = service.identity.place
            guard lastWriter[name] == run, !wasTakenOver(name, since: run),
                let now = world.cloud.observe(name, evenIfOld: false)
            else { continue }
            switch outcome {
            case .promoted:
                promoted(service, plan, progress, now, in: world)
            case .rolledBack where plan.kind == .rollback:
                promoted(service, plan, progress, now, in: world)
            case .failed, .rolledBack:
                if keeps(service, of: plan, progress) {
                    promoted(service, plan, progress, now, in: world)
                } else {
                    wentBack(service, run, progress, now, in: world)
                }
            case .unchanged, .held, .needsAttention:
                break
            }
        }
    }

    private func promoted(
        _ service: PlannedService, _ plan: Plan, _ progress: Progress, _ now: ServiceObservation,
        in world: SimulatedWorld
    ) {
        let name = service.identity.place
        let made: String? = progress.latest(of: service.key, \.revision)
        let candidate = if case .reuse(let revision) = service.decision { revision } else { made ?? "" }
        if now.share(of: candidate) != 100 {
            violate(6, "\(plan.run) promoted \(candidate), which has \(now.share(of: candidate)) %", in: world)
        }
        if witnessed[.inPublic]?.contains(candidate) != true {
            violate(6, "\(plan.run) promoted \(candidate), which never answered at the public URL", in: world)
        }
        // What somebody else deployed closed stays so.
        if service.service.isPublic, service.isFirst || service.wasPublic == true, !now.isPublic,
            !accessOfSleepers.contains(name)
        {
            violate(6, "\(plan.run) promoted \(name), which is still closed", in: world)
        }
        if now.trafficStatuses.contains(where: { $0.tag == service.baselineTag && $0.tag != nil }) {
            violate(6, "\(plan.run) left the tag of what served before on \(name)", in: world)
        }
        if now.annotations[ReleaseAnnotation.run] != plan.run {
            violate(6, "\(plan.run) left no trace on \(name)", in: world)
        }
    }

    private func wentBack(
        _ service: PlannedService, _ run: String, _ progress: Progress, _ now: ServiceObservation,
        in world: SimulatedWorld
    ) {
        let name = service.identity.place
        guard let before = progress.state(of: "lock:\(name)").output?.snapshot, !before.trafficStatuses.isEmpty else {
            if service.isFirst, now.isPublic { violate(7, "\(name) was left open by \(run)", in: world) }
            return
        }
        func split(_ shares: [TrafficShare]) -> Set<String> {
            Set(
                shares.filter { $0.tag != "mine" && ($0.percent > 0 || $0.tag != nil) }
                    .map { "\($0.revision) \($0.percent) \($0.tag ?? "-")" })
        }
        if split(now.trafficStatuses) != split(before.trafficStatuses) {
            violate(
                7,
                "\(name) after \(run): \(split(now.trafficStatuses).sorted()), was \(split(before.trafficStatuses).sorted())",
                in: world)
        }
        for key in ReleaseAnnotation.all where now.annotations[key] != before.annotations[key] {
            violate(7, "\(name) after \(run): annotation \(key) is not what it was", in: world)
        }
    }

    /// Whether what a failure leaves as it is includes this service.
    func keeps(_ service: PlannedService, of plan: Plan, _ progress: Progress) -> Bool {
        rollout?.rollback == .unfinished && plan.kind == .deploy
            && RegionTurns(plan, progress).finished.contains(service.identity.region)
    }

    private func wasTakenOver(_ service: String, since run: String) -> Bool {
        guard let call = takenOverByHand[service] ?? splitByHand[service]?.call else { return false }
        return call >= begun[run] ?? 0
    }

    // MARK: - When a run is taken up

    /// Rule 6: in a world where nothing else goes wrong, whoever takes a run up gets what was asked for.
    func tookUp(_ run: String, _ outcome: ReleaseOutcome, expected: Set<ReleaseOutcome>, in world: SimulatedWorld) {
        guard !expected.contains(outcome) else { return }
        let wanted = expected.map(\.rawValue).sorted().joined(separator: " or ")
        violate(6, "\(run) was taken up and ended \(outcome.rawValue), not \(wanted)", in: world)
    }

    /// Rule 6: nobody else was there who could have locked it or taken it over, unless another run was begun since.
    func refused(_ run: String, in world: SimulatedWorld) {
        guard begun.allSatisfy({ $0.key == run || $0.value <= begun[run] ?? 0 }) else { return }
        violate(6, "\(run) could not be taken up", in: world)
    }

    /// Rule 5: what has ended stays as it is, however often it is taken up.
    func tookUpAgain(_ run: String, changed services: [String], in world: SimulatedWorld) {
        guard !services.isEmpty else { return }
        violate(5, "\(run) was taken up once more and changed \(services.joined(separator: ", "))", in: world)
    }

    /// Rule 14: what is kept holds no secret.
    func kept(_ text: String, as name: String, in world: SimulatedWorld) {
        if text.contains(SimulatedWorld.secret) { violate(14, "\(name) holds the identity token", in: world) }
    }
}
