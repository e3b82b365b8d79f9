import JSON
import Releases
package import Verification

/// The runs that are kept, in one object: who wants to know what earlier runs came to makes one request.
struct VerdictList: Codable, Sendable, Hashable {
    struct Entry: Codable, Sendable, Hashable {
        var name: String
        /// The run, without what single checks came to.
        var run: JSONText
        /// Of the object that says what single checks came to, which nothing changes: what is kept of it will do.
        var generation: Int64
    }

    /// By name, the oldest first.
    var entries: [Entry] = []
}

/// A document inside of another one, as its text.
struct JSONText: Codable, Sendable, Hashable {
    var text: String

    init(_ value: JSONValue) { text = value.serialized() }
    init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// What single checks of a run came to.
private struct VerdictOutcomes: Codable, Sendable, Hashable {
    var outcomes: String
}

/// What earlier runs of a team's suites came to.
///
/// What single checks came to lies in an object of its own, created before the list names it; the list is replaced only in
/// the generation that was read, so that of runs that end together none is lost. An object that no list names any more is
/// removed by the next run that ends.
package struct BucketVerdicts: VerdictRecords {
    let state: BucketState
    let environment: String
    private let evenIfMoved: Bool

    /// - Parameter evenIfMoved: whoever carries the state elsewhere reads it here although nobody else does any more.
    package init(_ state: BucketState, environment: String, evenIfMoved: Bool = false) {
        self.state = state
        self.environment = environment
        self.evenIfMoved = evenIfMoved
    }

    private var listName: String { BucketNames.verdicts(environment) + "list.json" }
    private func name(_ run: String) -> String { BucketNames.outcomes(environment, run) }

    package func runs() async throws -> [KeptVerdict] {
        try await list().entries.compactMap(Self.verdict)
    }

    package func whole() async throws -> [(verdict: KeptVerdict, outcomes: [UInt8])] {
        let entries = try await list().entries
        let outcomes = try await outcomes(of: entries)
        return entries.compactMap(Self.verdict).map { ($0, outcomes[$0.name] ?? []) }
    }

    private static func verdict(_ entry: VerdictList.Entry) -> KeptVerdict? {
        (try? JSONValue(parsing: entry.run.text)).flatMap { RecordedRun($0) }.map {
            KeptVerdict(name: entry.name, run: $0)
        }
    }

    private func list() async throws -> VerdictList {
        try await state.uncancelled {
            try await state.prepare(evenIfMoved ? nil : environment)
            return try await state.look(listName, VerdictList.self)?.content ?? VerdictList()
        }
    }

    package func outcomes(of names: [String]) async throws -> [String: [UInt8]] {
        guard !names.isEmpty else { return [:] }
        let wanted = Set(names)
        return try await outcomes(of: try await list().entries.filter { wanted.contains($0.name) })
    }

    private func outcomes(of entries: [VerdictList.Entry]) async throws -> [String: [UInt8]] {
        let found = try await BucketState.concurrently(entries) { entry in
            let outcomes = try await state.look(
                name(entry.name), VerdictOutcomes.self, generation: entry.generation)?.content.outcomes
            return (entry.name, outcomes.map { Array($0.utf8) })
        }
        return Dictionary(found.compactMap { name, bytes in bytes.map { (name, $0) } }) { $1 }
    }

    /// The list is written one time for all of them.
    package func add(_ verdicts: [(verdict: KeptVerdict, outcomes: [UInt8])]) async throws {
        guard !verdicts.isEmpty else { return }
        try await state.withState(of: environment) {
            try await state.found(environment)
            let entries = try await BucketState.concurrently(Array(verdicts.suffix(KeptVerdict.most))) {
                try await store($0.verdict, $0.outcomes)
            }
            try await state.change(listName, from: VerdictList()) { list in
                let known = Set(list.entries.map(\.name))
                let all = (list.entries + entries.filter { !known.contains($0.name) }).sorted { $0.name < $1.name }
                list.entries = all.suffix(KeptVerdict.most)
            }
            await removeWhatNobodyNames()
        }
    }

    private func store(_ verdict: KeptVerdict, _ outcomes: [UInt8]) async throws -> VerdictList.Entry {
        let content = VerdictOutcomes(outcomes: String(decoding: outcomes, as: UTF8.self))
        let generation: Int64
        switch try await state.put(content, to: name(verdict.name), ifGeneration: 0) {
        case .written(let written): generation = written
        // It was brought before.
        case .lost(let found): generation = found?.generation ?? 0
        }
        return VerdictList.Entry(name: verdict.name, run: JSONText(verdict.run.document), generation: generation)
    }

    /// What left the list, and what a process left behind that was cut before it wrote the list: everything that is older
    /// than the oldest run that is named.
    private func removeWhatNobodyNames() async {
        guard let list = try? await list(), list.entries.count == KeptVerdict.most, let oldest = list.entries.first,
            let objects = try? await state.list(BucketNames.outcomes(environment), limit: KeptVerdict.most + 32)
        else { return }
        for object in objects where object.name < name(oldest.name) {
            try? await state.bucket.remove(object.name, ifGeneration: object.generation)
        }
    }
}
