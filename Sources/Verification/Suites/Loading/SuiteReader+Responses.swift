import Configuration
import JSON

/// What is expected of an answer besides status, headers, JSON paths and text.
extension SuiteReader {
    /// A number by itself, or conditions on it; `value` reads one limit.
    mutating func numberConditions(
        _ node: ConfigurationNode?, _ path: String,
        _ value: (inout SuiteReader, ConfigurationNode, String) -> Double?
    ) -> [NumberCondition] {
        guard let node else { return [] }
        guard node.isMapping else { return value(&self, node, path).map { [NumberCondition(.equal, $0)] } ?? [] }
        guard mapping(node, path, keys: ComparisonOperator.allCases.map(\.rawValue)) else { return [] }
        if node.entries.isEmpty { report(node, path, "\(Self.name(path)) says nothing") }
        return node.entries.compactMap { entry in
            guard let comparison = ComparisonOperator(rawValue: entry.key) else { return nil }
            return value(&self, entry.value, join(path, entry.key)).map { NumberCondition(comparison, $0) }
        }
    }

    mutating func wholeNumber(_ node: ConfigurationNode, _ path: String) -> Double? {
        integer(node, path, in: -1_000_000_000...1_000_000_000).map(Double.init)
    }

    /// `512`, `100KiB`, `1MB`.
    mutating func byteSize(_ node: ConfigurationNode, _ path: String) -> Double? {
        if let bytes = node.integer, bytes >= 0 { return Double(bytes) }
        let bytes = node.text.flatMap { text in
            MemoryText.bytes(text.hasSuffix("B") ? String(text.dropLast()) : text)
        }
        if bytes == nil {
            report(node, path, "\(Self.name(path)) is \(shown(node)), expected a size", hint: "for example `100KiB`")
        }
        return bytes.map(Double.init)
    }

    mutating func cookies(_ node: ConfigurationNode?, _ path: String) -> [CookieExpectation] {
        guard let node else { return [] }
        guard node.isMapping else {
            report(node, path, "`cookie` is \(node.kindName), expected a mapping of cookie names")
            return []
        }
        return node.entries.compactMap { entry in
            let place = join(path, entry.key)
            if !Self.isHeaderName(entry.key) {
                report(key: entry, place, "\(entry.key.quotedForMessage) is not a cookie name")
            }
            return cookieConditions(entry.value, place).map { CookieExpectation(entry.key, $0) }
        }
    }

    private mutating func cookieConditions(
        _ node: ConfigurationNode, _ path: String
    ) -> [CookieExpectation.Condition]? {
        let keys = ["present", "value", "secure", "http_only", "same_site", "path", "domain", "max_age"]
        guard mapping(node, path, keys: keys) else { return nil }
        if node.entries.isEmpty { report(node, path, "\(Self.name(path)) says nothing") }
        var conditions: [CookieExpectation.Condition] = []
        for entry in node.entries {
            let place = join(path, entry.key)
            switch entry.key {
            case "present": if let flag = boolean(entry.value, place) { conditions.append(.present(flag)) }
            case "secure": if let flag = boolean(entry.value, place) { conditions.append(.secure(flag)) }
            case "http_only": if let flag = boolean(entry.value, place) { conditions.append(.httpOnly(flag)) }
            case "same_site":
                if let name = choice(entry.value, place, of: ["Strict", "Lax", "None"]) {
                    conditions.append(.sameSite(name))
                }
            case "value": conditions += textConditions(entry.value, place).map { .value($0) }
            case "path": conditions += textConditions(entry.value, place).map { .path($0) }
            case "domain": conditions += textConditions(entry.value, place).map { .domain($0) }
            case "max_age":
                conditions += numberConditions(entry.value, place) { $0.wholeNumber($1, $2) }.map { .maximumAge($0) }
            default: continue
            }
        }
        if node["present"]?.boolean == false, node.entries.count > 1 {
            report(node, path, "a cookie that is not set has nothing else to say")
        }
        return conditions
    }

    /// `true` for all of them, or a list of their names.
    mutating func securityHeaders(_ node: ConfigurationNode?, _ path: String) -> [SecurityHeader] {
        guard let node else { return [] }
        if node.boolean == true { return SecurityHeader.allCases }
        let names = SecurityHeader.allCases.map(\.rawValue)
        return list(node).enumerated().compactMap { index, element in
            choice(element, join(path, "\(index)"), of: names).flatMap(SecurityHeader.init(rawValue:))
        }
    }

    mutating func tls(_ node: ConfigurationNode?, _ path: String, besides others: [String] = []) -> TLSExpectation? {
        let keys = ["min_version", "days_left", "fingerprint"]
        guard let node, mapping(node, path, keys: keys + others) else { return nil }
        var expectation = TLSExpectation()
        expectation.minimumVersion =
            choice(node["min_version"], join(path, "min_version"), of: [TLSVersion.v1_2, .v1_3].map(\.rawValue))
            .flatMap(TLSVersion.init(rawValue:)) ?? .v1_2
        expectation.daysLeft = numberConditions(node["days_left"], join(path, "days_left")) { $0.wholeNumber($1, $2) }
        for (index, element) in list(node["fingerprint"]).enumerated() {
            let place = join(path, "fingerprint.\(index)")
            guard let text = text(element, place) else { continue }
            // As OpenSSL prints it, too.
            let digits = text.replacing(":", with: "").lowercased()
            if digits.utf8.count == 64, digits.allSatisfy(\.isHexDigit) {
                expectation.fingerprints.append(digits)
            } else {
                report(
                    element, place, "\(text.quotedForMessage) is not a SHA-256 of a certificate",
                    hint: "`openssl x509 -noout -fingerprint -sha256` prints it")
            }
        }
        return expectation
    }

    /// A file below the suites' folder, or the schema itself.
    mutating func schema(_ node: ConfigurationNode?, _ path: String) -> JSONSchema? {
        guard let node else { return nil }
        guard node.scalar != nil, node.boolean == nil else {
            return schema(plain(node), place: node) { $0.isEmpty ? path : path + "." + $0.joined(separator: ".") }
        }
        guard let file = text(node, path) else { return nil }
        do throws(SuiteFiles.Unreadable) {
            let bytes = try files.bytes(of: file)
            do throws(JSONValue.ParseError) {
                return schema(try JSONValue(parsing: bytes), of: file, node, path)
            } catch {
                report(node, path, "\(file.quotedForMessage) is not JSON: \(error.reason)")
            }
        } catch {
            report(node, path, error.reason)
        }
        return nil
    }

    private mutating func schema(
        _ document: JSONValue, of file: String, _ node: ConfigurationNode, _ path: String
    ) -> JSONSchema? {
        do throws(JSONSchemaProblems) {
            return try JSONSchema(document)
        } catch {
            for problem in error.problems {
                let place = problem.path.isEmpty ? "" : " at `/\(problem.path.joined(separator: "/"))`"
                report(node, path, "\(file.quotedForMessage)\(place): \(problem.reason)", hint: problem.hint)
            }
            return nil
        }
    }

    private mutating func schema(
        _ document: JSONValue, place node: ConfigurationNode, name: ([String]) -> String
    ) -> JSONSchema? {
        do throws(JSONSchemaProblems) {
            return try JSONSchema(document)
        } catch {
            for problem in error.problems {
                report(Self.node(at: problem.path, in: node), name(problem.path), problem.reason, hint: problem.hint)
            }
            return nil
        }
    }

    /// The deepest node on the way that there is.
    private static func node(at path: [String], in root: ConfigurationNode) -> ConfigurationNode {
        var node = root
        for step in path {
            let elements = node.elements
            let next = node[step] ?? Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            guard let next else { break }
            node = next
        }
        return node
    }

    /// A YAML value as JSON, without references in its texts.
    private func plain(_ node: ConfigurationNode) -> JSONValue {
        switch node.content {
        case .sequence(let elements): return .array(elements.map(plain))
        case .mapping(let entries):
            return .object(Dictionary(entries.map { ($0.key, plain($0.value)) }, uniquingKeysWith: { $1 }))
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: return .null
            case .boolean(let value): return .bool(value)
            case .integer(let value): return .integer(Int64(value))
            case .number(let value): return .number(value)
            case .text: return .string(scalar.text)
            }
        }
    }
}
