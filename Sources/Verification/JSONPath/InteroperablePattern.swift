/// A regular expression of JSON paths (I-Regexp, RFC 9485), which means the same to every implementation: it matches
/// by code points, and `.` is anything but a line feed or a carriage return.
struct InteroperablePattern {
    private let regex: Regex<AnyRegexOutput>

    init(_ source: String) throws(Pattern.Invalid) {
        guard source.utf8.count <= 4096, let regex = try? Regex(Self.translated(source)) else {
            throw Pattern.Invalid(source: source)
        }
        self.regex = regex.matchingSemantics(.unicodeScalar)
    }

    func matches(_ text: String) -> Bool {
        (try? regex.firstMatch(in: text)) != nil
    }

    func matchesWhole(_ text: String) -> Bool {
        (try? regex.wholeMatch(in: text)) != nil
    }

    /// RFC 9485 section 5.3: a dot outside a class becomes a class.
    static func translated(_ source: String) -> String {
        var result = ""
        var isEscaped = false
        var isInClass = false
        for scalar in source.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else {
                switch scalar {
                case "\\": isEscaped = true
                case "[": isInClass = true
                case "]": isInClass = false
                case "." where !isInClass:
                    result += "[^\\n\\r]"
                    continue
                default: break
                }
            }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
