package import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Google's machine-readable description of an API, from the folder in `STAGECTL_DISCOVERY_DOCUMENTS` or from an
/// installed `google-api-python-client`, which ships them all.
package struct DiscoveryDocument: Sendable {
    /// The whole document; its methods are below `resources`.
    package let document: JSONValue
    package let schemas: [String: JSONValue]

    /// Cloud Run's; nil where no such document is installed.
    package static let run = DiscoveryDocument(named: "run.v2.json")

    /// Any API's, for example `iam.v1.json`; nil where no such document is installed.
    package static func named(_ name: String) -> DiscoveryDocument? { DiscoveryDocument(named: name) }

    private init?(named name: String) {
        guard let path = Self.folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.fileExists),
            let data = FileManager.default.contents(atPath: path),
            let document = try? JSONValue(parsing: data), let schemas = document["schemas"]?.object
        else { return nil }
        self.document = document
        self.schemas = schemas
    }

    private static var folders: [String] {
        let variables = ProcessInfo.processInfo.environment
        if let folder = variables["STAGECTL_DISCOVERY_DOCUMENTS"] { return [folder] }
        var libraries = ["/usr/lib/python3/dist-packages"]
        for root in [
            "/usr/local/lib", "\(variables["HOME"] ?? "")/.local/lib", "\(variables["VIRTUAL_ENV"] ?? "")/lib",
        ] {
            for version in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            where version.hasPrefix("python3") {
                libraries += ["\(root)/\(version)/site-packages", "\(root)/\(version)/dist-packages"]
            }
        }
        return libraries.map { "\($0)/googleapiclient/discovery_cache/documents" }
    }

    /// Fields that the schema does not have, or whose value is of another kind, each with its path below `place`.
    package func problems(in value: JSONValue, schema: String, at place: String = "") -> [String] {
        check(value, against: ["$ref": .string(schema)], at: place)
    }

    private func check(_ value: JSONValue, against schema: JSONValue, at path: String) -> [String] {
        if let name = schema["$ref"]?.string {
            guard let referred = schemas[name] else { return ["\(path): no schema \(name)"] }
            return check(value, against: referred, at: path)
        }
        switch schema["type"]?.string {
        case "object":
            guard let members = value.object else { return ["\(path): not an object"] }
            return members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
                if let property = schema["properties"]?[name] ?? schema["additionalProperties"] {
                    return check(member, against: property, at: "\(path).\(name)")
                }
                return ["\(path).\(name): unknown"]
            }
        case "array":
            guard let elements = value.array, let items = schema["items"] else { return ["\(path): not an array"] }
            return elements.flatMap { check($0, against: items, at: "\(path)[]") }
        case "string":
            // Enums may come as numbers (`$alt=json;enum-encoding=int`).
            if case .integer = value, schema["enum"] != nil { return [] }
            guard let text = value.string else { return ["\(path): not a string"] }
            let allowed = schema["enum"]?.array?.compactMap(\.string) ?? [text]
            return allowed.contains(text) ? [] : ["\(path): \(text)"]
        case "integer":
            if case .integer = value { return [] } else { return ["\(path): not an integer"] }
        case "boolean":
            return value.bool == nil ? ["\(path): not a boolean"] : []
        default:
            return []
        }
    }
}
