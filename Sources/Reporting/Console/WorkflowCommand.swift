package import Configuration

/// A command to the runner of GitHub Actions in its log
/// (docs.github.com/actions/reference/workflows-and-actions/workflow-commands).
package struct WorkflowCommand: Hashable, Sendable {
    package enum Level: String, Hashable, Sendable {
        case error, warning, notice
    }

    private let name: String
    private let properties: [(name: String, value: String)]
    private let message: String

    private init(_ name: String, _ properties: [(name: String, value: String)] = [], message: String) {
        self.name = name
        self.properties = properties
        self.message = message
    }

    package static func group(_ title: String) -> WorkflowCommand { WorkflowCommand("group", message: title) }

    package static let endGroup = WorkflowCommand("endgroup", message: "")

    /// A mark on the run's page, and in the changed file where its place is known.
    ///
    /// - Parameter root: of the checkout, which paths are told from; places elsewhere are left as they are.
    package static func annotation(
        _ level: Level, title: String, message: String, at place: SourcePosition? = nil, root: String? = nil
    ) -> WorkflowCommand {
        var properties: [(name: String, value: String)] = []
        if let place {
            properties.append(("file", path(place.file, from: root)))
            if place.line > 0 {
                properties.append(("line", String(place.line)))
                if place.column > 0 { properties.append(("col", String(place.column))) }
            }
        }
        properties.append(("title", title))
        return WorkflowCommand(level.rawValue, properties, message: message)
    }

    private static func path(_ file: String, from root: String?) -> String {
        guard let root, file.hasPrefix(root.hasSuffix("/") ? root : root + "/") else { return file }
        return String(file.dropFirst(root.count).drop { $0 == "/" })
    }

    package var line: String {
        let list = properties.map { "\($0.name)=\(Self.escaped($0.value, isProperty: true))" }.joined(separator: ",")
        return "::\(name)\(list.isEmpty ? "" : " " + list)::\(Self.escaped(message, isProperty: false))"
    }

    /// Percent first, or the escapes of the others would be escaped again.
    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where isProperty: result += "%3A"
            case "," where isProperty: result += "%2C"
            default: result += SafeText.line(String(scalar))
            }
        }
        return result
    }

    /// Text of which no line is a command: what a service logs must not set a variable of the job, or end a mask.
    ///
    /// The runner takes `::` at the start of a line, after any white space, and `##[` anywhere in it
    /// (`ActionCommand.TryParseV2` and `TryParse` of actions/runner), so indentation would not do; and `stop-commands`
    /// would have to be off again for each of our own commands, which come from other threads.
    package static func neutralised(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "#") }) else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let start = line.drop(while: \.isWhitespace)
            let indent = line[..<start.startIndex]
            let safe = start.hasPrefix("::") ? "\\u{3a}" + start.dropFirst() : String(start)
            return indent + withoutOldCommands(safe, escape: "\\u{23}")
        }.joined(separator: "\n")
    }

    /// The same of a JSON document, which stays the same document: `##[` can only stand in a text, where `#` has an
    /// escape.
    static func neutralised(json: String) -> String { withoutOldCommands(json, escape: "\\u0023") }

    private static func withoutOldCommands(_ text: String, escape: String) -> String {
        guard text.contains("##[") else { return text }
        return text.split(separator: "##[", omittingEmptySubsequences: false).joined(separator: escape + "#[")
    }

    package static func == (left: WorkflowCommand, right: WorkflowCommand) -> Bool { left.line == right.line }

    package func hash(into hasher: inout Hasher) { hasher.combine(line) }
}
