/// A stack trace, folded to what somebody has to read first.
struct StackTrace: Hashable, Sendable {
    enum Language: String, Hashable, Sendable, CaseIterable {
        case python, node, java, dotnet, go, ruby, rust, php, swift
    }

    var language: Language
    /// Type and message: the line that says what went wrong.
    var exception: String
    /// The first frame of the program's own code, as near to the error as there is one.
    var frame: String?
    /// How many lines it had.
    var lines: Int
}

/// A log line, or a stack trace in place of its lines.
enum FoldedLine: Hashable, Sendable {
    case line(String)
    case trace(StackTrace)

    var trace: StackTrace? { if case .trace(let trace) = self { trace } else { nil } }
}

/// One language's way of printing traces: how many lines from the first one belong to it, and what they say.
protocol StackTraceSyntax: SendableMetatype {
    /// Nil when no trace starts with the first line.
    static func read(_ lines: ArraySlice<String>) -> StackTrace?
}

/// Folds the traces in a log, whether they came as one entry or line by line.
enum StackFolding {
    private static let syntaxes: [any StackTraceSyntax.Type] = [
        PythonTrace.self, GoTrace.self, RustTrace.self, SwiftTrace.self, RubyTrace.self, PHPTrace.self, JavaTrace.self,
        DotNetTrace.self, NodeTrace.self,
    ]

    static func fold(_ lines: [String]) -> [FoldedLine] {
        var result: [FoldedLine] = []
        var rest = lines[...]
        while let first = rest.first {
            let remaining = rest
            if let trace = syntaxes.lazy.compactMap({ $0.read(remaining) }).first, trace.lines > 0 {
                result.append(.trace(trace))
                rest = rest.dropFirst(trace.lines)
            } else {
                result.append(.line(first))
                rest = rest.dropFirst()
            }
        }
        return result
    }
}

extension ArraySlice<String> {
    /// The line so far behind the first one.
    func line(_ offset: Int) -> String? {
        let index = startIndex + offset
        return index < endIndex ? self[index] : nil
    }
}

extension String {
    /// May be a frame `    at …`: most lines are not, and patterns are slow.
    var hasFrame: Bool {
        guard first?.isWhitespace ?? false else { return false }
        return drop(while: \.isWhitespace).hasPrefix("at ")
    }
}

extension StringProtocol {
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
