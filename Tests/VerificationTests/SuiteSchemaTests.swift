import Configuration
import Foundation
import JSON
import Testing
import Verification

/// The published schema of suites against the loader, the files of this repository, and the manual.
struct SuiteSchemaTests {
    static let recording = ProcessInfo.processInfo.environment["STAGECTL_RECORD"]

    @Test(arguments: SuiteSchema.File.allCases)
    func `editors find the current schema`(_ file: SuiteSchema.File) throws {
        let place = RepositorySuites.root.appending(path: "environments/schema/\(file.rawValue).json")
        let current = SuiteSchema.document(for: file)
        guard let bytes = try? Data(contentsOf: place), Self.recording == nil else {
            try Data((current.serialized(pretty: true) + "\n").utf8).write(to: place)
            Issue.record("\(place.lastPathComponent) was written: look at it, then run the test again")
            return
        }
        #expect(try JSONValue(parsing: bytes) == current, "STAGECTL_RECORD=1 writes it again")
    }

    @Test func `every suite and every fragment names the schema that is there`() throws {
        let suites = RepositorySuites.names.map { ("\($0).yaml", "suite.json") }
        let fragments = RepositorySuites.fragments.map { ("fragments/\($0).yaml", "fragment.json") }
        #expect(suites.count >= 4 && fragments.count >= 2)
        for (name, schema) in suites + fragments {
            let file = RepositorySuites.folder.appending(path: name)
            let first = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").first ?? ""
            let mark = "# yaml-language-server: $schema="
            #expect(first.hasPrefix(mark), "\(name)")
            let place = URL(filePath: String(first.dropFirst(mark.count)), relativeTo: file).standardizedFileURL
            #expect(place.path.hasSuffix("/environments/schema/\(schema)"), "\(name): \(place.path)")
            #expect(FileManager.default.fileExists(atPath: place.path), "\(name)")
        }
    }

    @Test func `every kind of check has a schema and an example`() throws {
        let root = try RepositorySuites.document("reference.yaml").root
        let examples = Set(root["checks"]?.elements.flatMap { $0.entries.map(\.key) } ?? [])
        #expect(Set(SuiteSchema.kinds.map(\.name)) == Set(CheckKind.names))
        for kind in CheckKind.names { #expect(examples.contains(kind), "reference.yaml shows no `\(kind)`") }
    }

    @Test func `every key of the schemas occurs in the manual`() throws {
        for (file, names) in [
            (SuiteSchema.File.suite, ["reference.yaml"]),
            (.fragment, ["fragments/reference.yaml", "reference.yaml"]),
        ] {
            var use = SchemaUse(SuiteSchema.document(for: file))
            // A fragment's checks are written as a suite's, which shows them all.
            for name in names { use.visit(try RepositorySuites.document(name).root) }
            // What both have in common is shown by the suite.
            let unused = use.unused.filter { file == .suite || !$0.hasPrefix("#/$defs/") }
            #expect(unused == [], "\(file.rawValue): add an example to the manual")
        }
    }

    @Test func `the schemas accept what is here`() throws {
        guard SchemaValidation.python != nil else { return print("skipped: no Python with jsonschema") }
        for (file, names) in [
            (SuiteSchema.File.suite, RepositorySuites.names.map { "\($0).yaml" }),
            (.fragment, RepositorySuites.fragments.map { "fragments/\($0).yaml" }),
        ] {
            let documents = try names.map { try RepositorySuites.document($0).root.json.serialized() }
            let refusals = try SchemaValidation.refusals(SuiteSchema.document(for: file).serialized(), documents)
            for (name, refusal) in zip(names, refusals) { #expect(refusal == nil, "\(name): \(refusal ?? "")") }
        }
    }
}

/// Which keys of a schema some document has.
struct SchemaUse {
    private let schema: JSONValue
    private var all: Set<String> = []
    private var seen: Set<String> = []

    init(_ schema: JSONValue) {
        self.schema = schema
    }

    /// Keys that no document had. What all kinds of checks share needs one example in any of them.
    var unused: [String] {
        let shared = Set(seen.compactMap(Self.shared))
        // Comparisons are the same everywhere.
        let isComparison = { (name: String) in
            name.split(separator: "/").last.flatMap { ComparisonOperator(rawValue: String($0)) } != nil
        }
        return all.subtracting(seen).filter { !isComparison($0) }.filter {
            Self.shared($0).map { !shared.contains($0) } ?? true
        }.sorted()
    }

    /// What one example is enough for, wherever it is: keys of a check whatever its kind, comparisons, messages.
    private static func shared(_ name: String) -> String? {
        let parts = name.split(separator: "/").map(String.init)
        let last = parts[parts.count - 1]
        if let place = parts.firstIndex(where: { ["send", "receive"].contains($0) }), place < parts.count - 1 {
            return parts[place...].joined(separator: "/")
        }
        return parts.count == 4 && parts[2].hasPrefix("check.") ? last : nil
    }

    /// A suite shows a fragment's keys too, as far as it has them.
    mutating func visit(_ node: ConfigurationNode) {
        let entries = node.entries.filter { schema["properties"]?[$0.key] != nil }
        visit(schema, ConfigurationNode(.mapping(entries), at: node.position), "#")
    }

    private mutating func visit(_ schema: JSONValue, _ node: ConfigurationNode, _ place: String) {
        if let name = schema["$ref"]?.string {
            visit(self.schema["$defs"]?[String(name.dropFirst(8))] ?? [:], node, name)
            return
        }
        for branch in schema["anyOf"]?.array ?? [] { visit(branch, node, place) }
        for branch in schema["allOf"]?.array ?? [] {
            guard let key = branch["if"]?["required"]?[0]?.string, branch["if"]?["properties"] == nil,
                node[key] != nil, let then = branch["then"]
            else { continue }
            visit(then, node, place)
        }
        if let element = schema["items"] {
            for child in node.elements { visit(element, child, place) }
        }
        guard node.isMapping else { return }
        let properties = schema["properties"]?.object ?? [:]
        // The alternatives of a mapping are told apart by their keys.
        guard schema["additionalProperties"] != false || node.entries.allSatisfy({ properties[$0.key] != nil }) else {
            return
        }
        for (key, property) in properties where property.object?.isEmpty == false {
            all.insert("\(place)/\(key)")
            guard let child = node[key] else { continue }
            seen.insert("\(place)/\(key)")
            visit(property, child, "\(place)/\(key)")
        }
        if let value = schema["additionalProperties"], value.object != nil {
            for entry in node.entries { visit(value, entry.value, place) }
        }
    }
}

extension ConfigurationNode {
    /// As an editor sees it.
    var json: JSONValue {
        switch content {
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key, $0.value.json) }, uniquingKeysWith: { $1 }))
        case .sequence(let elements): .array(elements.map(\.json))
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: .null
            case .boolean(let value): .bool(value)
            case .integer(let value): .integer(Int64(value))
            case .number(let value): .number(value)
            case .text: .string(scalar.text)
            }
        }
    }
}
