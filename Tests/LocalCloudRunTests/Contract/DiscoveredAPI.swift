import Foundation
import JSON

/// Google's machine-readable description of an API: its methods and what they answer, from the folder in
/// `STAGECTL_DISCOVERY_DOCUMENTS`.
struct DiscoveredAPI: Sendable {
    struct Method: Sendable {
        var id: String
        var verb: String
        /// `v2/projects/{projectsId}/…`
        var path: String
        var query: [String]
        var request: String?
        var response: String
    }

    let schemas: [String: JSONValue]
    let methods: [Method]

    /// nil where the documents are not installed.
    static let run = DiscoveredAPI(named: "run.v2.json")

    private init?(named name: String) {
        guard let folder = ProcessInfo.processInfo.environment["STAGECTL_DISCOVERY_DOCUMENTS"],
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)"),
            let document = try? JSONValue(parsing: data), let schemas = document["schemas"]?.object
        else { return nil }
        self.schemas = schemas
        methods = Self.methods(of: document).sorted { $0.id < $1.id }
    }

    private static func methods(of node: JSONValue) -> [Method] {
        (node["resources"]?.object ?? [:]).values.flatMap { resource -> [Method] in
            let own = (resource["methods"]?.object ?? [:]).values.map { method in
                Method(
                    id: method["id"]?.string ?? "", verb: method["httpMethod"]?.string ?? "",
                    path: method["flatPath"]?.string ?? "",
                    query: (method["parameters"]?.object ?? [:]).filter { $0.value["location"] == "query" }.keys
                        .sorted(),
                    request: method["request"]?["$ref"]?.string, response: method["response"]?["$ref"]?.string ?? "")
            }
            return own + methods(of: resource)
        }
    }

    /// The method that this call is; a parameter in the path is one part without a verb.
    func method(_ verb: String, _ path: String) -> Method? {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return methods.first { method in
            let wanted = method.path.split(separator: "/")
            return method.verb == verb && wanted.count == parts.count
                && zip(wanted, parts).allSatisfy { pattern, part in
                    guard pattern.hasPrefix("{") else { return pattern == part }
                    let suffix = pattern[(pattern.lastIndex(of: "}") ?? pattern.startIndex)...].dropFirst()
                    return part.hasSuffix(suffix) && !part.dropLast(suffix.count).contains(":")
                }
        }
    }

    /// What is wrong with an answer: fields that the schema does not have, or values of another kind.
    func problems(in answer: JSONValue, status: Int, of method: Method) -> [String] {
        guard status < 400 else {
            let error = answer["error"]
            let isWhole =
                error?["code"]?.integer == Int64(status) && error?["message"]?.string?.isEmpty == false
                && error?["status"]?.string?.isEmpty == false
            return isWhole ? [] : ["not a google.rpc.Status: \(answer.serialized())"]
        }
        var result = check(answer, against: ["$ref": .string(method.response)], at: method.id)
        for member in ["metadata", "response"] {
            guard let value = answer[member], let type = value["@type"]?.string?.split(separator: ".").last else {
                continue
            }
            var bare = value
            bare["@type"] = nil
            result += check(bare, against: ["$ref": .string("GoogleCloudRunV2\(type)")], at: member)
        }
        return result
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
                guard let inner = schema["properties"]?[name] ?? schema["additionalProperties"] else {
                    return ["\(path).\(name): unknown"]
                }
                return check(member, against: inner, at: "\(path).\(name)")
            }
        case "array":
            guard let elements = value.array, let items = schema["items"] else { return ["\(path): not an array"] }
            return elements.flatMap { check($0, against: items, at: "\(path)[]") }
        case "string":
            if case .integer = value, schema["enum"] != nil { return [] }
            guard let text = value.string else { return ["\(path): not a string"] }
            let allowed = schema["enum"]?.array?.compactMap(\.string) ?? [text]
            return allowed.contains(text) ? [] : ["\(path): \(text)"]
        case "integer":
            if case .integer = value { return [] } else { return ["\(path): not an integer"] }
        case "boolean": return value.bool == nil ? ["\(path): not a boolean"] : []
        default: return []
        }
    }
}
