import Yams

/// One pass over one document: composes it through Yams and turns the nodes into ours, collecting findings.
struct YAMLComposer {
    let file: String
    /// With stand-ins for `*`, `&`, `!`, see ``YAMLMarks``.
    private var text: String
    private let lines: [String]
    private(set) var findings: [Finding] = []
    private var nodes = 0

    /// Every duplicate key costs another pass: enough for a slip, bounded for a hostile file.
    private static let duplicateLimit = 8
    private static let quoteHint = "write the value out; put text that starts with this character in quotes"

    init(file: String, text: String, lines: [String]) {
        self.file = file
        self.text = YAMLMarks.neutralised(text)
        self.lines = lines
    }

    mutating func compose() -> ConfigurationNode? {
        for round in 0...Self.duplicateLimit {
            do {
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                guard let node = try parser.singleRoot() else {
                    return ConfigurationNode(.mapping([]), at: position(line: 1, column: 1))
                }
                let root = convert(node, depth: 0)
                if case .scalar(let scalar)? = root?.content, scalar.kind == .null {
                    return ConfigurationNode(.mapping([]), at: position(line: 1, column: 1))
                }
                return root
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                guard round < Self.duplicateLimit,
                    markDuplicate(of: duplicates.first ?? "", after: context.mark, round: round)
                else {
                    refuseDuplicate(duplicates.first ?? "", at: context.mark)
                    return nil
                }
            } catch {
                refuse(error)
                return nil
            }
        }
        return nil
    }

    // MARK: - Nodes

    private mutating func convert(_ node: Node, depth: Int) -> ConfigurationNode? {
        nodes += 1
        let place = position(node.mark)
        guard nodes <= ConfigurationReader.nodeLimit else {
            if nodes == ConfigurationReader.nodeLimit + 1 {
                findings.append(Finding(at: place, message: "more than 50,000 values in one file"))
            }
            return nil
        }
        guard depth < ConfigurationReader.depthLimit else {
            findings.append(Finding(at: place, message: "nested more than 64 levels deep"))
            // One finding is enough: nothing else is looked at.
            nodes = ConfigurationReader.nodeLimit + 1
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return convert(scalar, at: place)
        case .sequence(let sequence):
            return ConfigurationNode(.sequence(sequence.compactMap { convert($0, depth: depth + 1) }), at: place)
        case .mapping(let mapping):
            return ConfigurationNode(
                .mapping(mapping.compactMap { convert(key: $0.key, value: $0.value, depth: depth) }), at: place)
        case .alias:
            findings.append(Finding(at: place, message: "aliases (`*name`) are not allowed", hint: Self.quoteHint))
            return nil
        }
    }

    private mutating func convert(_ scalar: Node.Scalar, at place: SourcePosition) -> ConfigurationNode? {
        let isPlain = scalar.style == .plain
        if isPlain, let construct = YAMLMarks.construct(startingWith: scalar.string.unicodeScalars.first) {
            findings.append(Finding(at: place, message: "\(construct) are not allowed", hint: Self.quoteHint))
            return nil
        }
        return ConfigurationNode(
            .scalar(ConfigurationScalar(YAMLMarks.restored(scalar.string), isPlain: isPlain)), at: place)
    }

    private mutating func convert(key: Node, value: Node, depth: Int) -> ConfigurationEntry? {
        let place = position(key.mark)
        guard case .scalar(let scalar) = key else {
            findings.append(Finding(at: place, message: "a key must be text"))
            return nil
        }
        let first = scalar.string.unicodeScalars.first
        if YAMLMarks.isDuplicate(first) {
            findings.append(
                Finding(
                    at: place, message: "duplicate key \(writtenKey(at: place).quotedForMessage)",
                    hint: "keep one of the two"))
            return nil
        }
        guard let name = convert(scalar, at: place)?.scalar?.text else { return nil }
        if name == "<<", scalar.style == .plain {
            findings.append(
                Finding(at: place, message: "merge keys (`<<`) are not allowed", hint: "write the keys out"))
            return nil
        }
        guard let value = convert(value, depth: depth + 1) else { return nil }
        return ConfigurationEntry(key: name, keyPosition: place, value: value)
    }

    private func position(_ mark: Mark?) -> SourcePosition {
        position(line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func position(line: Int, column: Int) -> SourcePosition {
        SourcePosition(file: file, line: line, column: column)
    }

    // MARK: - Duplicate keys

    /// Changes the first character of the second key of that name, so that the next pass goes on behind it.
    private mutating func markDuplicate(of key: String, after mark: Mark, round: Int) -> Bool {
        guard text.utf8.count <= 1 << 16, !key.isEmpty else { return false }
        var scalars = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0) }
        let wanted = Array(key.unicodeScalars)
        for line in scalars.indices where line >= mark.line {
            let indent = scalars[line].prefix { $0 == " " }.count
            let isBlank = scalars[line].count == indent || scalars[line][indent] == "#"
            if !isBlank, indent < mark.column - 1 { return false }
            let rest = scalars[line].dropFirst(mark.column - 1)
            if indent == mark.column - 1, rest.starts(with: wanted), rest.dropFirst(wanted.count).first == ":" {
                scalars[line][indent] = YAMLMarks.duplicate(round: round)
                text = scalars.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
                return true
            }
        }
        return false
    }

    private func writtenKey(at place: SourcePosition) -> String {
        guard lines.indices.contains(place.line - 1) else { return "" }
        let rest = lines[place.line - 1].unicodeScalars.dropFirst(place.column - 1)
        return String(String.UnicodeScalarView(rest.prefix { $0 != ":" }))
    }

    private mutating func refuseDuplicate(_ key: String, at mark: Mark) {
        findings.append(
            Finding(
                at: position(mark), message: "duplicate key \(YAMLMarks.restored(key).quotedForMessage)",
                hint: "keep one of the two"))
    }

    // MARK: - What the parser refused

    private mutating func refuse(_ error: any Error) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            if refuseConstruct(before: mark) { return }
            // The parser calls a tab a character that cannot start any token.
            let written = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
            if written.prefix(while: \.isWhitespace).contains("\t") {
                findings.append(
                    Finding(
                        at: position(mark), message: "a tab in the indentation", hint: "YAML indents with spaces only"))
                return
            }
            let about = context.map { " \($0.text)" } ?? ""
            findings.append(
                Finding(at: position(mark), message: "not valid YAML\(about): \(YAMLMarks.restored(problem))"))
        case YamlError.reader(let problem, _, _, _):
            findings.append(Finding(file: file, line: 0, column: 0, message: "not valid YAML: \(problem)"))
        default:
            findings.append(Finding(file: file, line: 0, column: 0, message: "not valid YAML"))
        }
    }

    /// An anchor in front of a mapping makes the rest of the line wrong for the parser: the anchor is what is said.
    private mutating func refuseConstruct(before mark: Mark) -> Bool {
        let neutral = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for line in stride(from: min(mark.line, neutral.count), to: max(0, mark.line - 3), by: -1) {
            if let (column, construct) = YAMLMarks.constructColumn(in: String(neutral[line - 1])) {
                findings.append(
                    Finding(
                        at: position(line: line, column: column), message: "\(construct) are not allowed",
                        hint: Self.quoteHint))
                return true
            }
        }
        return false
    }
}
