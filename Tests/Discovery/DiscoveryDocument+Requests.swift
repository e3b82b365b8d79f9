package import JSON

extension DiscoveryDocument {
    /// What is wrong with a request: no such method, a query parameter that it does not have, a body that its schema
    /// does not allow. `target` is path and query.
    package func problems(method: String, target: String, body: JSONValue?) -> [String] {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let path = parts.first.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 } ?? ""
        let matching = methods(of: document).filter { description in
            description["httpMethod"]?.string == method
                && Self.matches(path, description["flatPath"]?.string ?? description["path"]?.string ?? "")
        }
        guard let description = matching.first else { return ["\(method) \(path): no such method"] }
        let parameters = Set((description["parameters"]?.object ?? [:]).keys)
        var problems = (parts.count > 1 ? parts[1] : "").split(separator: "&").compactMap { pair -> String? in
            let name = String(pair.prefix { $0 != "=" })
            return parameters.contains(name) ? nil : "\(path): no parameter \(name)"
        }
        if let schema = description["request"]?["$ref"]?.string {
            problems += body.map { self.problems(in: $0, schema: schema, at: path) } ?? []
        } else if body != nil {
            problems.append("\(path): takes no body")
        }
        return problems
    }

    private func methods(of resource: JSONValue) -> [JSONValue] {
        let own = (resource["methods"]?.object ?? [:]).values
        let below = (resource["resources"]?.object ?? [:]).values.flatMap { methods(of: $0) }
        return own + below
    }

    /// `v1/projects/{projectsId}:verb` against a path, part by part.
    private static func matches(_ path: String, _ pattern: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let wanted = pattern.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == wanted.count else { return false }
        return zip(parts, wanted).allSatisfy { part, wanted in
            guard wanted.hasPrefix("{"), let end = wanted.firstIndex(of: "}") else { return part == wanted }
            let verb = wanted[wanted.index(after: end)...]
            return verb.isEmpty ? !part.contains(":") && !part.isEmpty : part.hasSuffix(verb) && part.count > verb.count
        }
    }
}
