import Releases

/// Everything that one history happens in: one thread, one clock, one seed.
///
/// Unchecked for the scheduler's reason: one thread.
final class SimulatedWorld: @unchecked Sendable {
    static let environment = "simulated"
    /// What lets a caller into a service that is closed: it may be in no journal and no record.
    static let secret = "identity-token-of-the-deployer"

    let scheduler: Scheduler
    let cloud: SimulatedCloudRun
    var jobs = SimulatedJobs()
    /// What is kept, on a disk or in a bucket.
    let disk: any KeptState
    let keeping: Keeping
    private var marks = 0
    let faults: [Fault]
    let defects: Set<Defect>
    let invariants: Invariants
    private(set) var traced = Trace()
    private var random: SeededRandom
    private(set) var calls = 0
    private var dueAPIFaults: [Fault.API] = []
    private(set) var isOver = false
    /// From here on nothing goes wrong any more: what is left must come to an end.
    var isCalm = false { didSet { disk.isCalm = isCalm } }
    /// The service whose candidate is broken, when one is.
    let brokenService: String
    /// Told of every entry that is durable.
    var reached: (JournalEntry.Event) -> Void = { _ in }
    /// Another release begins, so much later.
    var contend: (Duration) -> Void = { _ in }

    /// The network, the disk and the processes are as they should be; people and candidates are not.
    var hasOnlyHands: Bool {
        faults.allSatisfy { fault in
            switch fault {
            // A run whose lock is taken away stops in the middle of a step, and what that wrote is in doubt.
            case .hand(let hand, _): hand != .releaseLock
            case .candidate: true
            case .kill, .freeze, .interrupt, .api, .diskFull, .contender: false
            }
        }
    }

    var clock: VirtualClock { scheduler.clock }

    init(
        seed: UInt64, faults: [Fault], defects: Set<Defect>, services: [String], keeping: Keeping = .disk
    ) {
        self.keeping = keeping
        self.faults = faults
        self.defects = defects
        random = SeededRandom(seed: seed ^ 0xA5A5_5A5A)
        scheduler = Scheduler(seed: seed)
        cloud = SimulatedCloudRun(clock: scheduler.clock)
        disk =
            switch keeping {
            case .disk: SimulatedDisk(faults: faults, defects: defects)
            case .bucket: SimulatedBucket(faults: faults, defects: defects)
            }
        invariants = Invariants()
        brokenService = services[random.below(services.count)]
        cloud.changed = { [unowned self] in invariants.check($0, in: self) }
    }

    /// After the last look at it: nothing reaches it any more, and nothing of it outlives it.
    func close() {
        isOver = true
        scheduler.close()
        contend = { _ in }
        reached = { _ in }
    }

    // MARK: - Chance

    func latency() -> Duration { random.milliseconds(1...120) }

    func reconciliation() -> Duration { random.milliseconds(200...8000) }

    func chance(_ percent: Int) -> Bool { random.chance(percent) }

    /// From 0 to 1.
    func draw() -> Double { Double(random.below(1000)) / 1000 }

    /// Unique in this world.
    func nextMark() -> String {
        marks += 1
        return "mark-\(marks)"
    }

    // MARK: - Calls

    /// Counts a call and says what happens to the process that makes it. What somebody else does at that moment is done.
    func nextCall(of process: SimulatedProcess) -> [Fault] {
        calls += 1
        guard !isCalm else { return [] }
        var own: [Fault] = []
        for fault in faults {
            switch fault {
            case .kill(calls, _), .freeze(calls, _), .interrupt(calls): own.append(fault)
            case .api(let kind, calls): dueAPIFaults.append(kind)
            case .hand(let hand, calls): act(hand)
            case .contender(calls): contend(.zero)
            default: break
            }
        }
        return own
    }

    /// What the API does with this call: of what is due, the first that fits.
    func apiFault(isWrite: Bool) -> Fault.API? {
        guard !isCalm else { return nil }
        let index = dueAPIFaults.firstIndex { fault in
            switch fault {
            case .conflict, .lostReply: isWrite
            case .operationFails, .operationNeverEnds, .operationVanishes: false
            case .unavailable, .denied, .slow, .staleReads: true
            }
        }
        return index.map { dueAPIFaults.remove(at: $0) }
    }

    /// What a bucket does with this request.
    func bucketFault(isWrite: Bool) -> Fault.API? {
        guard !isCalm else { return nil }
        let index = dueAPIFaults.firstIndex { [.unavailable, .slow].contains($0) || (isWrite && $0 == .lostReply) }
        return index.map { dueAPIFaults.remove(at: $0) }
    }

    func fate(of change: ServiceChange, of service: String) -> SimulatedCloudRun.Fate {
        var fate = SimulatedCloudRun.Fate()
        if let run = change.template?.labels[ReleaseLabel.run], run == History.mainRun {
            fate.revisionBecomesReady = !hasCandidate(.neverReady, service)
        }
        guard !isCalm else { return fate }
        if let index = dueAPIFaults.firstIndex(of: .operationFails) {
            dueAPIFaults.remove(at: index)
            fate.fails = true
        } else if let index = dueAPIFaults.firstIndex(of: .operationNeverEnds) {
            dueAPIFaults.remove(at: index)
            fate.ends = false
        }
        return fate
    }

    func forgetsOperation() -> Bool {
        guard !isCalm, let index = dueAPIFaults.firstIndex(of: .operationVanishes) else { return false }
        dueAPIFaults.remove(at: index)
        return true
    }

    private func act(_ hand: Fault.Hand) {
        guard let service = cloud.services.keys.sorted().first else { return }
        trace("hand \(hand)")
        switch hand {
        case .annotate:
            cloud.annotate(service, "team/note", "kept")
            invariants.handAnnotated(service)
        case .takeOver:
            cloud.takeOver(service)
            invariants.handTookOver(service, at: calls)
        case .addTag:
            if cloud.addTag("mine", to: service) { invariants.handTagged(service) }
        case .resplit:
            if let revision = cloud.resplit(service) { invariants.handResplit(service, to: revision, at: calls) }
        case .releaseLock:
            disk.breakLock(of: ServiceKey(parsing: service), in: self)
        }
    }

    // MARK: - The candidate's truth

    private func hasCandidate(_ fault: Fault.Candidate, _ service: String) -> Bool {
        service == brokenService && faults.contains(.candidate(fault))
    }

    private func madeByMain(_ revision: String) -> String? {
        for (name, service) in cloud.services
        where service.revisions.contains(where: {
            $0.name == revision && $0.labels[ReleaseLabel.run] == History.mainRun
        }) {
            return name
        }
        return nil
    }

    func isUnhealthy(_ revision: String, inPublic: Bool) -> Bool {
        guard let service = madeByMain(revision) else { return false }
        return hasCandidate(.unhealthy, service) || (inPublic && hasCandidate(.unhealthyInPublic, service))
    }

    func isDoubtful(_ revision: String) -> Bool {
        guard let service = madeByMain(revision) else { return false }
        return hasCandidate(.doubtful, service)
    }

    func failsSmoke(_ revision: String) -> Bool {
        guard let service = madeByMain(revision) else { return false }
        return hasCandidate(.failsSmoke, service)
    }

    func passed(_ gate: Invariants.Gate, _ revision: String) {
        invariants.passed(gate, revision)
    }

    // MARK: - What happened

    func willWrite(to service: String, by process: SimulatedProcess) {
        invariants.willWrite(to: service, by: process.run, in: self)
    }

    func landed(on service: String, by process: SimulatedProcess) {
        trace("landed \(service) by \(process.run)")
        invariants.landed(on: service, by: process.run, in: self)
    }

    func journaled(_ entry: JournalEntry, of run: String) {
        trace("\(run) \(entry.event.word)")
        invariants.journaled(entry, of: run, in: self)
        reached(entry.event)
    }

    func processDied(_ process: SimulatedProcess) {
        trace("died \(process.run)")
        disk.crash(of: process.run)
    }

    func trace(_ line: String) {
        traced.add("\(clock.now().components.seconds) \(calls) \(line)")
    }
}

extension JournalEntry.Event {
    /// One word and a step, for the trace.
    var word: String {
        switch self {
        case .intent(let step): "intent \(step)"
        case .operation(let step, _): "operation \(step)"
        case .found(let step, _): "found \(step)"
        case .overridden(let gate, _, _): "overridden \(gate)"
        case .held(let step, _, let reason): "held \(step) \(reason?.category.rawValue ?? "as asked")"
        case .outcome(let step, .done): "done \(step)"
        case .outcome(let step, .skipped): "skipped \(step)"
        case .outcome(let step, .failed(let failure, _, _)): "failed \(step) \(failure.category.rawValue)"
        case .undoing(let reason): "undoing \(reason.category.rawValue)"
        case .ended(let outcome): "ended \(outcome.rawValue)"
        }
    }
}
