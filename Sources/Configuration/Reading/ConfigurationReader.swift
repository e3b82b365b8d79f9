import Yams

/// Reads the part of YAML that configuration needs, from bytes that nobody has looked at yet.
///
/// Anchors, aliases, tags, merge keys and duplicate keys are refused: what is on the page is what is meant, and no
/// document grows when it is read.
package enum ConfigurationReader {
    package static let sizeLimit = 1 << 20
    package static let depthLimit = 64
    package static let nodeLimit = 50_000

    /// The document, or everything that is wrong with it. An empty file is an empty mapping.
    package static func read(_ bytes: some Collection<UInt8>, file: String) -> Result<ConfigurationDocument, Findings> {
        func refuse(_ message: String, line: Int = 0, hint: String? = nil) -> Result<ConfigurationDocument, Findings> {
            .failure(Findings([Finding(file: file, line: line, column: line, message: message, hint: hint)]))
        }
        guard bytes.count <= sizeLimit else {
            return refuse("larger than 1 MiB", hint: "split the file, or move data out of it")
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : Array(bytes)
        guard let text = String(validating: content, as: UTF8.self) else {
            return refuse("not valid UTF-8", hint: "save the file as UTF-8")
        }
        // By scalars: CR LF is one Character, and would not be found by its LF.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0.last == "\r" ? $0.dropLast() : $0)
        }
        // Before parsing: a parser spends seconds on a file of many short lines.
        guard lines.count <= nodeLimit else {
            return refuse("more than 50,000 lines", hint: "split the file, or move data out of it")
        }
        if let line = lines.firstIndex(where: { $0.unicodeScalars.contains("\0") }) {
            return refuse("contains a NUL character", line: line + 1)
        }
        if let line = lines.firstIndex(where: { $0.unicodeScalars.contains(where: YAMLMarks.isReserved) }) {
            return refuse("contains a private use character (U+E000 to U+E0FF)", line: line + 1)
        }
        var composer = YAMLComposer(file: file, text: text, lines: lines)
        let root = composer.compose()
        guard composer.findings.isEmpty, let root else {
            return .failure(
                Findings(ConfigurationDocument.annotate(composer.findings, file: file, lines: lines)))
        }
        return .success(ConfigurationDocument(file: file, root: root, lines: lines))
    }
}
