import Releases

/// A bucket whose silence is told in the words of whoever wanted something of it.
struct ReachedBucket: StateBucket {
    let bucket: any StateBucket

    var place: String { bucket.place }

    var keepsAnswers: Bool { bucket.keepsAnswers }

    func object(_ name: String, generation: Int64?) async throws -> BucketAnswer<BucketObject?> {
        try await reach { try await bucket.object(name, generation: generation) }
    }

    func object(_ name: String, listedAs entry: BucketEntry) async throws -> BucketAnswer<BucketObject?> {
        try await reach { try await bucket.object(name, listedAs: entry) }
    }

    func write(_ bytes: [UInt8], to name: String, ifGeneration generation: Int64) async throws -> BucketAnswer<Int64> {
        try await reach { try await bucket.write(bytes, to: name, ifGeneration: generation) }
    }

    func remove(_ name: String, ifGeneration generation: Int64) async throws {
        try await reach { try await bucket.remove(name, ifGeneration: generation) }
    }

    func list(_ prefix: String, from first: String?, limit: Int) async throws -> BucketAnswer<[BucketEntry]> {
        try await reach { try await bucket.list(prefix, from: first, limit: limit) }
    }

    private func reach<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let failure as Failure where failure.category == .unavailable {
            throw Failure(
                .unavailable, "the state in `\(place)` cannot be reached",
                details: [.init("reason", failure.summary)] + failure.details,
                hint: "check the network, then type it again: without the state nothing can be locked or recorded; "
                    + "`stagectl history` shows what this machine has seen",
                mayHaveHappened: failure.mayHaveHappened)
        }
    }
}
