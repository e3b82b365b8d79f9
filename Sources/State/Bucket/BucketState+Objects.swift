import Releases
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An object as it was read.
struct Found<Content: Codable & Sendable>: Sendable {
    var content: Content
    var mark: String
    var generation: Int64
}

/// What became of a conditional write.
enum WriteOutcome<Content: Codable & Sendable>: Sendable {
    case written(Int64)
    /// Another content is there; nil when there is none (any more).
    case lost(Found<Content>?)
}

/// Reading and writing of single objects, until it is known what became of it.
extension BucketState {
    /// Attempts of one write, and of a read whose bucket does not answer.
    private static let attempts = 6

    /// Seconds since 1970 by the server's clock. Throws `unavailable` when no answer has said what time it is.
    func now() throws -> Double {
        let moment = clock.now()
        guard let time = known.withLock({ $0.time?.now(at: moment) }) else {
            throw Failure(
                .unavailable, "`\(place)` does not say what time it is",
                details: [.init("why", "whether a lease has run out is decided by the bucket's own clock")],
                hint: "a proxy between here and Cloud Storage must leave the header `Date` in its answers")
        }
        return time
    }

    /// Milliseconds since 1970 by the server's clock; later than every one that this process was given before.
    func nextMoment() throws -> Int64 {
        let moment = Int64(try now() * 1000)
        return known.withLock { known in
            known.lastMoment = max(moment, known.lastMoment + 1)
            return known.lastMoment
        }
    }

    func hear(_ time: Double?) {
        guard let time else { return }
        let moment = clock.now()
        known.withLock { known in
            if known.time == nil { known.time = ServerTime(time, at: moment) }
            known.time?.hear(time, at: moment)
        }
    }

    /// - Parameter generation: the newest one, where a listing has just said so.
    func look<Content: Codable & Sendable>(
        _ name: String, _ type: Content.Type, version: Int = 1, generation: Int64? = nil
    ) async throws -> Found<Content>? {
        let answer = try await bucket.object(name, generation: generation)
        hear(answer.time)
        return try answer.value.map { try decode($0, type, name: name, version: version) }
    }

    /// What the object says that is listed elsewhere as `entry`; what was kept when that was the same will do.
    func look<Content: Codable & Sendable>(
        _ name: String, _ type: Content.Type, listedAs entry: BucketEntry
    ) async throws -> Content? {
        let answer = try await bucket.object(name, listedAs: entry)
        hear(answer.time)
        return try answer.value.map { try decode($0, type, name: name, version: 1).content }
    }

    func list(_ prefix: String, from first: String? = nil, limit: Int) async throws -> [BucketEntry] {
        let answer = try await bucket.list(prefix, from: first, limit: limit)
        hear(answer.time)
        return answer.value
    }

    /// Writes until it is known what became of it: a write that names a generation may be repeated, and what an earlier
    /// attempt did carries its mark.
    ///
    /// Throws `unavailable` when the bucket does not answer; it may have happened then.
    func put<Content: Codable & Sendable>(
        _ content: Content, to name: String, ifGeneration generation: Int64, version: Int = 1
    ) async throws -> WriteOutcome<Content> {
        let mark = chance.mark()
        let bytes = try Self.encode(Marked(version: version, mark: mark, content: content))
        var isInDoubt = false
        var attempt = 1
        while true {
            do {
                let answer = try await bucket.write(bytes, to: name, ifGeneration: generation)
                hear(answer.time)
                return .written(answer.value)
            } catch let failure as Failure {
                if failure.category == .conflict {
                    let found = try await look(name, Content.self, version: version)
                    return if let found, found.mark == mark { .written(found.generation) } else { .lost(found) }
                }
                isInDoubt = isInDoubt || failure.mayHaveHappened
                guard failure.category == .unavailable, attempt < Self.attempts else {
                    var failure = failure
                    failure.mayHaveHappened = isInDoubt
                    throw failure
                }
                try await clock.sleep(for: pause(before: attempt))
                attempt += 1
            }
        }
    }

    /// Replaces whatever is there.
    func replace<Content: Codable & Sendable>(_ content: Content, at name: String) async throws {
        var generation: Int64 = 0
        while true {
            switch try await put(content, to: name, ifGeneration: generation) {
            case .written: return
            case .lost(let found): generation = found?.generation ?? 0
            }
        }
    }

    /// Full jitter: Cloud Storage takes about one write a second to one name (cloud.google.com/storage/quotas), and many
    /// that were refused together should not come back together.
    private func pause(before attempt: Int) -> Duration {
        .milliseconds(Int((0.5 + chance.draw() / 2) * 250 * Double(1 << min(attempt - 1, 4))))
    }

    private func decode<Content: Codable & Sendable>(
        _ object: BucketObject, _ type: Content.Type, name: String, version: Int
    ) throws -> Found<Content> {
        do {
            let decoder = JSONDecoder()
            if let key = ReadableVersion.key { decoder.userInfo[key] = version }
            let document = try decoder.decode(ReadDocument<Content>.self, from: Data(object.bytes))
            return Found(content: document.content, mark: document.mark, generation: object.generation)
        } catch let newer as NewerDocument {
            throw Failure(
                .unavailable, "`\(place)/\(name)` was written by a newer stagectl",
                details: [.init("version", "\(newer.version)")], hint: "install the newest stagectl")
        } catch {
            throw Failure(
                .unavailable, "`\(place)/\(name)` is damaged", details: [.init("reason", "\(error)")],
                hint: "restore an earlier version of the object, where the bucket keeps them: "
                    + "gcloud storage ls -a '\(place)/\(name)'")
        }
    }

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// Looks at many; what is gone meanwhile is left out.
    func lookAll<Content: Codable & Sendable>(
        _ entries: [(name: String, generation: Int64?)], _ type: Content.Type, version: Int = 1
    ) async throws -> [Found<Content>] {
        try await Self.concurrently(entries) {
            try await self.look($0.name, type, version: version, generation: $0.generation)
        }.compactMap(\.self)
    }

    /// Some at a time; the results are in the order of the items.
    static func concurrently<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Value
    ) async throws -> [Value] {
        var results: [Int: Value] = [:]
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var next = 0
            // Enough to hide the way there and back, and few enough for one machine's connections.
            while next < min(16, items.count) {
                let (index, item) = (next, items[next])
                group.addTask { (index, try await work(item)) }
                next += 1
            }
            while let (index, value) = try await group.next() {
                results[index] = value
                guard next < items.count else { continue }
                let (index, item) = (next, items[next])
                group.addTask { (index, try await work(item)) }
                next += 1
            }
        }
        return items.indices.compactMap { results[$0] }
    }
}
