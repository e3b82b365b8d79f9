import Commands
import GoogleCloudStub
import Releases
import Testing

@testable import State

/// Every place where a state can be kept; what the roles promise holds for all of them.
enum Store: String, CaseIterable, CustomTestStringConvertible {
    case file = "a file of SQLite"
    case bucket = "a bucket"
    case cloudStorage = "Cloud Storage"

    var testDescription: String { rawValue }

    typealias State = any JournalStore & Ledger & ImageRecords & ServiceLock

    /// One place, to be opened as often as wanted: each time as another process would.
    struct Place {
        fileprivate var store: Store
        fileprivate var folder: String
        fileprivate var bucket: any StateBucket
        fileprivate var clock: TestClock

        func open(isGone: @escaping @Sendable (LockProcess) -> Bool = { _ in false }) throws -> State {
            switch store {
            case .file:
                try SQLiteState(
                    folder: folder, now: clock.now, isGone: { $0.process.map(isGone) ?? false })
            case .bucket, .cloudStorage: BucketState(bucket, clock: TestDurations(clock: clock), isGone: isGone)
            }
        }
    }

    func with<Value>(
        _ clock: TestClock = TestClock(), _ body: (Place) async throws -> Value
    ) async throws -> Value {
        try await withStateFolder { folder in
            guard self == .cloudStorage else {
                return try await body(
                    Place(store: self, folder: folder, bucket: MemoryBucket(now: clock.now), clock: clock))
            }
            let stub = try GoogleStub(now: clock.now)
            defer { stub.stop() }
            stub.addBucket("team", project: "p")
            let client = StorageServer.client(stub.base)
            let bucket = CloudStorageBucket({ client }, bucket: "team", prefix: "a/b")
            let value = try await body(Place(store: self, folder: folder, bucket: bucket, clock: clock))
            #expect(stub.problems == [], "what Google's own description of the API does not know")
            return value
        }
    }
}
