import Foundation
import Releases
import State

/// A bucket of Cloud Storage: every write names a generation, a list shows what was written before, and what time it is
/// it says in whole seconds. What lands in it is looked at the moment it lands.
///
/// Unchecked for the scheduler's reason: one thread.
final class SimulatedBucket: KeptState, @unchecked Sendable {
    private var objects: [String: BucketObject] = [:]
    private var lastGeneration: Int64 = 0
    private var writes = 0
    private let fullAt: [Range<Int>]
    private let defects: Set<Defect>
    var isCalm = false
    var refused: Set<String> = []

    // What the objects say.
    private(set) var order: [String] = []
    private(set) var ledger: [String: ReleaseDocument] = [:]
    private var journals: [String: StoredJournal] = [:]
    private var fences: [String: [LockRecord]] = [:]
    private var locks: [String: LockDocument] = [:]
    private var open: [String: String] = [:]

    init(faults: [Fault], defects: Set<Defect>) {
        self.defects = defects
        fullAt = faults.compactMap { fault in
            // Each entry is a write here too, and each is repeated some times.
            if case .diskFull(let write, let writes) = fault { write..<write + 4 * writes } else { nil }
        }
    }

    // MARK: - Requests

    func object(_ name: String) -> BucketObject? { objects[name] }

    func list(_ prefix: String, from first: String?, limit: Int) -> [BucketEntry] {
        objects.keys.filter { $0.hasPrefix(prefix) && $0 >= first ?? "" }.sorted().prefix(limit).compactMap { name in
            objects[name].map { BucketEntry(name: name, generation: $0.generation) }
        }
    }

    /// Whether the bucket is out of order for the next write.
    func isOutOfOrder() -> Bool {
        writes += 1
        return !isCalm && fullAt.contains { $0.contains(writes) }
    }

    func write(
        _ bytes: [UInt8], to name: String, ifGeneration generation: Int64, by process: SimulatedProcess
    ) throws -> Int64 {
        guard objects[name]?.generation ?? 0 == generation || defects.contains(.anyGeneration) else {
            throw Failure(.conflict, "the precondition does not hold")
        }
        // Unique, and that is all that Cloud Storage promises.
        lastGeneration += lastGeneration.isMultiple(of: 2) ? 7 : -3
        let written = BucketObject(bytes: bytes, generation: 1_000_000 + lastGeneration)
        if defects.contains(.noFence), isFence(bytes, name) { return written.generation }
        objects[name] = written
        landed(bytes, as: name, by: process)
        return written.generation
    }

    func remove(_ name: String, ifGeneration generation: Int64) {
        guard objects[name]?.generation == generation else { return }
        objects[name] = nil
        open[name] = nil
    }

    // MARK: - What lands

    private func landed(_ bytes: [UInt8], as name: String, by process: SimulatedProcess) {
        let parts = name.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("runs", 3):
            guard let run = decode(BucketRun.self, bytes) else { return }
            journals[parts[1]] = StoredJournal(
                run: parts[1], environment: run.environment, plan: run.plan, entries: [])
        case ("runs", 4):
            for record in decode(JournalChunk.self, bytes)?.records ?? [] { add(record, to: parts[1], by: process) }
        case ("open", _):
            guard let run = decode(String.self, bytes) else { return }
            open[name] = run
            // One that is cut before this was never begun.
            if !order.contains(run) { order.append(run) }
        case ("releases", _):
            if let release = decode(ReleaseDocument.self, bytes) { ledger[release.run] = release }
        case ("locks", _):
            guard let document = decode(LockDocument.self, bytes) else { return }
            judge(document, after: locks[name], by: process)
            locks[name] = document
        default: break
        }
    }

    private func add(_ record: JournalChunk.Record, to run: String, by process: SimulatedProcess) {
        switch record {
        case .entry(let entry, _):
            journals[run]?.entries.append(entry)
            process.world.journaled(entry, of: run)
        case .fence(let lock): fences[run, default: []].append(lock)
        case .claim: break
        }
    }

    /// Rule 3, at the moment at which a lock changes hands.
    private func judge(_ document: LockDocument, after former: LockDocument?, by process: SimulatedProcess) {
        let world = process.world
        let before = former?.record.currentHolder(at: world.clock.seconds)
        let service = document.record.service.description
        if let holder = document.record.holder {
            world.invariants.gaveLock(of: service, to: holder.run, before: before, in: world)
        } else if process.run != Self.hand {
            world.invariants.releasedLock(of: service, by: process.run, before: before, after: nil, in: world)
        }
    }

    private func isFence(_ bytes: [UInt8], _ name: String) -> Bool {
        guard name.contains("/journal/") else { return false }
        return decode(JournalChunk.self, bytes)?.records.contains { if case .fence = $0 { true } else { false } }
            == true
    }

    private func decode<Content: Codable & Sendable>(_ type: Content.Type, _ bytes: [UInt8]) -> Content? {
        try? JSONDecoder().decode(Marked<Content>.self, from: Data(bytes)).content
    }

    // MARK: - What is kept

    func read(_ run: String) -> StoredJournal? { journals[run] }
    func readToResume(_ run: String) -> StoredJournal? { journals[run] }
    func crash(of run: String) {}

    func unfinished() -> [String] {
        let marked = Set(open.values)
        return order.filter { marked.contains($0) && !hasEnded($0) }
    }

    private func hasEnded(_ run: String) -> Bool {
        let outcome = Progress(replaying: journals[run]?.entries.suffix(1) ?? []).ended
        return outcome != nil && outcome != .needsAttention
    }

    /// A lock is its new holder's once the former one has been told.
    func lock(of service: ServiceKey) -> LockRecord {
        let none = LockRecord(service: service, environment: SimulatedWorld.environment)
        guard let document = locks[BucketNames.lock(service, SimulatedWorld.environment)] else { return none }
        for case .fence(let run, let lock) in document.pending where !hasEnded(run) {
            let isTold = fences[run]?.contains {
                $0.service == lock.service && $0.fencingToken >= lock.fencingToken
            }
            if isTold != true { return none }
        }
        return document.record
    }

    static let hand = "hand"

    func breakLock(of service: ServiceKey, in world: SimulatedWorld) {
        let process = SimulatedProcess(world, run: Self.hand)
        world.scheduler.start {
            _ = try? await ProcessTeamState(process: process).breakLock(
                ForcedRelease(
                    service: service, environment: SimulatedWorld.environment, who: "somebody", reason: "", time: ""))
        }
    }
}
