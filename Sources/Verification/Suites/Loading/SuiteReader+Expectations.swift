import Configuration
import JSON

extension SuiteReader {
    private static let textOperators = ["equals", "contains", "excludes", "matches"]
    private static let jsonOperators =
        ComparisonOperator.allCases.map(\.rawValue) + ["equals", "count", "matches", "contains", "exists", "type"]

    mutating func responseExpectation(_ node: ConfigurationNode?, _ path: String) -> ResponseExpectation {
        var expectation = ResponseExpectation()
        guard let node else { return expectation }
        let keys = [
            "status", "header", "cookie", "json", "schema", "body", "size", "redirect", "security_headers", "tls",
            "time",
        ]
        guard mapping(node, path, keys: keys) else { return expectation }
        expectation.status = status(node["status"], join(path, "status")) ?? .success
        expectation.headers = headerExpectations(node["header"], join(path, "header"))
        expectation.json = jsonExpectations(node["json"], join(path, "json"))
        if let body = node["body"] { expectation.body = textConditions(body, join(path, "body")) }
        expectation.schema = schema(node["schema"], join(path, "schema"))
        expectation.cookies = cookies(node["cookie"], join(path, "cookie"))
        expectation.size = numberConditions(node["size"], join(path, "size")) { $0.byteSize($1, $2) }
        if let redirect = node["redirect"] { expectation.redirect = textConditions(redirect, join(path, "redirect")) }
        expectation.securityHeaders = securityHeaders(node["security_headers"], join(path, "security_headers"))
        expectation.tls = tls(node["tls"], join(path, "tls"))
        let phases = ["total", "first_byte", "name_lookup", "connect", "tls"]
        if let time = node["time"], mapping(time, join(path, "time"), keys: phases) {
            expectation.totalBelowMilliseconds = below(time["total"], join(path, "time.total"))
            expectation.firstByteBelowMilliseconds = below(time["first_byte"], join(path, "time.first_byte"))
            expectation.nameLookupBelowMilliseconds = below(time["name_lookup"], join(path, "time.name_lookup"))
            expectation.connectBelowMilliseconds = below(time["connect"], join(path, "time.connect"))
            expectation.tlsBelowMilliseconds = below(time["tls"], join(path, "time.tls"))
        }
        return expectation
    }

    /// `800ms` or `{ "<": 800ms }`.
    mutating func below(_ node: ConfigurationNode?, _ path: String) -> Int? {
        guard let node else { return nil }
        guard node.isMapping else { return duration(node, path) }
        guard mapping(node, path, keys: ["<"], required: ["<"]) else { return nil }
        return duration(node["<"], join(path, "<"))
    }

    mutating func headerExpectations(_ node: ConfigurationNode?, _ path: String) -> [HeaderExpectation] {
        guard let node else { return [] }
        guard node.isMapping else {
            report(node, path, "`header` is \(node.kindName), expected a mapping of header names")
            return []
        }
        var expectations: [HeaderExpectation] = []
        for entry in node.entries {
            let path = join(path, entry.key)
            if !Self.isHeaderName(entry.key) {
                report(key: entry, path, "\(entry.key.quotedForMessage) is not a header name")
            }
            if let present = entry.value["present"], entry.value.entries.count == 1 {
                if let flag = boolean(present, join(path, "present")) {
                    expectations.append(HeaderExpectation(entry.key, .present(flag)))
                }
                continue
            }
            for condition in textConditions(entry.value, path, extra: ["present"]) {
                expectations.append(HeaderExpectation(entry.key, .text(condition)))
            }
        }
        return expectations
    }

    /// A scalar for equality, or a mapping of conditions.
    mutating func textConditions(
        _ node: ConfigurationNode, _ path: String, extra: [String] = []
    ) -> [TextCondition] {
        if node.scalar != nil { return template(node, path).map { [.equals($0)] } ?? [] }
        guard mapping(node, path, keys: Self.textOperators + extra) else { return [] }
        if node.entries.isEmpty { report(node, path, "\(Self.name(path)) says nothing") }
        var conditions: [TextCondition] = []
        for entry in node.entries {
            let elements = list(entry.value)
            if Self.textOperators.contains(entry.key), elements.isEmpty {
                report(entry.value, join(path, entry.key), "an empty `\(entry.key)` says nothing")
            }
            for element in elements {
                let path = join(path, entry.key)
                // Also what an environment's value made empty.
                if entry.key == "contains", element.text == "" {
                    report(element, path, "an empty `contains` says nothing: every text contains it")
                }
                switch entry.key {
                case "equals": if let text = template(element, path) { conditions.append(.equals(text)) }
                case "contains": if let text = template(element, path) { conditions.append(.contains(text)) }
                case "excludes": if let text = template(element, path) { conditions.append(.excludes(text)) }
                case "matches": if let pattern = pattern(element, path) { conditions.append(.matches(pattern)) }
                default: continue
                }
            }
        }
        return conditions
    }

    mutating func jsonPath(_ source: String, _ path: String, report: (inout Self, String) -> Void) -> JSONPath? {
        if let known = knownPaths[source] { return known }
        do throws(JSONPathError) {
            let parsed = try JSONPath(parsing: source)
            knownPaths[source] = parsed
            return parsed
        } catch {
            report(&self, "\(source.quotedForMessage) is not a JSON path: \(error.reason)")
            return nil
        }
    }

    mutating func jsonPath(_ node: ConfigurationNode?, _ path: String) -> JSONPath? {
        guard let node, let source = text(node, path) else { return nil }
        return jsonPath(source, path) { reader, message in reader.report(node, path, message) }
    }

    mutating func jsonExpectations(_ node: ConfigurationNode?, _ path: String) -> [JSONExpectation] {
        guard let node else { return [] }
        guard node.isMapping else {
            report(node, path, "`json` is \(node.kindName), expected a mapping of JSON paths")
            return []
        }
        if node.entries.isEmpty { report(node, path, "`json` says nothing") }
        var expectations: [JSONExpectation] = []
        for entry in node.entries {
            let place = join(path, entry.key)
            let parsed = jsonPath(entry.key, place) { $0.report(key: entry, place, $1) }
            let conditions = jsonConditions(entry.value, place)
            if let parsed { expectations.append(JSONExpectation(parsed, conditions)) }
        }
        return expectations
    }

    private mutating func jsonConditions(_ node: ConfigurationNode, _ path: String) -> [JSONExpectation.Condition] {
        let operators = node.entries.filter { Self.jsonOperators.contains($0.key) }
        guard !operators.isEmpty else { return jsonTemplate(node, path).map { [.compare(.equal, $0)] } ?? [] }
        guard mapping(node, path, keys: Self.jsonOperators) else { return [] }
        return operators.flatMap { jsonConditions($0, join(path, $0.key)) }
    }

    private mutating func jsonConditions(_ entry: ConfigurationEntry, _ path: String) -> [JSONExpectation.Condition] {
        let node = entry.value
        switch entry.key {
        case "count":
            guard node.isMapping else {
                return integer(node, path, in: 0...1_000_000).map { [.count(.equal, $0)] } ?? []
            }
            guard mapping(node, path, keys: ComparisonOperator.allCases.map(\.rawValue)) else { return [] }
            if node.entries.isEmpty { report(node, path, "`count` says nothing") }
            return node.entries.compactMap { inner in
                guard let comparison = ComparisonOperator(rawValue: inner.key) else { return nil }
                return integer(inner.value, join(path, inner.key), in: 0...1_000_000).map { .count(comparison, $0) }
            }
        case "matches": return pattern(node, path).map { [.matches($0)] } ?? []
        case "exists": return boolean(node, path).map { [.exists($0)] } ?? []
        case "contains": return jsonTemplate(node, path).map { [.contains($0)] } ?? []
        case "type":
            let name = choice(node, path, of: JSONType.allCases.map(\.rawValue))
            return name.flatMap(JSONType.init(rawValue:)).map { [.type($0)] } ?? []
        default:
            let comparison = ComparisonOperator(rawValue: entry.key) ?? .equal
            return jsonTemplate(node, path).map { [.compare(comparison, $0)] } ?? []
        }
    }
}
