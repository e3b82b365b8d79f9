package import GoogleCloud
import Releases
package import State

/// The part of a Cloud Storage bucket below a prefix.
package struct CloudStorageBucket: StateBucket {
    private let storage: @Sendable () async -> StorageClient
    private let bucket: String
    /// Empty, or with a slash at its end.
    private let prefix: String

    /// - Parameter storage: asked when it is needed: where it is, credentials know that are looked for only then.
    package init(_ storage: @escaping @Sendable () async -> StorageClient, bucket: String, prefix: String = "") {
        self.storage = storage
        self.bucket = bucket
        self.prefix = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
    }

    package var place: String { "gs://\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix.dropLast())") }

    package func object(_ name: String, generation: Int64?) async throws -> BucketAnswer<BucketObject?> {
        let answer = try await storage().current(prefix + name, in: bucket)
        guard let content = answer.value else { return BucketAnswer(nil, time: answer.time) }
        guard let generation = content.generation else {
            throw Failure(
                .unavailable, "reading `\(place)/\(name)` failed: the answer names no generation",
                hint: "a proxy between here and Cloud Storage must leave the header `X-Goog-Generation` in its answers")
        }
        return BucketAnswer(BucketObject(bytes: content.bytes, generation: generation), time: answer.time)
    }

    package func write(
        _ bytes: [UInt8], to name: String, ifGeneration generation: Int64
    ) async throws -> BucketAnswer<Int64> {
        let answer = try await storage().store(
            bytes, as: prefix + name, in: bucket, contentType: "application/json", ifGeneration: generation)
        return BucketAnswer(answer.value.generation, time: answer.time)
    }

    package func remove(_ name: String, ifGeneration generation: Int64) async throws {
        do {
            try await storage().delete(prefix + name, in: bucket, ifGeneration: generation)
        } catch let failure as Failure where failure.category == .conflict {
            // Another content is there by now, and stays.
        }
    }

    package func list(_ prefix: String, from first: String?, limit: Int) async throws -> BucketAnswer<[BucketEntry]> {
        let answer = try await storage().list(
            in: bucket, prefix: self.prefix + prefix, from: first.map { self.prefix + $0 }, limit: limit)
        return BucketAnswer(
            answer.value.map {
                BucketEntry(name: String($0.name.dropFirst(self.prefix.count)), generation: $0.generation)
            }, time: answer.time)
    }
}
