import Configuration
import JSON

/// Reads typed values from a suite's nodes and collects everything that is wrong on the way.
struct SuiteReader {
    /// A capture that some text uses; whether it is there is known when all checks were read.
    struct CaptureUse {
        var name: String
        var check: String?
        var node: ConfigurationNode
        var path: String
    }

    let files: SuiteFiles
    private(set) var findings: [Finding] = []
    private(set) var captureUses: [CaptureUse] = []
    /// What was read before, by its text: thousands of checks share the paths and statuses that they all name.
    var knownPaths: [String: JSONPath] = [:]
    private var knownStatuses: [String: StatusExpectation] = [:]
    /// References that mean something at this place, besides captures.
    var knownReferences: Set<String> = []
    /// The check that is being read, for uses of captures.
    var currentCheck: String?
    /// The folder of the suite's file, with a slash at the end.
    let folder: String
    var expansion = SuiteExpansion()
    /// Parts of conversations that have a name.
    var scripts: [ConfigurationEntry] = []
    var usedScripts: Set<String> = []
    /// What is read belongs to no check yet, so that no row and no user is known.
    var isUnplaced = false

    init(files: SuiteFiles = SuiteFiles(), file: String = "") {
        self.files = files
        folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    }

    mutating func add(_ found: [Finding]) {
        findings += found
    }

    mutating func report(_ node: ConfigurationNode, _ path: String, _ message: String, hint: String? = nil) {
        guard !expansion.unfilled.contains(node.position) else { return }
        findings.append(Finding(about: node, path: path, message: message, hint: hint))
    }

    mutating func report(key entry: ConfigurationEntry, _ path: String, _ message: String, hint: String? = nil) {
        findings.append(Finding(aboutKey: entry, path: path, message: message, hint: hint))
    }

    /// Whether the node is a mapping; unknown and missing keys are reported.
    mutating func mapping(
        _ node: ConfigurationNode, _ path: String, keys: [String], required: [String] = []
    ) -> Bool {
        guard node.isMapping else {
            report(node, path, "\(Self.name(path)) is \(node.kindName), expected a mapping")
            return false
        }
        for entry in node.entries where !keys.contains(entry.key) {
            report(
                key: entry, join(path, entry.key), "unknown key \(entry.key.quotedForMessage)",
                hint: NearestName.hint(for: entry.key, in: keys))
        }
        for key in required where node[key] == nil {
            report(node, path, "missing `\(key)` in \(Self.name(path))")
        }
        return true
    }

    /// The elements of a list; a single value counts as a list of one.
    mutating func list(_ node: ConfigurationNode?) -> [ConfigurationNode] {
        guard let node else { return [] }
        return node.isSequence ? node.elements : [node]
    }

    mutating func text(_ node: ConfigurationNode?, _ path: String) -> String? {
        guard let node else { return nil }
        if let text = node.text, !text.isEmpty { return text }
        let seen = node.text == nil ? node.kindName : "empty"
        report(node, path, "\(Self.name(path)) is \(seen), expected text")
        return nil
    }

    mutating func texts(_ node: ConfigurationNode?, _ path: String) -> [String] {
        list(node).enumerated().compactMap { text($1, join(path, "\($0)")) }
    }

    mutating func integer(_ node: ConfigurationNode?, _ path: String, in range: ClosedRange<Int>) -> Int? {
        guard let node else { return nil }
        if let value = node.integer, range.contains(value) { return value }
        report(
            node, path,
            "\(Self.name(path)) is \(shown(node)), expected a whole number from \(range.lowerBound) to \(range.upperBound)"
        )
        return nil
    }

    mutating func number(_ node: ConfigurationNode?, _ path: String, in range: ClosedRange<Double>) -> Double? {
        guard let node else { return nil }
        let value: Double? =
            switch node.scalar?.kind {
            case .integer(let value)?: Double(value)
            case .number(let value)?: value
            default: nil
            }
        if let value, range.contains(value) { return value }
        report(
            node, path,
            "\(Self.name(path)) is \(shown(node)), expected a number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    mutating func boolean(_ node: ConfigurationNode?, _ path: String) -> Bool? {
        guard let node else { return nil }
        if let value = node.boolean { return value }
        report(node, path, "\(Self.name(path)) is \(shown(node)), expected `true` or `false`")
        return nil
    }

    /// Milliseconds of `300ms`, `5s`, `2m`.
    mutating func duration(_ node: ConfigurationNode?, _ path: String, atMost limit: Int = 3_600_000) -> Int? {
        guard let node else { return nil }
        if let value = node.milliseconds, (1...limit).contains(value) { return value }
        report(
            node, path,
            "\(Self.name(path)) is \(shown(node)), expected a duration up to \(DurationText.spelled(milliseconds: limit))",
            hint: node.integer.map { "a duration needs a unit: `\($0)s` or `\($0)ms`" } ?? "for example `5s` or `300ms`"
        )
        return nil
    }

    mutating func choice(_ node: ConfigurationNode?, _ path: String, of names: [String]) -> String? {
        guard let node else { return nil }
        if let text = node.text, names.contains(text) { return text }
        report(
            node, path,
            "\(Self.name(path)) is \(shown(node)), expected \(names.map { "`\($0)`" }.joined(separator: " or "))",
            hint: node.text.flatMap { NearestName.of($0, in: names) }.map { "did you mean `\($0)`?" })
        return nil
    }

    mutating func pattern(_ node: ConfigurationNode?, _ path: String) -> Pattern? {
        guard let node, let source = text(node, path) else { return nil }
        if let pattern = try? Pattern(source) { return pattern }
        report(node, path, "\(source.quotedForMessage) is not a regular expression")
        return nil
    }

    mutating func status(_ node: ConfigurationNode?, _ path: String) -> StatusExpectation? {
        guard let node else { return nil }
        if let text = node.text, let known = knownStatuses[text] { return known }
        var ranges: [ClosedRange<Int>] = []
        for element in list(node) {
            if let text = element.text, let status = StatusExpectation(parsing: text) {
                ranges += status.ranges
            } else {
                report(
                    element, path, "\(shown(element)) is not a status",
                    hint: "write `200`, `2xx`, `200-204` or a list of these")
            }
        }
        let status = ranges.isEmpty ? nil : StatusExpectation(ranges)
        if let text = node.text { knownStatuses[text] = status }
        return status
    }

    func shown(_ node: ConfigurationNode) -> String {
        node.text?.quotedForMessage ?? node.kindName
    }

    func join(_ path: String, _ key: String) -> String {
        SchemaValidator.join(path, key)
    }

    static func name(_ path: String) -> String {
        path.isEmpty ? "the document" : "`\(path.split(separator: ".").last.map(String.init) ?? path)`"
    }
}

/// Texts with references.
extension SuiteReader {
    mutating func template(_ node: ConfigurationNode?, _ path: String) -> Template? {
        guard let node else { return nil }
        guard let text = node.text else {
            report(node, path, "\(Self.name(path)) is \(node.kindName), expected text")
            return nil
        }
        return template(text, about: node, path)
    }

    mutating func template(_ text: String, about node: ConfigurationNode, _ path: String) -> Template? {
        do throws(Template.Malformed) {
            let template = try Template(parsing: text)
            for name in template.references { check(name, node, path) }
            return template
        } catch {
            report(
                node, path, "\(error.text.quotedForMessage) is not a reference",
                hint: "write `${vars.NAME}`, or `$${` for the characters themselves")
            return nil
        }
    }

    private mutating func check(_ name: String, _ node: ConfigurationNode, _ path: String) {
        if isUnplaced, ["each.", "user.", "ws."].contains(where: name.hasPrefix) { return }
        if name.hasPrefix("captures.") {
            captureUses.append(
                CaptureUse(name: String(name.dropFirst(9)), check: currentCheck, node: node, path: path))
        } else if !knownReferences.contains(name) {
            report(
                node, path, "unknown reference \("${\(name)}".quotedForMessage)",
                hint: NearestName.of(name, in: expansion.values.keys.sorted()).map { "did you mean `\($0)`?" }
                    ?? NearestName.hint(for: name, in: knownReferences.sorted()))
        }
    }

    mutating func headers(_ node: ConfigurationNode?, _ path: String) -> [HeaderTemplate] {
        guard let node else { return [] }
        guard node.isMapping else {
            report(node, path, "\(Self.name(path)) is \(node.kindName), expected a mapping")
            return []
        }
        var headers: [HeaderTemplate] = []
        for entry in node.entries {
            let path = join(path, entry.key)
            if !Self.isHeaderName(entry.key) {
                report(key: entry, path, "\(entry.key.quotedForMessage) is not a header name")
            }
            if let value = template(entry.value, path) { headers.append(HeaderTemplate(entry.key, value)) }
        }
        return headers
    }

    /// `token` of RFC 9110 section 5.6.2.
    static func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    mutating func jsonTemplate(_ node: ConfigurationNode, _ path: String) -> JSONTemplate? {
        let before = findings.count
        let value = json(node, path)
        guard findings.count == before else { return nil }
        return try? JSONTemplate(value)
    }

    /// A YAML value as the JSON value that it looks like.
    mutating func json(_ node: ConfigurationNode, _ path: String) -> JSONValue {
        switch node.content {
        case .sequence(let elements):
            return .array(elements.enumerated().map { json($1, join(path, "\($0)")) })
        case .mapping(let entries):
            var members: [String: JSONValue] = [:]
            for entry in entries { members[entry.key] = json(entry.value, join(path, entry.key)) }
            return .object(members)
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: return .null
            case .boolean(let value): return .bool(value)
            case .integer(let value): return .integer(Int64(value))
            case .number(let value): return .number(value)
            case .text:
                _ = template(scalar.text, about: node, path)
                return .string(scalar.text)
            }
        }
    }
}
