import Releases
import State
import Synchronization

/// A bucket of one process, as strict about generations as Cloud Storage.
final class MemoryBucket: StateBucket {
    enum Fault {
        /// Nothing happens, and the caller is told so.
        case refused
        /// It happens, and the caller is not told.
        case answerLost
        /// The caller is told nothing, and it happens after the next write.
        case late
    }

    private struct Contents {
        var objects: [String: BucketObject] = [:]
        var last: Int64 = 1_000_000
        var faults: [(name: String, fault: Fault)] = []
        var late: [(name: String, bytes: [UInt8], generation: Int64)] = []
        var requests: [String] = []
    }

    let place = "gs://memory"
    private let contents = Mutex(Contents())
    private let now: @Sendable () -> Double

    init(now: @escaping @Sendable () -> Double) { self.now = now }

    /// Of the next write of an object whose name holds this.
    func fail(_ name: String, _ fault: Fault) { contents.withLock { $0.faults.append((name, fault)) } }
    var names: [String] { contents.withLock { $0.objects.keys.sorted() } }
    /// `read NAME`, `write NAME`, `list PREFIX` since the last time this was asked.
    func takeRequests() -> [String] {
        contents.withLock { contents in
            defer { contents.requests = [] }
            return contents.requests
        }
    }
    func overwrite(_ name: String, _ text: String) {
        contents.withLock { contents in
            contents.last += 1
            contents.objects[name] = BucketObject(bytes: Array(text.utf8), generation: contents.last)
        }
    }

    /// As a `Date` header has it.
    private var time: Double { now().rounded(.down) }

    func object(_ name: String, generation: Int64?) async throws -> BucketAnswer<BucketObject?> {
        let object = contents.withLock { contents in
            contents.requests.append("read \(name)")
            return contents.objects[name]
        }
        return BucketAnswer(object, time: time)
    }

    func write(
        _ bytes: [UInt8], to name: String, ifGeneration generation: Int64
    ) async throws -> BucketAnswer<Int64> {
        let written = try contents.withLock { contents in
            contents.requests.append("write \(name)")
            let index = contents.faults.firstIndex { name.contains($0.name) }
            let fault = index.map { contents.faults.remove(at: $0).fault }
            switch fault {
            case .refused: throw Failure(.unavailable, "503")
            case .late:
                contents.late.append((name, bytes, generation))
                throw Failure(.unavailable, "no answer", mayHaveHappened: true)
            case .answerLost:
                _ = try Self.store(bytes, name, generation, &contents)
                throw Failure(.unavailable, "no answer", mayHaveHappened: true)
            case nil: break
            }
            let written = try Self.store(bytes, name, generation, &contents)
            for write in contents.late { _ = try? Self.store(write.bytes, write.name, write.generation, &contents) }
            contents.late = []
            return written
        }
        return BucketAnswer(written, time: time)
    }

    private static func store(
        _ bytes: [UInt8], _ name: String, _ generation: Int64, _ contents: inout Contents
    ) throws -> Int64 {
        guard contents.objects[name]?.generation ?? 0 == generation else { throw Failure(.conflict, "412") }
        // Generations are unique; nothing says that they grow.
        contents.last += contents.last.isMultiple(of: 2) ? 3 : -1
        contents.objects[name] = BucketObject(bytes: bytes, generation: contents.last)
        return contents.last
    }

    func remove(_ name: String, ifGeneration generation: Int64) async throws {
        contents.withLock { contents in
            contents.requests.append("remove \(name)")
            if contents.objects[name]?.generation == generation { contents.objects[name] = nil }
        }
    }

    func list(_ prefix: String, from first: String?, limit: Int) async throws -> BucketAnswer<[BucketEntry]> {
        let entries = contents.withLock { contents in
            contents.requests.append("list \(prefix)")
            return contents.objects.keys.filter { $0.hasPrefix(prefix) && (first.map($0.compare) ?? true) }.sorted()
                .prefix(max(0, limit)).compactMap { name in
                    contents.objects[name].map { BucketEntry(name: name, generation: $0.generation) }
                }
        }
        return BucketAnswer(entries, time: time)
    }
}

extension String {
    /// Whether it does not come before `first`.
    fileprivate func compare(_ first: String) -> Bool { self >= first }
}
