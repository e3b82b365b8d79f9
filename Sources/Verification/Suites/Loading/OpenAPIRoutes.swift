import Configuration

/// The operations of an OpenAPI 3 document, as routes to ask.
struct OpenAPIRoutes {
    struct Operation {
        var method: String
        /// With `{name}` where a parameter stands.
        var path: String
        /// Statuses that the document names, `2XX` among them; 404 is none of a route that is there.
        var statuses: StatusExpectation?
        var isWebSocket: Bool
        var node: ConfigurationNode
    }

    private static let methods = ["get", "head", "options", "put", "post", "patch", "delete"]

    let operations: [Operation]

    /// Nil where this is no OpenAPI 3 document.
    init?(_ root: ConfigurationNode) {
        guard let version = root["openapi"]?.text, version.hasPrefix("3."), let paths = root["paths"], paths.isMapping
        else { return nil }
        operations = paths.entries.flatMap { entry in
            entry.value.entries.filter { Self.methods.contains($0.key) }.map { operation in
                let codes = operation.value["responses"]?.entries.map(\.key) ?? []
                let ranges = codes.filter { $0 != "404" && $0 != "101" }
                    .compactMap { StatusExpectation(parsing: $0) }.flatMap(\.ranges)
                return Operation(
                    method: operation.key.uppercased(), path: entry.key,
                    statuses: ranges.isEmpty ? nil : StatusExpectation(ranges),
                    isWebSocket: codes.contains("101") && ranges.isEmpty, node: operation.value)
            }
        }
    }

    /// The path with its parameters filled in, or the name of one that has no value.
    static func filled(_ path: String, _ values: [String: String]) -> Result<String, MissingParameter> {
        var result = ""
        var rest = path[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            guard let value = values[name] else { return .failure(MissingParameter(name: name)) }
            result += rest[..<open] + value
            rest = rest[rest.index(after: close)...]
        }
        return .success(result + rest)
    }

    struct MissingParameter: Error {
        var name: String
    }
}
