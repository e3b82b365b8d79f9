/// `services.yaml` as lines, to which a service can be added without touching any of them.
package struct ServicesFile: Sendable {
    package enum Refusal: Error, Hashable, Sendable {
        /// A service of that name is there.
        case taken(String)
        /// The file is written in a way that lines cannot be added to, such as `services: {}`.
        case notByLine
        case invalid(Findings)
    }

    private static let label = "environments/services.yaml"
    private let text: String

    /// Nil or an empty text is a file to be made.
    package init(_ text: String?) {
        self.text = text ?? ""
    }

    /// The whole file with the service at the end of its services.
    package func adding(_ service: ServiceImport) throws(Refusal) -> String {
        let before = try read(text)
        let services = before["services"]
        guard services?[service.name] == nil else { throw .taken(service.name) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        if let services {
            guard let first = services.entries.first, first.keyPosition.line > keyLine(in: before) else {
                throw .notByLine
            }
            lines.insert(
                contentsOf: [""] + service.lines(indent: first.keyPosition.column - 1), at: end(of: services, lines))
        } else {
            guard before.entries.isEmpty || before.entries.allSatisfy({ $0.keyPosition.column == 1 }) else {
                throw .notByLine
            }
            lines += (lines.isEmpty ? [] : [""]) + ["services:"] + service.lines(indent: 2)
        }
        let result = lines.joined(separator: "\n") + "\n"
        try check(result, before, service.name)
        return result
    }

    private func keyLine(in root: ConfigurationNode) -> Int {
        root.entries.first { $0.key == "services" }?.keyPosition.line ?? 0
    }

    /// Behind the last line that belongs to the services: what is indented, with the comments among it.
    private func end(of services: ConfigurationNode, _ lines: [String]) -> Int {
        let start = services.entries.first?.keyPosition.line ?? 1
        var end = start
        for (index, line) in lines.enumerated().dropFirst(start - 1) {
            let isEmpty = line.allSatisfy(\.isWhitespace)
            if !isEmpty, line.first?.isWhitespace != true { break }
            if !isEmpty { end = index + 1 }
        }
        return end
    }

    private func read(_ text: String) throws(Refusal) -> ConfigurationNode {
        switch ConfigurationReader.read(Array(text.utf8), file: Self.label) {
        case .success(let document): return document.root
        case .failure(let findings): throw .invalid(findings)
        }
    }

    /// What was there must still be there, and the new service besides: lines are not trusted blindly.
    private func check(_ text: String, _ before: ConfigurationNode, _ name: String) throws(Refusal) {
        let after = try read(text)
        let kept = Dictionary(after.leaves().map { ($0.path, $0.node.content) }, uniquingKeysWith: { one, _ in one })
        guard after["services"]?[name] != nil,
            before.leaves().allSatisfy({ $0.path.isEmpty || kept[$0.path] == $0.node.content })
        else {
            throw .notByLine
        }
    }
}
