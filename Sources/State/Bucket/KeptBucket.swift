package import Releases
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A bucket whose history is also kept in a folder: what a listing says is unchanged is not fetched again, and while the
/// bucket cannot be reached, what was seen before can still be read. Whoever comes back online fetches what is new.
///
/// Locks and what is open are never told from memory.
package final class KeptBucket: StateBucket {
    private let bucket: any StateBucket
    private let folder: String
    /// Told once, when something is answered from memory, with why.
    private let remembering: @Sendable (Failure) -> Void
    private let hasTold = Mutex(false)

    package init(
        _ bucket: any StateBucket, folder: String, remembering: @escaping @Sendable (Failure) -> Void
    ) {
        self.bucket = bucket
        self.folder = folder
        self.remembering = remembering
    }

    package var place: String { bucket.place }

    package func object(_ name: String, generation: Int64?) async throws -> BucketAnswer<BucketObject?> {
        guard Self.isHistory(name) else { return try await bucket.object(name, generation: generation) }
        let kept = read(KeptObject.self, name)
        if let kept, let generation, kept.generation == generation {
            return BucketAnswer(BucketObject(bytes: Array(kept.text.utf8), generation: generation), time: nil)
        }
        do {
            let answer = try await bucket.object(name, generation: generation)
            if let object = answer.value, object.generation != kept?.generation {
                write(
                    KeptObject(generation: object.generation, text: String(decoding: object.bytes, as: UTF8.self)), name
                )
            }
            return answer
        } catch let failure as Failure where failure.category == .unavailable {
            guard let kept else { throw failure }
            tell(failure)
            return BucketAnswer(
                BucketObject(bytes: Array(kept.text.utf8), generation: kept.generation), time: nil)
        }
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
            write(answer.value, name)
            return answer
        } catch let failure as Failure where failure.category == .unavailable {
            guard let kept = read([BucketEntry].self, name) else { throw failure }
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

    /// What is there stays true, and nothing is decided by it alone: releases, journals, what suites came to, and where the
    /// state has gone.
    private static func isHistory(_ name: String) -> Bool {
        ["history/", "releases/", "runs/", "deliveries/", "verdicts/"].contains { name.hasPrefix($0) }
            && !name.hasSuffix("/alive.json")
            || name == BucketNames.control
    }

    // MARK: - The folder

    private struct KeptObject: Codable {
        var generation: Int64
        var text: String
    }

    /// What cannot be read is not kept.
    private func read<Value: Decodable>(_ type: Value.Type, _ name: String) -> Value? {
        guard let data = FileManager.default.contents(atPath: path(name)) else { return nil }
        return try? JSONDecoder().decode(type, from: data)
    }

    /// Nothing depends on it: a full disk is no reason not to show what was fetched.
    private func write(_ value: some Encodable, _ name: String) {
        let path = path(name)
        guard let data = try? JSONEncoder().encode(value), let slash = path.lastIndex(of: "/") else { return }
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try? FileManager.default.createDirectory(
            atPath: String(path[..<slash]), withIntermediateDirectories: true, attributes: attributes)
        try? data.write(to: URL(filePath: path), options: .atomic)
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }
}
