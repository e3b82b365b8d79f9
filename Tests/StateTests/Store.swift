import Releases
import Testing

@testable import State

/// Every place where a state can be kept; what the roles promise holds for all of them.
enum Store: String, CaseIterable, CustomTestStringConvertible {
    case file = "a file of SQLite"
    case bucket = "a bucket"

    var testDescription: String { rawValue }

    typealias State = any JournalStore & Ledger & ImageRecords & ServiceLock

    /// One place, to be opened as often as wanted: each time as another process would.
    struct Place {
        fileprivate var store: Store
        fileprivate var folder: String
        fileprivate var bucket: MemoryBucket
        fileprivate var clock: TestClock

        func open(isGone: @escaping @Sendable (LockProcess) -> Bool = { _ in false }) throws -> State {
            switch store {
            case .file:
                try SQLiteState(
                    folder: folder, now: clock.now, isGone: { $0.process.map(isGone) ?? false })
            case .bucket: BucketState(bucket, clock: TestDurations(clock: clock), isGone: isGone)
            }
        }
    }

    func with<Value>(
        _ clock: TestClock = TestClock(), _ body: (Place) async throws -> Value
    ) async throws -> Value {
        try await withStateFolder { folder in
            try await body(
                Place(store: self, folder: folder, bucket: MemoryBucket(now: clock.now), clock: clock))
        }
    }
}
