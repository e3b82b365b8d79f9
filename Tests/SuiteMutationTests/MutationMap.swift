import Configuration
import Foundation
import Testing

/// Which mutations each check of a suite must notice: `environments/suites/mutations/SUITE.yaml`.
struct MutationMap {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "environments")

    /// By id, or by the id before `each`.
    private let mutations: [String: [String]]

    init(suite: String) throws {
        let file = "suites/mutations/\(suite).yaml"
        let bytes = try Data(contentsOf: Self.root.appending(path: file))
        let document = try ConfigurationReader.read(bytes, file: "environments/" + file).get()
        mutations = Dictionary(document.root.entries.map { ($0.key, $0.value.texts ?? []) }) { first, _ in first }
    }

    var ids: Set<String> { Set(mutations.keys) }
    var names: Set<String> { Set(mutations.values.flatMap(\.self)) }

    /// A row has those of its own and those of all rows.
    func mutations(of id: String, before baseID: String) -> [String] {
        (mutations[id] ?? []) + (id == baseID ? [] : mutations[baseID] ?? [])
    }
}
