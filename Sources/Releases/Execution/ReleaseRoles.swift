/// Everything outside that a run touches, gathered by whoever composes the program.
package struct ReleaseRoles: Sendable {
    package var platform: any Platform
    /// By the name that the plan gives.
    package var builders: [String: any ImageBuilder]
    package var verifier: any Verifier
    package var journal: any JournalStore
    package var ledger: any Ledger
    package var images: any ImageRecords
    package var lock: any ServiceLock
    package var observer: any ReleaseObserver
    /// Nil where nobody can count what is open.
    package var connections: (any ConnectionCount)?
    /// Nil where no jobs run.
    package var jobs: (any JobPlatform)?
    /// Nil where no commands of a team run.
    package var hooks: (any HookRunner)?
    /// Nil where the environment has no Terraform root.
    package var infrastructure: (any InfrastructureApplier)?
    /// Nil where nothing is cleared away.
    package var revisionRemoval: (any RevisionRemoval)?
    package var imageRemoval: (any ImageRemoval)?
    /// By which planners name what they make; nil where nothing is named later than in the plan.
    package var digest: Digest?
    /// This process, as holder of locks.
    package var process: LockProcess?
    package var clock: any RunClock
    /// RFC 3339, for people to read.
    package var now: @Sendable () -> String

    package init(
        platform: any Platform, builders: [String: any ImageBuilder], verifier: any Verifier,
        journal: any JournalStore, ledger: any Ledger, images: any ImageRecords, lock: any ServiceLock,
        observer: any ReleaseObserver, connections: (any ConnectionCount)? = nil,
        jobs: (any JobPlatform)? = nil, hooks: (any HookRunner)? = nil,
        process: LockProcess? = nil,
        clock: any RunClock = SystemClock(), now: @escaping @Sendable () -> String
    ) {
        self.platform = platform
        self.builders = builders
        self.verifier = verifier
        self.journal = journal
        self.ledger = ledger
        self.images = images
        self.lock = lock
        self.observer = observer
        self.connections = connections
        self.jobs = jobs
        self.hooks = hooks
        self.process = process
        self.clock = clock
        self.now = now
    }
}

/// Told what happens, while it happens; what it does with that changes nothing.
package protocol ReleaseObserver: Sendable {
    func started(step: String)
    func line(_ text: String, step: String)
    /// How far a gate is.
    func counted(_ counts: GateCounts, step: String)
    func ended(step: String, outcome: StepOutcome)
    /// The run stands still there; the reason is nil where that was asked for.
    func held(step: String, reason: Failure?)
    func undoing(reason: Failure)
}

extension ReleaseObserver {
    package func held(step: String, reason: Failure?) {}

    package func counted(_ counts: GateCounts, step: String) {}

    func tell(_ progress: GateProgress, step: String) {
        if let counts = progress.counts { counted(counts, step: step) }
        line(progress.line, step: step)
    }
}
