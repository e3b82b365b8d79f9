import Releases

/// Where the releases of a world keep what they know.
package enum Keeping: String, Hashable, Sendable, CaseIterable {
    /// On a disk that everybody shares, in transactions: as SQLite does.
    case disk = "sqlite"
    /// In a bucket, by conditional writes of single objects: the product's own code for that.
    case bucket = "gcs"

    /// So long after its last sign of life nobody holds a lock any more, and a second for what clocks round off.
    var leaseEnd: Duration {
        switch self {
        case .disk: ReleaseExecutor.lease + .seconds(1)
        case .bucket: ReleaseExecutor.lease + .seconds(4)
        }
    }

    /// More calls than this are a storm of repetitions.
    var mostCalls: Int { self == .disk ? 6000 : 20_000 }
}

/// What is kept, as nobody in the world sees it: at once, and without a call.
protocol KeptState: AnyObject, Sendable {
    /// The runs that were begun, in their order.
    var order: [String] { get }
    var ledger: [String: ReleaseDocument] { get }
    /// Runs whose last entry could not be written.
    var refused: Set<String> { get set }
    /// Nothing goes wrong any more.
    var isCalm: Bool { get set }

    func read(_ run: String) -> StoredJournal?
    /// What a process is told that takes the run up.
    func readToResume(_ run: String) -> StoredJournal?
    func unfinished() -> [String]
    func lock(of service: ServiceKey) -> LockRecord
    /// Somebody takes the lock from whoever holds it.
    func breakLock(of service: ServiceKey, in world: SimulatedWorld)
    func crash(of run: String)
}

extension SimulatedDisk: KeptState {
    func breakLock(of service: ServiceKey, in world: SimulatedWorld) { breakLock(of: service) }
}

extension Defect {
    /// Where the mistake can be made.
    var keeping: Keeping { self == .noFence || self == .anyGeneration ? .bucket : .disk }
}
