/// `Traceback (most recent call last):`, frames with the innermost last, then the exception.
enum PythonTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard lines.first?.contains("Traceback (most recent call last):") ?? false else { return nil }
        var (count, exception) = (1, "")
        var (frame, anyFrame): (String?, String?)
        while let line = lines.line(count) {
            let text = line.trimmed
            if text.hasPrefix("File \""), let match = text.firstMatch(of: /^File "([^"]+)", line (\d+)(?:, in (.+))?/) {
                let place = "\(match.1):\(match.2)" + (match.3.map { " in \($0)" } ?? "")
                anyFrame = place
                if !isForeign(match.1) { frame = place }
                count += 1
            } else if line.first?.isWhitespace ?? true {
                count += 1
            } else if text.contains("Traceback (most recent call last):") || isChain(text) {
                // The last exception of a chain is the one that ended the program.
                if isChain(text) || exception.isEmpty { count += 1 } else { break }
                if !isChain(text) { frame = nil }
            } else if exception.isEmpty || lines.line(count - 1).map({ isChain($0.trimmed) }) ?? false {
                exception = text
                count += 1
                guard let next = lines.line(count), isChain(next.trimmed) else { break }
                exception = ""
            } else {
                break
            }
        }
        guard !exception.isEmpty else { return nil }
        return StackTrace(language: .python, exception: exception, frame: frame ?? anyFrame, lines: count)
    }

    private static func isChain(_ text: String) -> Bool {
        text.hasPrefix("During handling of the above exception") || text.hasPrefix("The above exception was the direct")
    }

    private static func isForeign(_ path: Substring) -> Bool {
        path.contains("/site-packages/") || path.contains("/dist-packages/") || path.contains("/lib/python")
            || path.hasPrefix("<")
    }
}

/// An error line, then `    at …` with the innermost first; Node.js may print the source line before it.
enum NodeTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard let first = lines.first, first.contains("Error") || first.contains("Exception"), !isFrame(first),
            first.firstMatch(of: /^(?:Uncaught |\[?)?(?:[A-Za-z_$][\w$.]*)?(?:Error|Exception)\b[^\n]*/) != nil
        else { return nil }
        var count = 1
        // `Require stack:` and the rest of the message.
        while let line = lines.line(count), !isFrame(line), count < 12 {
            guard line.hasPrefix("- ") || line.hasPrefix("Require stack") || line.first?.isWhitespace ?? false else {
                return nil
            }
            count += 1
        }
        guard let next = lines.line(count), isFrame(next) else { return nil }
        var (frame, anyFrame): (String?, String?)
        while let line = lines.line(count), isFrame(line) {
            let place = String(line.trimmed.dropFirst(3))
            anyFrame = anyFrame ?? place
            if frame == nil, !isForeign(place) { frame = place }
            count += 1
        }
        if let line = lines.line(count - 1), line.hasSuffix("{") {
            // Own properties of the error: `code: 'ENOENT'`, up to the brace.
            var end = count
            while let line = lines.line(end), end < count + 20 {
                end += 1
                if line.hasPrefix("}") {
                    count = end
                    break
                }
            }
        }
        let cleaned = (frame ?? anyFrame).map { $0.hasSuffix(" {") ? String($0.dropLast(2)) : $0 }
        return StackTrace(language: .node, exception: first.trimmed, frame: cleaned, lines: count)
    }

    private static func isFrame(_ line: String) -> Bool {
        guard line.hasFrame else { return false }
        return line.firstMatch(of: /^\s+at (?:async )?(?:[^\n]*\()?[^\s()]+:\d+(?::\d+)?\)?(?: \{)?$/) != nil
            || line.firstMatch(of: /^\s+at (?:async )?[^\n]*\((?:<anonymous>|native|internal\/[^)]*)\)$/) != nil
    }

    private static func isForeign(_ place: String) -> Bool {
        place.contains("node_modules/") || place.contains("node:") || place.contains("(internal/")
            || place.contains("<anonymous>") || place.contains("(native)")
    }
}

/// `file:line:in 'method': message (Class)`, then `from` lines with the caller after the called.
enum RubyTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard let first = lines.first, first.contains(":in "),
            let match = first.firstMatch(of: /^(\S+?:\d+):in ([`'][^']+'): ([^\n]*) \(([A-Z][\w:]*)\)/)
        else { return nil }
        var count = 1
        var own: String? = isForeign(match.1) ? nil : "\(match.1) in \(match.2)"
        while let line = lines.line(count), let from = line.firstMatch(of: /^\s+from (\S+?:\d+):in ([`'][^']+')/) {
            if own == nil, !isForeign(from.1) { own = "\(from.1) in \(from.2)" }
            count += 1
        }
        return StackTrace(
            language: .ruby, exception: "\(match.4): \(match.3)", frame: own ?? "\(match.1) in \(match.2)", lines: count
        )
    }

    private static func isForeign(_ path: Substring) -> Bool {
        path.contains("/gems/") || path.contains("/lib/ruby/") || path.hasPrefix("<internal")
    }
}

/// `PHP Fatal error:  Uncaught …`, `#0 file(line): call`, innermost first.
enum PHPTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard let first = lines.first, first.contains("Fatal error:"),
            let match = first.firstMatch(
                of: /(?:PHP )?Fatal error: +(?:Uncaught )?([^\n]+?)(?: in (\S+?)(?::| on line )(\d+))?$/)
        else { return nil }
        var count = 1
        var own: String? = match.2.flatMap { path in
            isForeign(path) ? nil : match.3.map { "\(path):\($0)" }
        }
        while let line = lines.line(count) {
            let text = line.trimmed
            if let frame = text.firstMatch(of: /^#\d+ (\S+)\((\d+)\): ?(.*)/) {
                if own == nil, !isForeign(frame.1) { own = "\(frame.1):\(frame.2)" }
            } else if !text.hasPrefix("#"), !text.hasPrefix("Stack trace:"), !text.hasPrefix("thrown in") {
                break
            }
            count += 1
        }
        return StackTrace(language: .php, exception: String(match.1), frame: own, lines: count)
    }

    private static func isForeign(_ path: Substring) -> Bool { path.contains("/vendor/") }
}
