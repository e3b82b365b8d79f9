/// HCL's native syntax as tokens (github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md). Linear in the text; never traps.
struct HCLLexer {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line: Int
    private var column: Int

    init(_ text: String, at start: HCLPosition = HCLPosition(line: 1, column: 1)) {
        scalars = Array(text.unicodeScalars)
        line = start.line
        column = start.column
    }

    static func tokens(
        _ text: String, at start: HCLPosition = HCLPosition(line: 1, column: 1)
    ) throws(HCLMistake) -> [HCLToken] {
        var lexer = HCLLexer(text, at: start)
        var tokens: [HCLToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private var position: HCLPosition { HCLPosition(line: line, column: column) }
    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    private func peek(_ offset: Int = 1) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    @discardableResult
    private mutating func advance() -> Unicode.Scalar? {
        guard let scalar = current else { return nil }
        index += 1
        if scalar == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        return scalar
    }

    private mutating func next() throws(HCLMistake) -> HCLToken {
        try skipBlanks()
        let start = position
        guard let scalar = current else { return HCLToken(kind: .end, position: start) }
        if scalar == "\n" {
            advance()
            return HCLToken(kind: .newline, position: start)
        }
        if Self.beginsName(scalar) {
            var name = ""
            while let scalar = current, Self.continuesName(scalar) {
                name.unicodeScalars.append(scalar)
                advance()
            }
            return HCLToken(kind: .identifier(name), position: start)
        }
        if Self.isDigit(scalar) { return HCLToken(kind: .number(number()), position: start) }
        if scalar == "\"" {
            advance()
            return HCLToken(kind: .template(try quoted(from: start)), position: start)
        }
        if scalar == "<", peek() == "<" { return HCLToken(kind: .template(try heredoc(from: start)), position: start) }
        return HCLToken(kind: .symbol(symbol()), position: start)
    }

    private mutating func skipBlanks() throws(HCLMistake) {
        while let scalar = current {
            if scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\u{FEFF}" {
                advance()
            } else if scalar == "#" || (scalar == "/" && peek() == "/") {
                while let scalar = current, scalar != "\n" { advance() }
            } else if scalar == "/", peek() == "*" {
                let start = position
                advance()
                advance()
                while current != nil, !(current == "*" && peek() == "/") { advance() }
                guard current != nil else { throw HCLMistake(position: start, message: "a comment without its end") }
                advance()
                advance()
            } else {
                return
            }
        }
    }

    private mutating func number() -> String {
        var text = ""
        while let scalar = current {
            let isSign = (scalar == "+" || scalar == "-") && (text.hasSuffix("e") || text.hasSuffix("E"))
            let isPoint = scalar == "." && peek().map(Self.isDigit) == true
            guard Self.isDigit(scalar) || isSign || isPoint || scalar == "e" || scalar == "E" else { break }
            text.unicodeScalars.append(scalar)
            advance()
        }
        return text
    }

    private mutating func symbol() -> String {
        for length in [3, 2] {
            let end = min(index + length, scalars.count)
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[index..<end])
            if ["...", "==", "!=", "<=", ">=", "&&", "||", "=>", "::"].contains(text) {
                for _ in 0..<length { advance() }
                return text
            }
        }
        return advance().map { String($0) } ?? ""
    }

    // MARK: - Templates

    private mutating func quoted(from start: HCLPosition) throws(HCLMistake) -> [HCLToken.TemplatePart] {
        var parts = TemplateBuilder()
        while let scalar = current {
            switch scalar {
            case "\"":
                advance()
                return parts.finished
            case "\n": throw HCLMistake(position: start, message: "a text without its closing quote")
            case "\\":
                advance()
                parts.append(escape())
            default: try takeTemplateScalar(&parts)
            }
        }
        throw HCLMistake(position: start, message: "a text without its closing quote")
    }

    private mutating func escape() -> String {
        switch advance() {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return codePoint(4)
        case "U": return codePoint(8)
        case let other?: return String(other)
        case nil: return ""
        }
    }

    private mutating func codePoint(_ digits: Int) -> String {
        var text = ""
        while text.count < digits, let scalar = current, Character(scalar).isHexDigit {
            text.unicodeScalars.append(scalar)
            advance()
        }
        return UInt32(text, radix: 16).flatMap(Unicode.Scalar.init).map { String($0) } ?? ""
    }

    /// One scalar of a template, or everything from `${` to its `}`.
    private mutating func takeTemplateScalar(_ parts: inout TemplateBuilder) throws(HCLMistake) {
        guard let scalar = current else { return }
        let opens = (scalar == "$" || scalar == "%") && peek() == "{"
        // `$${` is a `${` that means itself.
        if scalar == "$" || scalar == "%", peek() == scalar, peek(2) == "{" {
            advance()
            parts.append(String(scalar) + "{")
            advance()
            advance()
        } else if opens {
            let start = position
            advance()
            advance()
            let inside = position
            let source = try bracketed(from: start)
            parts.append(scalar == "$" ? .interpolation(source, inside) : .directive)
        } else {
            parts.append(String(scalar))
            advance()
        }
    }

    /// Up to the brace that closes the one before; braces and quotes inside are counted.
    private mutating func bracketed(from start: HCLPosition) throws(HCLMistake) -> String {
        var text = ""
        var depth = 1
        while let scalar = current {
            if scalar == "\"" {
                let begin = index
                advance()
                _ = try quoted(from: position)
                text.unicodeScalars.append(contentsOf: scalars[begin..<index])
                continue
            }
            if scalar == "{" { depth += 1 }
            if scalar == "}" { depth -= 1 }
            advance()
            if depth == 0 { return text }
            text.unicodeScalars.append(scalar)
        }
        throw HCLMistake(position: start, message: "`${` without its `}`")
    }

    private mutating func heredoc(from start: HCLPosition) throws(HCLMistake) -> [HCLToken.TemplatePart] {
        advance()
        advance()
        let isIndented = current == "-"
        if isIndented { advance() }
        var marker = ""
        while let scalar = current, Self.continuesName(scalar) {
            marker.unicodeScalars.append(scalar)
            advance()
        }
        while let scalar = current, scalar != "\n" { advance() }
        advance()
        var parts = TemplateBuilder()
        while current != nil {
            if isEnd(of: marker) {
                while let scalar = current, scalar != "\n" { advance() }
                return parts.finished
            }
            while let scalar = current {
                try takeTemplateScalar(&parts)
                if scalar == "\n" { break }
            }
        }
        throw HCLMistake(position: start, message: "a heredoc without its `\(marker)`")
    }

    private func isEnd(of marker: String) -> Bool {
        var offset = 0
        while let scalar = peek(offset), scalar == " " || scalar == "\t" { offset += 1 }
        for scalar in marker.unicodeScalars {
            guard peek(offset) == scalar else { return false }
            offset += 1
        }
        guard let after = peek(offset) else { return !marker.isEmpty }
        return !marker.isEmpty && (after == "\n" || after == "\r")
    }

    // MARK: - Scalars

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func beginsName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isIDStart
    }

    private static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
        beginsName(scalar) || isDigit(scalar) || scalar == "-" || scalar.properties.isIDContinue
    }
}

/// Joins neighbouring texts of a template.
private struct TemplateBuilder {
    private(set) var finished: [HCLToken.TemplatePart] = []

    mutating func append(_ text: String) {
        if case .text(let before)? = finished.last {
            finished[finished.count - 1] = .text(before + text)
        } else {
            finished.append(.text(text))
        }
    }

    mutating func append(_ part: HCLToken.TemplatePart) { finished.append(part) }
}
