import JSON

/// Reads a schema; what cannot be used is collected, with its place.
struct JSONSchemaParser {
    private static let maximumDepth = 64
    private static let draft = "https://json-schema.org/draft/2020-12/schema"
    /// Said for people, or where other schemas are kept.
    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "deprecated",
        "readOnly", "writeOnly",
    ]
    private static let keywords: Set<String> = [
        "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "prefixItems", "items", "contains",
        "minContains", "maxContains", "minProperties", "maxProperties", "required", "dependentRequired", "properties",
        "patternProperties", "additionalProperties", "propertyNames", "dependentSchemas", "allOf", "anyOf", "oneOf",
        "not", "if", "then", "else", "$ref",
    ]

    private let document: JSONValue
    private(set) var problems: [JSONSchema.Problem] = []
    private var openReferences: [(pointer: String, path: [String])] = []

    init(_ document: JSONValue) {
        self.document = document
    }

    mutating func parse() -> (root: JSONSchema.Node, referenced: [String: JSONSchema.Node]) {
        let root = node(document, [])
        var referenced: [String: JSONSchema.Node] = [:]
        while let (pointer, path) = openReferences.popLast() {
            guard referenced[pointer] == nil else { continue }
            guard let steps = Self.steps(of: pointer), let target = Self.value(at: steps, in: document) else {
                report(path, "`\(pointer)` is not in this schema", hint: "write `#/$defs/NAME`")
                continue
            }
            referenced[pointer] = node(target, steps)
        }
        return (root, referenced)
    }

    private mutating func report(_ path: [String], _ reason: String, hint: String? = nil) {
        let problem = JSONSchema.Problem(path: path, reason: reason, hint: hint)
        // What a reference leads to is read at its own place too.
        if !problems.contains(problem) { problems.append(problem) }
    }

    private mutating func node(_ value: JSONValue, _ path: [String]) -> JSONSchema.Node {
        if case .bool(let flag) = value { return .always(flag) }
        guard let members = value.object else {
            report(path, "a schema is an object, `true` or `false`")
            return .always(false)
        }
        guard path.count <= Self.maximumDepth else {
            report(path, "the schema is nested too deeply")
            return .always(false)
        }
        for name in members.keys.sorted() where !Self.annotations.contains(name) && !Self.keywords.contains(name) {
            report(
                path + [name], "`\(name)` is not a keyword that is checked",
                hint: name == "format" ? "say what the text looks like with `pattern`" : nil)
        }
        if let draft = members["$schema"], draft.string.map({ $0 == Self.draft || $0 == Self.draft + "#" }) != true {
            report(path + ["$schema"], "only draft 2020-12 is known", hint: "write `\(Self.draft)`")
        }
        for (name, schema) in (members["$defs"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            _ = node(schema, path + ["$defs", name])
        }
        return .all(
            scalars(members, path) + elements(members, path) + objects(members, path) + combinations(members, path))
    }

    private mutating func scalars(_ members: [String: JSONValue], _ path: [String]) -> [JSONSchema.Keyword] {
        var keywords: [JSONSchema.Keyword] = []
        if let type = members["type"] {
            let names = type.array ?? [type]
            let types = names.compactMap { $0.string.flatMap(JSONType.init(rawValue:)) }
            if types.count != names.count || types.isEmpty { report(path + ["type"], "`type` names no type of JSON") }
            keywords.append(.types(types))
        }
        if let values = members["enum"] {
            if values.array?.isEmpty ?? true { report(path + ["enum"], "`enum` is a list of at least one value") }
            keywords.append(.oneOfValues(values.array ?? []))
        }
        if let value = members["const"] { keywords.append(.oneOfValues([value])) }
        let bounds: [(String, ComparisonOperator)] = [
            ("minimum", .greaterOrEqual), ("maximum", .lessOrEqual), ("exclusiveMinimum", .greater),
            ("exclusiveMaximum", .less),
        ]
        for (name, comparison) in bounds {
            guard let bound = members[name] else { continue }
            if bound.double == nil { report(path + [name], "`\(name)` is a number") }
            keywords.append(.bound(comparison, bound))
        }
        if let divisor = members["multipleOf"] {
            if !(divisor.double ?? 0 > 0) { report(path + ["multipleOf"], "`multipleOf` is a number above 0") }
            keywords.append(.multipleOf(divisor))
        }
        if let range = range(members, "minLength", "maxLength", path) { keywords.append(.length(range)) }
        if let pattern = members["pattern"] {
            if let pattern = self.pattern(pattern.string, path + ["pattern"]) { keywords.append(.pattern(pattern)) }
        }
        return keywords
    }

    private mutating func elements(_ members: [String: JSONValue], _ path: [String]) -> [JSONSchema.Keyword] {
        var keywords: [JSONSchema.Keyword] = []
        if let range = range(members, "minItems", "maxItems", path) { keywords.append(.elementCount(range)) }
        if let unique = members["uniqueItems"] {
            if unique.bool == nil { report(path + ["uniqueItems"], "`uniqueItems` is `true` or `false`") }
            if unique.bool == true { keywords.append(.uniqueElements) }
        }
        let first = members["prefixItems"].map { list($0, path + ["prefixItems"]) } ?? []
        let rest = members["items"].map { node($0, path + ["items"]) }
        if !first.isEmpty || rest != nil { keywords.append(.elements(first: first, rest: rest)) }
        let contained = range(members, "minContains", "maxContains", path)
        if let wanted = members["contains"] {
            let inner = node(wanted, path + ["contains"])
            // Where no minimum is said one is meant, also beside a maximum of none: then no array fits.
            if members["minContains"] == nil { keywords.append(.contains(inner, 1...Int.max)) }
            if let contained { keywords.append(.contains(inner, contained)) }
        }
        return keywords
    }

    private mutating func objects(_ members: [String: JSONValue], _ path: [String]) -> [JSONSchema.Keyword] {
        var keywords: [JSONSchema.Keyword] = []
        if let range = range(members, "minProperties", "maxProperties", path) { keywords.append(.memberCount(range)) }
        if let required = members["required"] { keywords.append(.required(names(required, path + ["required"]))) }
        if let dependent = members["dependentRequired"] {
            var needs: [String: [String]] = [:]
            let place = path + ["dependentRequired"]
            for (name, list) in object(dependent, place) { needs[name] = names(list, place + [name]) }
            keywords.append(.requiredWith(needs))
        }
        if members["properties"] != nil || members["patternProperties"] != nil || members["additionalProperties"] != nil
        {
            let named = members["properties"].map { map($0, path + ["properties"]) } ?? [:]
            var matching: [JSONSchema.MemberPattern] = []
            let patterns = members["patternProperties"].map { object($0, path + ["patternProperties"]) } ?? []
            for (source, schema) in patterns {
                let place = path + ["patternProperties", source]
                if let pattern = pattern(source, place) {
                    matching.append(.init(pattern: pattern, node: node(schema, place)))
                }
            }
            let others = members["additionalProperties"].map { node($0, path + ["additionalProperties"]) }
            keywords.append(.members(named: named, matching: matching, others: others))
        }
        if let names = members["propertyNames"] { keywords.append(.memberNames(node(names, path + ["propertyNames"]))) }
        if let dependent = members["dependentSchemas"] {
            keywords.append(.schemasWith(map(dependent, path + ["dependentSchemas"])))
        }
        return keywords
    }

    private mutating func combinations(_ members: [String: JSONValue], _ path: [String]) -> [JSONSchema.Keyword] {
        var keywords: [JSONSchema.Keyword] = []
        if let all = members["allOf"] { keywords.append(.allOf(list(all, path + ["allOf"]))) }
        if let any = members["anyOf"] { keywords.append(.anyOf(list(any, path + ["anyOf"]))) }
        if let one = members["oneOf"] { keywords.append(.oneOf(list(one, path + ["oneOf"]))) }
        if let not = members["not"] { keywords.append(.not(node(not, path + ["not"]))) }
        let then = members["then"].map { node($0, path + ["then"]) }
        let otherwise = members["else"].map { node($0, path + ["else"]) }
        if let condition = members["if"] {
            keywords.append(.conditional(node(condition, path + ["if"]), then: then, otherwise: otherwise))
        }
        if let reference = members["$ref"] {
            let pointer = reference.string ?? ""
            openReferences.append((pointer, path + ["$ref"]))
            keywords.append(.reference(pointer))
        }
        return keywords
    }
}

extension JSONSchemaParser {
    private mutating func list(_ value: JSONValue, _ path: [String]) -> [JSONSchema.Node] {
        guard let elements = value.array, !elements.isEmpty else {
            report(path, "`\(path.last ?? "")` is a list of at least one schema")
            return []
        }
        return elements.enumerated().map { node($1, path + ["\($0)"]) }
    }

    private mutating func map(_ value: JSONValue, _ path: [String]) -> [String: JSONSchema.Node] {
        var nodes: [String: JSONSchema.Node] = [:]
        for (name, schema) in object(value, path) { nodes[name] = node(schema, path + [name]) }
        return nodes
    }

    private mutating func object(_ value: JSONValue, _ path: [String]) -> [(key: String, value: JSONValue)] {
        guard let members = value.object else {
            report(path, "`\(path.last ?? "")` is an object")
            return []
        }
        return members.sorted { $0.key < $1.key }
    }

    private mutating func names(_ value: JSONValue, _ path: [String]) -> [String] {
        let names = value.array?.compactMap(\.string) ?? []
        if names.count != value.array?.count ?? -1 { report(path, "`\(path.last ?? "")` is a list of names") }
        return names
    }

    private mutating func pattern(_ source: String?, _ path: [String]) -> Pattern? {
        if let source, let pattern = try? Pattern(source) { return pattern }
        report(path, "`\(source ?? path.last ?? "")` is not a regular expression")
        return nil
    }

    private mutating func range(
        _ members: [String: JSONValue], _ low: String, _ high: String, _ path: [String]
    ) -> ClosedRange<Int>? {
        guard members[low] != nil || members[high] != nil else { return nil }
        func bound(_ name: String, _ missing: Int) -> Int? {
            guard let value = members[name] else { return missing }
            guard value.string == nil, let number = value.integer, number >= 0 else { return nil }
            return Int(number)
        }
        guard let lower = bound(low, 0), let upper = bound(high, .max) else {
            report(path + [members[low].map { $0.integer ?? -1 < 0 } == true ? low : high], "a whole number from 0 on")
            return nil
        }
        if lower > upper { report(path + [low], "`\(low)` is more than `\(high)`") }
        return lower...max(lower, upper)
    }

    /// RFC 6901, as a fragment.
    private static func steps(of pointer: String) -> [String]? {
        if pointer == "#" { return [] }
        guard pointer.hasPrefix("#/") else { return nil }
        return pointer.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false).map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    private static func value(at steps: [String], in document: JSONValue) -> JSONValue? {
        var value: JSONValue? = document
        for step in steps { value = value?[step] ?? Int(step).flatMap { index in value?[index] } }
        return value
    }
}
