/// `Type: message`, `\tat package.Class.method(File.java:12)`; the last `Caused by` is the root.
enum JavaTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard let first = lines.first, let next = lines.line(1), isFrame(next), !isFrame(first) else { return nil }
        var exception = first.trimmed
        if let match = exception.firstMatch(of: /^Exception in thread "[^"]*" (.+)/) { exception = String(match.1) }
        var (frame, anyFrame): (String?, String?)
        var count = 1
        while let line = lines.line(count) {
            let text = line.trimmed
            if isFrame(line) {
                let place = String(text.dropFirst(3))
                anyFrame = anyFrame ?? place
                if frame == nil, !isForeign(place) { frame = place }
            } else if text.hasPrefix("Caused by: ") {
                exception = String(text.dropFirst(11))
                // The root's own frames say more, where it has any of the program.
                let inner = ownFrame(after: count, in: lines)
                frame = inner ?? frame
            } else if text.firstMatch(of: /^\.\.\. \d+ (?:more|common frames omitted)/) == nil,
                !text.hasPrefix("Suppressed: ")
            {
                break
            }
            count += 1
        }
        return StackTrace(language: .java, exception: exception, frame: frame ?? anyFrame, lines: count)
    }

    private static func ownFrame(after offset: Int, in lines: ArraySlice<String>) -> String? {
        var offset = offset + 1
        while let line = lines.line(offset), isFrame(line) {
            let place = String(line.trimmed.dropFirst(3))
            if !isForeign(place) { return place }
            offset += 1
        }
        return nil
    }

    private static func isFrame(_ line: String) -> Bool {
        line.hasFrame
            && line.firstMatch(
                of:
                    /^\s+at [\w.$<>\/@-]+\((?:[\w.-]+\.(?:java|kt|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source)\)/
            )
                != nil
    }

    private static let foreign = [
        "java.", "javax.", "jdk.", "sun.", "com.sun.", "jakarta.", "kotlin.", "kotlinx.", "scala.", "groovy.",
        "org.springframework.", "org.apache.", "org.hibernate.", "org.eclipse.", "org.postgresql.", "com.mysql.",
        "com.zaxxer.", "io.netty.", "io.grpc.", "io.micronaut.", "io.quarkus.", "reactor.", "com.google.",
    ]

    private static func isForeign(_ place: String) -> Bool {
        // A module's name may stand before the class: `java.base/java.lang.Thread.run`.
        let name = place.split(separator: "/").last.map(String.init) ?? place
        return foreign.contains { name.hasPrefix($0) }
    }
}

/// `Unhandled exception. Type: message`, `   at Namespace.Class.Method(…) in /src/File.cs:line 12`.
enum DotNetTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard let first = lines.first, first.contains("Exception"),
            let match = first.firstMatch(
                of:
                    /(?:Unhandled exception[.:] )?((?:[A-Z]\w*\.)+\w*Exception(?: \([^)]*\))?: [^\n]+|(?:[A-Z]\w*\.)+\w*Exception$)/
            )
        else { return nil }
        var exception = String(match.1)
        var (frame, anyFrame): (String?, String?)
        var count = 1
        while let line = lines.line(count) {
            let text = line.trimmed
            if text.hasPrefix("at "), text.contains("(") {
                let place = String(text.dropFirst(3)).replacing(":line ", with: ":")
                anyFrame = anyFrame ?? place
                if frame == nil, !isForeign(place) { frame = place }
            } else if text.hasPrefix("---> ") {
                exception = String(text.dropFirst(5))
            } else if !text.hasPrefix("--- End of") {
                break
            }
            count += 1
        }
        guard anyFrame != nil || first.contains("Unhandled exception") else { return nil }
        return StackTrace(language: .dotnet, exception: exception, frame: frame ?? anyFrame, lines: count)
    }

    private static func isForeign(_ place: String) -> Bool {
        ["System.", "Microsoft.", "Npgsql.", "Grpc.", "Google.", "Dapper."].contains { place.hasPrefix($0) }
    }
}

/// `panic: message`, `goroutine 1 [running]:`, then pairs of a function and a file.
enum GoTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard let first = lines.first, first.contains("panic: ") || first.contains("fatal error: "),
            let start = first.firstMatch(of: /(?:^|\s)((?:panic|fatal error): [^\n]+)/)
        else {
            return nil
        }
        var count = 1
        while let line = lines.line(count), !line.hasPrefix("goroutine ") {
            let text = line.trimmed
            guard text.isEmpty || text.hasPrefix("[signal ") || text.hasPrefix("panic: ") || text.hasPrefix("runtime ")
            else { break }
            count += 1
        }
        var (frame, anyFrame): (String?, String?)
        if let line = lines.line(count), line.hasPrefix("goroutine ") {
            count += 1
            var function = ""
            while let line = lines.line(count) {
                let text = line.trimmed
                if let match = text.firstMatch(of: /^(\/\S+\.go|[A-Za-z]:\S+\.go):(\d+)/) {
                    let place = "\(match.1):\(match.2) in \(function)"
                    if anyFrame == nil, !function.hasPrefix("panic"), !function.hasPrefix("runtime.") {
                        anyFrame = place
                    }
                    if frame == nil, !isForeign(match.1, function) { frame = place }
                } else if text.hasPrefix("goroutine "), text.hasSuffix(":") {
                    // The others wait; the first one is the one that failed.
                } else if text.contains("("), text.hasSuffix(")") || text.hasPrefix("created by "), !text.contains(": ")
                {
                    function = text.lastIndex(of: "(").map { String(text[..<$0]) } ?? text
                } else if text.hasPrefix("exit status") || text.isEmpty || text.hasPrefix("created by ") {
                    // Part of it still.
                } else {
                    break
                }
                count += 1
            }
        }
        return StackTrace(language: .go, exception: String(start.1), frame: frame ?? anyFrame, lines: count)
    }

    private static func isForeign(_ path: Substring, _ function: String) -> Bool {
        path.contains("/pkg/mod/") || path.contains("/usr/local/go/") || path.contains("/go/src/")
            || path.contains("/vendor/") || function.hasPrefix("runtime.") || function == "panic"
    }
}

/// `thread 'main' panicked at src/main.rs:4:5:` and the message, on the next line since Rust 1.73.
enum RustTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard let first = lines.first, first.contains("panicked at") else { return nil }
        var (exception, place): (String, String)
        var count = 1
        if let match = first.firstMatch(of: /thread '[^']*'(?: \(\d+\))? panicked at (\S+?:\d+:\d+):$/) {
            place = String(match.1)
            exception = lines.line(1)?.trimmed ?? "panic"
            count = min(2, lines.count)
        } else if let match = first.firstMatch(of: /thread '[^']*' panicked at '([^\n]+)', (\S+?:\d+:\d+)/) {
            (exception, place) = (String(match.1), String(match.2))
        } else {
            return nil
        }
        var own = isForeign(place) ? nil : place
        while let line = lines.line(count) {
            let text = line.trimmed
            if text.hasPrefix("at "), text.firstMatch(of: /:\d+(?::\d+)?$/) != nil {
                let path = String(text.dropFirst(3))
                if own == nil, !isForeign(path) { own = path }
            } else if text.firstMatch(of: /^(?:\d+: |stack backtrace:|note: )/) == nil {
                break
            }
            count += 1
        }
        return StackTrace(language: .rust, exception: "panic: \(exception)", frame: own ?? place, lines: count)
    }

    private static func isForeign(_ path: String) -> Bool {
        path.contains("/rustc/") || path.contains("/.cargo/") || path.contains("/registry/src/")
    }
}

/// `Module/File.swift:12: Fatal error: message`, perhaps with a backtrace after it.
enum SwiftTrace: StackTraceSyntax {
    static func read(_ lines: ArraySlice<String>) -> StackTrace? {
        guard let first = lines.first, first.contains("Fatal error"),
            let match = first.firstMatch(of: /^(?:(\S+\.swift):(\d+): )?Fatal error(?:: ([^\n]+))?$/)
        else { return nil }
        var own: String?
        if let path = match.1, let line = match.2, !isForeign(String(path)) { own = "\(path):\(line)" }
        var count = 1
        // Frames and the reporter's own words around them; whatever else follows is not part of it.
        while let line = lines.line(count), isPart(line) {
            if own == nil, let frame = line.firstMatch(of: /\sin (.+?) at (\S+\.swift:\d+)/),
                !isForeign(String(frame.2))
            {
                own = "\(frame.2) in \(frame.1)"
            }
            count += 1
        }
        return StackTrace(
            language: .swift, exception: "Fatal error: \(match.3 ?? "no message")", frame: own, lines: count)
    }

    private static func isPart(_ line: String) -> Bool {
        let text = line.trimmed
        return text.hasPrefix("*** ") || text.hasPrefix("Thread ") || text.hasPrefix("Backtrace took")
            || text.firstMatch(of: /^\d+ (?:\[[^\]]*\] )?(?:0x[0-9a-f]+ |\[)/) != nil || text.hasPrefix("Crash: ")
            || text.hasPrefix("Current stack trace")
    }

    private static func isForeign(_ path: String) -> Bool {
        path.hasPrefix("Swift/") || path.contains("/.build/checkouts/") || path.contains("swift/stdlib/")
            || path.contains("/usr/")
    }
}
