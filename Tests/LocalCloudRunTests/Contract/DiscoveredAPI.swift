import Discovery
import JSON

/// The methods of Cloud Run's API and what they answer, from Google's machine-readable description.
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

    let methods: [Method]
    private let description: DiscoveryDocument

    var schemas: [String: JSONValue] { description.schemas }

    /// nil where the documents are not installed.
    static let run = DiscoveryDocument.run.map(Self.init)

    private init(_ description: DiscoveryDocument) {
        self.description = description
        methods = Self.methods(of: description.document).sorted { $0.id < $1.id }
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
    func method(_ verb: String, _ path: String) -> Method? { Self.method(verb, path, in: methods) }

    static func method(_ verb: String, _ path: String, in methods: [Method]) -> Method? {
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
        var result = description.problems(in: answer, schema: method.response, at: method.id)
        for member in ["metadata", "response"] {
            guard let value = answer[member], let type = value["@type"]?.string?.split(separator: ".").last else {
                continue
            }
            var bare = value
            bare["@type"] = nil
            result += description.problems(in: bare, schema: "GoogleCloudRunV2\(type)", at: member)
        }
        return result
    }
}
