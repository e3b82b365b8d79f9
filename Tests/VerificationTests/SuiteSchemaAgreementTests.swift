import Configuration
import Foundation
import JSON
import Testing
import Verification

/// Thousands of changed documents, each shown to the loader and to PyPI's `jsonschema` with the published schema.
struct SuiteSchemaAgreementTests {
    /// One change of one place.
    enum Change: String, CaseIterable {
        case unknownKey, missingKey, mapping, list, nothing, text, number, negative, boolean, empty
    }

    struct Mutant {
        var place: String
        var change: Change
        var root: ConfigurationNode
    }

    /// What the loader knows of and a schema cannot: names that must be there, other languages inside of texts, numbers
    /// that belong together. A part of the finding's words.
    static let beyondSchemas = [
        "unknown reference", "is not a reference", "captured by", "which is no check here", "needs itself",
        "exclude each other", "fits no check", "covers ", "unknown secret", "unknown target", "no fragment is called",
        "needs a value for", "has no parameter", "no script is called", "two checks", "two scripts", "two variables",
        "different lengths", "is not a regular expression", "is not a JSON path", "is not a day", "used nowhere",
        "cannot be read", "is missing", "is not JSON", "is not an OpenAPI", "says nothing", "a bound needs",
        "may all pass",
        "isolation takes", "is a part of", "the script has no step", "goes with", "needs `paths` or `openapi`",
        "has nothing else to say", "is not in the document", "leaves no route", "needs a value", "is an empty list",
        "names no program", "no engine gives", "is not a SHA-256", "expected a duration up to", "is called",
        "tells no health", "is set by gRPC", "has nothing to add", "an anonymous client", "cannot capture",
        "has no `script`", "which has no place inside a text", "expected `true` or `false`", "has more values than",
        "`receive_ordered`", "`send` needs", "needs `cold` or `warm`", "a control has no", "missing `checks`", "rows",
        "is about `round_trips`", "`for` must be longer", "leaves no connection", "write `after: server`",
        "has no `connections`", "has no `reconnect`", "has no `slo`", "every one must come", "is not a name here",
        "nothing of the time is left",
        "is not the name of a variable", "exactly one of `expect", "in an argument can be read",
        "is not a keyword", "is documented as",
    ]

    static func mutants(of root: ConfigurationNode) -> [Mutant] {
        var mutants: [Mutant] = []
        visit(root, []) { path, node in
            func add(_ change: Change, _ place: [String], _ changed: (ConfigurationNode) -> ConfigurationNode?) {
                mutants.append(
                    Mutant(place: place.joined(separator: "."), change: change, root: root.changed(place[...], changed))
                )
            }
            func scalar(_ text: String, isPlain: Bool = true) -> ConfigurationNode {
                ConfigurationNode(.scalar(ConfigurationScalar(text, isPlain: isPlain)), at: node.position)
            }
            let one = ConfigurationEntry(key: "zzzzzzzzzz", keyPosition: node.position, value: scalar("1"))
            let mapping = ConfigurationNode(.mapping([one]), at: node.position)
            if node.isMapping {
                add(.unknownKey, path) { ConfigurationNode(.mapping($0.entries + [one]), at: $0.position) }
                for entry in node.entries { add(.missingKey, path + [entry.key]) { _ in nil } }
                add(.empty, path) { ConfigurationNode(.mapping([]), at: $0.position) }
            } else {
                add(.mapping, path) { _ in mapping }
            }
            if node.isSequence { add(.empty, path) { ConfigurationNode(.sequence([]), at: $0.position) } }
            if !node.isSequence { add(.list, path) { _ in ConfigurationNode(.sequence([mapping]), at: node.position) } }
            add(.nothing, path) { _ in scalar("") }
            add(.text, path) { _ in scalar("zz zz", isPlain: false) }
            add(.number, path) { _ in scalar("1.5") }
            add(.negative, path) { _ in scalar("-7") }
            add(.boolean, path) { _ in scalar("true") }
        }
        return mutants
    }

    private static func visit(
        _ node: ConfigurationNode, _ path: [String], _ body: ([String], ConfigurationNode) -> Void
    ) {
        if !path.isEmpty { body(path, node) }
        for entry in node.entries { visit(entry.value, path + [entry.key], body) }
        for (index, element) in node.elements.enumerated() { visit(element, path + ["\(index)"], body) }
    }

    /// Each check of the manual in a suite of its own, and the manual without its checks.
    static func suites() throws -> [ConfigurationNode] {
        var text = try String(contentsOf: RepositorySuites.folder.appending(path: "reference.yaml"), encoding: .utf8)
        let values = try RepositorySuites.document("reference.yaml").root["values"]
        for entry in values?.entries ?? [] {
            let fallback = entry.value["default"]?.text ?? ""
            text = text.replacing("\"${values.\(entry.key)}\"", with: fallback)
        }
        let root = try ConfigurationReader.read(Array(text.utf8), file: "environments/suites/reference.yaml").get().root
        let checks = root["checks"]?.elements ?? []
        let frame = root.without([
            "checks", "values", "policies", "fragments", "cleanup", "controls", "expect_inventory",
        ])
        let alone = checks.map { check -> ConfigurationNode in
            let own = check.without(["needs"])
            return frame.with("checks", ConfigurationNode(.sequence([own]), at: check.position))
        }
        let first = root.with("checks", ConfigurationNode(.sequence(Array(checks.prefix(1))), at: root.position))
        return [first.without(["policies", "cleanup", "values"])] + alone
    }

    static func findings(of root: ConfigurationNode) -> [Finding] {
        let document = ConfigurationDocument(file: "environments/suites/reference.yaml", root: root, lines: [])
        guard case .failure(let found) = SuiteLoader.load(document, files: RepositorySuites.files) else { return [] }
        return found.findings
    }

    @Test func `the schema and the loader refuse the same`() throws {
        guard SchemaValidation.python != nil else { return print("skipped: no Python with jsonschema") }
        // Checks that use captures of others cannot be loaded alone.
        let suites = try Self.suites().filter { Self.findings(of: $0).isEmpty }
        #expect(suites.count > 30)
        var frameSeen = false
        let mutants = suites.flatMap { suite in
            // What stands around the checks is changed once.
            defer { frameSeen = true }
            return Self.mutants(of: suite).filter { !frameSeen || $0.place.hasPrefix("checks.") }
        }
        #expect(mutants.count > 5000, "\(mutants.count)")
        let refusals = try SchemaValidation.refusals(
            SuiteSchema.document(for: .suite).serialized(), mutants.map { $0.root.json.serialized() })
        #expect(refusals.count == mutants.count)
        var problems: [String] = []
        for (mutant, refusal) in zip(mutants, refusals) {
            let found = Self.findings(of: mutant.root)
            let id = mutant.root["checks"]?.elements.first?["id"]?.text ?? ""
            let name = "\(id) \(mutant.place) \(mutant.change.rawValue)"
            if let refusal, found.isEmpty {
                problems.append("\(name): the schema alone refuses: \(refusal)")
            } else if refusal == nil, !mutant.place.hasPrefix("fragments."),
                let plain = found.first(where: { finding in
                    !Self.beyondSchemas.contains { finding.message.contains($0) }
                })
            {
                problems.append("\(name): the loader alone refuses: \(plain.message)")
            }
        }
        #expect(
            problems.isEmpty, "\(problems.count) of \(mutants.count):\n\(problems.prefix(40).joined(separator: "\n"))")
    }

    /// An unknown key is answered with the keys there are: the loader's own list, which the schema must have as well.
    @Test func `at every place the schema has the loader's keys`() throws {
        guard SchemaValidation.python != nil else { return print("skipped: no Python with jsonschema") }
        var places: [(place: String, key: String, document: String)] = []
        for suite in try Self.suites().filter({ Self.findings(of: $0).isEmpty }) {
            for mutant in Self.mutants(of: suite) where mutant.change == .unknownKey {
                guard
                    let hint = Self.findings(of: mutant.root).first(where: {
                        $0.message.contains("unknown key `zzzzzzzzzz`")
                    })?.hint, hint.hasPrefix("known: ")
                else { continue }
                let names = hint.dropFirst(7).split(separator: ", ").map { $0.trimmingCharacters(in: ["`"]) }
                #expect(!names.contains("…"), "\(mutant.place): more keys than a hint lists")
                // With a key of the loader instead, the schema never speaks of a key that it does not know.
                places += names.map { name in
                    (mutant.place, name, mutant.root.renamed("zzzzzzzzzz", to: name).json.serialized())
                }
            }
        }
        #expect(places.count > 300)
        let refusals = try SchemaValidation.refusals(
            SuiteSchema.document(for: .suite).serialized(), places.map(\.document))
        for (place, refusal) in zip(places, refusals) {
            #expect(
                refusal?.contains("'\(place.key)' was unexpected") != true,
                "\(place.place).\(place.key): \(refusal ?? "")")
        }
    }
}

extension ConfigurationNode {
    fileprivate func without(_ keys: [String]) -> ConfigurationNode {
        ConfigurationNode(.mapping(entries.filter { !keys.contains($0.key) }), at: position)
    }

    fileprivate func with(_ key: String, _ value: ConfigurationNode) -> ConfigurationNode {
        let entry = ConfigurationEntry(key: key, keyPosition: value.position, value: value)
        return ConfigurationNode(.mapping(entries.filter { $0.key != key } + [entry]), at: position)
    }

    /// The document with the value at a path replaced; nil takes it out.
    fileprivate func changed(
        _ path: ArraySlice<String>, _ change: (ConfigurationNode) -> ConfigurationNode?
    ) -> ConfigurationNode {
        guard let step = path.first else { return change(self) ?? self }
        let rest = path.dropFirst()
        var node = self
        switch content {
        case .mapping(let entries):
            node.content = .mapping(
                entries.compactMap { entry in
                    guard entry.key == step else { return entry }
                    var entry = entry
                    if rest.isEmpty {
                        guard let value = change(entry.value) else { return nil }
                        entry.value = value
                    } else {
                        entry.value = entry.value.changed(rest, change)
                    }
                    return entry
                })
        case .sequence(let elements):
            node.content = .sequence(
                elements.enumerated().map { "\($0)" == step ? $1.changed(rest, change) : $1 })
        case .scalar: break
        }
        return node
    }

    fileprivate func renamed(_ key: String, to name: String) -> ConfigurationNode {
        var node = self
        switch content {
        case .mapping(let entries):
            node.content = .mapping(
                entries.map { entry in
                    var entry = entry
                    if entry.key == key { entry.key = name }
                    entry.value = entry.value.renamed(key, to: name)
                    return entry
                })
        case .sequence(let elements): node.content = .sequence(elements.map { $0.renamed(key, to: name) })
        case .scalar: break
        }
        return node
    }
}
