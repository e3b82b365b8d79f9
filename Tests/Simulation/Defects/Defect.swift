/// Mistakes of the kind that releases are lost by. The campaign has to catch each of them, or it proves nothing. They
/// live in the simulated roles and in plans, never in the product.
package enum Defect: String, Hashable, Sendable, CaseIterable {
    // Disk and locks.
    case noIntents = "effects are not announced in the journal"
    case noSync = "an entry is acknowledged before it would survive a crash"
    case noFencing = "an old holder may still write its journal"
    case sharedLock = "a lock is given to whoever asks"
    case endlessLease = "a lease of the dead never runs out"
    case unlockWithoutToken = "a lock is released by whoever asks"
    case lyingLedger = "the ledger calls every release promoted"
    case lostLedger = "the ledger keeps nothing"
    case leakyJournal = "what a check saw is written down with the deployer's token"
    // A bucket instead of a disk.
    case noFence = "a lock that was taken over is not told to its former holder's journal"
    case anyGeneration = "the bucket takes a write whatever generation it names"
    // What a resumed run believes.
    case forgottenIntents = "a step that was cut counts as never begun"
    case doubtIsDone = "a step that was cut counts as done"
    case forgottenPairs = "an analysis that was cut begins anew"
    case migrationAgain = "a migration that was cut is started again"
    // Writing to the platform.
    case blindRetry = "a write whose reply was lost is sent again"
    case noGeneration = "writes do not say what they were decided on"
    case restoreToLatest = "the way back sends traffic to the latest revision"
    case restoreForgetsTags = "the way back leaves the candidate's tag"
    case restoreForgetsNotes = "the way back leaves the release's annotations"
    case restoreSkipsOne = "the way back leaves out one service"
    // Gates and plan.
    case healthAlwaysPasses = "health passes whatever is measured"
    case smokeAlwaysPasses = "smoke passes whatever is measured"
    case assertionAlwaysPasses = "the public URL counts as answering whatever answers"
    case canaryAlwaysPasses = "a canary passes however it compares"
    case noLock = "the plan takes no lock"
    case opensFirst = "a first deploy is opened before it was verified"
    case noMigration = "the plan leaves out the migration"
    case returnsPastMigration = "the way back goes past a migration that is irreversible"
    case regionsAtOnce = "regions that go in turn go at once"
    case takesFinishedBack = "the way back takes finished regions along that were to stay"
    case wholeShiftFirst = "traffic moves before the gates have run"
}
