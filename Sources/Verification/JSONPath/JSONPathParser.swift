import JSON

/// Recursive descent over the grammar of RFC 9535 section 2. Depth and numbers are bounded.
struct JSONPathParser {
    private static let maximumDepth = 32
    /// RFC 9535 section 2.1: integers are within I-JSON's exact range.
    static let maximumInteger = 9_007_199_254_740_991

    var scanner: CharacterScanner
    private var depth = 0

    init(_ text: String) {
        scanner = CharacterScanner(text)
    }

    mutating func parseWhole() throws(JSONPathError) -> [Segment] {
        guard scanner.take("$") else { throw scanner.error(.mustStartWithRoot) }
        let segments = try parseSegments()
        guard scanner.isAtEnd else { throw scanner.unexpected("`.`, `[` or the end") }
        return segments
    }

    mutating func parseSegments() throws(JSONPathError) -> [Segment] {
        var segments: [Segment] = []
        while true {
            let before = scanner.position
            scanner.skipBlanks()
            if scanner.take("..") {
                segments.append(try parseDescendant())
            } else if scanner.take(".") {
                segments.append(Segment(descendant: false, selectors: [try parseShorthand()]))
            } else if scanner.peek == "[" {
                segments.append(Segment(descendant: false, selectors: try parseBrackets()))
            } else {
                scanner.position = before
                return segments
            }
        }
    }

    private mutating func parseDescendant() throws(JSONPathError) -> Segment {
        if scanner.peek == "[" {
            return Segment(descendant: true, selectors: try parseBrackets())
        }
        return Segment(descendant: true, selectors: [try parseShorthand()])
    }

    private mutating func parseShorthand() throws(JSONPathError) -> Selector {
        if scanner.take("*") { return .wildcard }
        guard let name = scanner.takeName() else { throw scanner.unexpected("a member name or `*`") }
        return .name(name)
    }

    private mutating func parseBrackets() throws(JSONPathError) -> [Selector] {
        try enter()
        defer { depth -= 1 }
        _ = scanner.take("[")
        var selectors: [Selector] = []
        repeat {
            scanner.skipBlanks()
            selectors.append(try parseSelector())
            scanner.skipBlanks()
        } while scanner.take(",")
        guard scanner.take("]") else { throw scanner.unexpected("`,` or `]`") }
        return selectors
    }

    private mutating func parseSelector() throws(JSONPathError) -> Selector {
        switch scanner.peek {
        case "*":
            _ = scanner.take("*")
            return .wildcard
        case "?":
            _ = scanner.take("?")
            scanner.skipBlanks()
            return .filter(try parseAny())
        case "'", "\"":
            return .name(try scanner.takeString())
        default:
            return try parseIndexOrSlice()
        }
    }

    private mutating func parseIndexOrSlice() throws(JSONPathError) -> Selector {
        let start = try scanner.takeInteger()
        let afterStart = scanner.position
        scanner.skipBlanks()
        guard scanner.take(":") else {
            scanner.position = afterStart
            guard let start else { throw scanner.unexpected("a name, an index, a slice, `*` or `?`") }
            return .index(start)
        }
        scanner.skipBlanks()
        let end = try scanner.takeInteger()
        scanner.skipBlanks()
        guard scanner.take(":") else { return .slice(start: start, end: end, step: 1) }
        scanner.skipBlanks()
        return .slice(start: start, end: end, step: try scanner.takeInteger() ?? 1)
    }

    mutating func enter() throws(JSONPathError) {
        depth += 1
        if depth > Self.maximumDepth { throw scanner.error(.nestedTooDeeply) }
    }

    mutating func leave() {
        depth -= 1
    }
}
