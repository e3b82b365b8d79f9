package import Releases
import Synchronization

/// A bucket whose history is also kept in a folder: what a listing says is unchanged is not fetched again, and while the
/// bucket cannot be reached, what was seen before can still be read. Whoever comes back online fetches what is new.
///
/// Locks and what is open are never told from memory.
package final class KeptBucket: StateBucket {
    private let bucket: any StateBucket
    private let files: KeptFiles
    /// Told once, when something is answered from memory, with why.
    private let remembering: @Sendable (Failure) -> Void
    private let hasTold = Mutex(false)

    package init(
        _ bucket: any StateBucket, folder: String, remembering: @escaping @Sendable (Failure) -> Void
    ) {
        self.bucket = bucket
        files = KeptFiles(folder: folder)
        self.remembering = remembering
    }

    package var place: String { bucket.place }

    package var keepsAnswers: Bool { true }

    package func object(_ name: String, generation: Int64?) async throws -> BucketAnswer<BucketObject?> {
        guard Self.isHistory(name) else { return try await bucket.object(name, generation: generation) }
        let kept = files.object(name)
        if let kept, let generation, kept.generation == generation { return BucketAnswer(kept, time: nil) }
        do {
            let answer = try await bucket.object(name, generation: generation)
            if let object = answer.value, object.generation != kept?.generation { files.keep(object, name) }
            return answer
        } catch let failure as Failure where failure.category == .unavailable {
            guard let kept else { throw failure }
            tell(failure)
            return BucketAnswer(kept, time: nil)
        }
    }

    /// Kept under the name of the entry, whose own content nobody asks for.
    package func object(_ name: String, listedAs entry: BucketEntry) async throws -> BucketAnswer<BucketObject?> {
        let kept = files.object(entry.name)
        if let kept, kept.generation == entry.generation { return BucketAnswer(kept, time: nil) }
        let answer = try await object(name, generation: nil)
        // What is told from memory is not known to be what the entry stands for.
        if answer.time != nil, let object = answer.value {
            files.keep(BucketObject(bytes: object.bytes, generation: entry.generation), entry.name)
        }
        return answer
    }

    package func write(
        _ bytes: [UInt8], to name: String, ifGeneration generation: Int64
    ) async throws -> BucketAnswer<Int64> {
        try await bucket.write(bytes, to: name, ifGeneration: generation)
    }

    package func remove(_ name: String, ifGeneration generation: Int64) async throws {
        try await bucket.remove(name, ifGeneration: generation)
    }

    package func list(_ prefix: String, from first: String?, limit: Int) async throws -> BucketAnswer<[BucketEntry]> {
        guard prefix.hasPrefix("history/") || prefix.hasPrefix("deliveries/") else {
            return try await bucket.list(prefix, from: first, limit: limit)
        }
        let name = "\(prefix)list\(first.map { "-from-" + BucketNames.segment($0) } ?? "")-\(limit)"
        do {
            let answer = try await bucket.list(prefix, from: first, limit: limit)
            files.keep(answer.value, name)
            return answer
        } catch let failure as Failure where failure.category == .unavailable {
            guard let kept = files.entries(name) else { throw failure }
            tell(failure)
            return BucketAnswer(kept, time: nil)
        }
    }

    private func tell(_ failure: Failure) {
        let isFirst = hasTold.withLock { told in
            defer { told = true }
            return !told
        }
        if isFirst { remembering(failure) }
    }

    /// What is there stays true, and nothing is decided by it alone: releases, journals, what suites came to and saw, and where the
    /// state has gone.
    private static func isHistory(_ name: String) -> Bool {
        ["history/", "releases/", "runs/", "deliveries/", "verdicts/", "evidence/"].contains { name.hasPrefix($0) }
            && !name.hasSuffix("/alive.json")
            || name == BucketNames.control
    }
}
