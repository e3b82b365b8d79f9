/// What of tests a fix may not do. It may add tests and move them; what must be said otherwise in a test that is there is
/// for a person to say.
enum TestRules {
    static func refusals(in change: TreeChange) -> [FixRefusal] {
        change.files.compactMap(deleted) + changedLines(in: change) + change.files.compactMap(commentedOut)
    }

    // MARK: Files

    private static func deleted(_ file: ChangedFile) -> FixRefusal? {
        let was = file.oldPath ?? file.path
        guard TestSource.isTest(was), file.kind != .added else { return nil }
        if file.kind == .deleted { return FixRefusal(.testDeleted, was, "a test is deleted") }
        if file.kind == .renamed, !TestSource.isStillCollected(was, at: file.path) {
            return FixRefusal(
                .testDeleted, was, "a test is moved to `\(file.path)`, where none is looked for by this name")
        }
        if file.kind == .type || file.bytes == 0 && file.removed > 0 {
            return FixRefusal(.testDeleted, was, "a test is emptied")
        }
        // A zero byte in it, and no line of it is seen any more.
        if file.isBinary, TestSource.isNamedAsTest(was) {
            return FixRefusal(.testWeakened, was, "a test becomes a file that cannot be read line by line")
        }
        return nil
    }

    // MARK: Lines

    /// Counting is not enough: `assert True` in the place of an assertion leaves as many. Each line that goes must come
    /// again, in whatever file of tests that is collected like its own.
    private static func changedLines(in change: TreeChange) -> [FixRefusal] {
        var again: [String: [String]] = [:]
        for file in change.files where TestSource.isTest(file.path) {
            for line in file.addedLines { again[line.text.trimmingSpaces, default: []].append(file.path) }
        }
        var refusals: [FixRefusal] = []
        for file in change.files where file.kind != .added && file.kind != .deleted {
            let was = file.oldPath ?? file.path
            guard TestSource.isTest(was) else { continue }
            for line in file.removedLines where isJudging(line.text, in: was) {
                let text = line.text.trimmingSpaces
                let place = again[text]?.firstIndex { $0 == file.path || TestSource.fitsName(of: was, $0) }
                if let place {
                    again[text]?.remove(at: place)
                    continue
                }
                refusals.append(
                    FixRefusal(
                        .testWeakened, was, line: line.number,
                        "\(kind(of: line.text, in: was)) is changed or taken away: \(String(text.prefix(120)))"))
            }
        }
        return refusals
    }

    /// Expected values, rows and fixtures stand in lines and files of their own: of what is surely a test's every line counts
    /// but imports; of what may be something else (an API's `spec/`) only tests and assertions.
    private static func isJudging(_ line: String, in path: String) -> Bool {
        if TestSource.isDeclaration(line, in: path) || TestSource.isAssertion(line, in: path) { return true }
        let text = line.trimmingSpaces
        guard TestSource.isSurelyTest(path), LineRules.isProgram(text, in: path) else { return false }
        let isImport = ["import ", "from ", "use ", "using ", "#include", "@testable import", "package "].contains {
            text.hasPrefix($0)
        }
        return !isImport && !text.contains("require(") && text.contains { $0.isLetter || $0.isNumber }
    }

    private static func kind(of line: String, in path: String) -> String {
        if TestSource.isDeclaration(line, in: path) { return "a test" }
        return TestSource.isAssertion(line, in: path) ? "an assertion" : "a line of a test"
    }

    // MARK: Comments

    /// A comment or text that begins in one added line and ends in another, with lines between them that were there,
    /// takes those out.
    private static func commentedOut(_ file: ChangedFile) -> FixRefusal? {
        guard file.kind != .added, TestSource.isTest(file.path) else { return nil }
        var run: [ChangedFile.Line] = []
        var open: [ChangedFile.Line] = []
        for line in file.addedLines {
            if let last = run.last, line.number != last.number + 1 {
                if isOpen(run) { open.append(run[0]) }
                run = []
            }
            run.append(line)
        }
        if isOpen(run) { open.append(run[0]) }
        // One that takes the place of a line which did the same changes nothing.
        let replaced = file.removedLines.count { isOpen([$0]) }
        guard open.count > replaced, let first = open.first else { return nil }
        return FixRefusal(
            .testWeakened, file.path, line: first.number, "a comment or text begins here around lines that were there")
    }

    private static func isOpen(_ lines: [ChangedFile.Line]) -> Bool {
        let text = lines.map(\.text).joined(separator: "\n")
        func count(_ sign: String) -> Int { text.ranges(of: sign).count }
        if count("/*") != count("*/") || count("<!--") != count("-->") { return true }
        return ["\"\"\"", "'''"].contains { count($0) % 2 == 1 } || count("\n=begin") != count("\n=end")
    }
}
