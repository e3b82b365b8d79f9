/// Characters that stand in for YAML's `*`, `&` and `!` while a document is parsed.
///
/// An alias that names a large value many times over costs its expanded size as soon as the parser sees it, before
/// anybody could refuse it. Without these three characters the parser sees no alias, anchor or tag at all: they come
/// out as plain text that starts with a stand-in, one character for one, so that positions stay true.
enum YAMLMarks {
    static let alias: Unicode.Scalar = "\u{E000}"
    static let anchor: Unicode.Scalar = "\u{E001}"
    static let tag: Unicode.Scalar = "\u{E002}"
    private static let firstDuplicate: UInt32 = 0xE010

    /// All characters that may not be in a file because they mean something here.
    static func isReserved(_ scalar: Unicode.Scalar) -> Bool {
        (0xE000...0xE0FF).contains(scalar.value)
    }

    /// Replaces the first character of a duplicate key, so that the parser goes on and the key is found again.
    static func duplicate(round: Int) -> Unicode.Scalar {
        Unicode.Scalar(firstDuplicate + UInt32(min(max(round, 0), 200))) ?? "\u{E010}"
    }

    static func isDuplicate(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { (firstDuplicate...0xE0FF).contains($0.value) } ?? false
    }

    static func neutralised(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "*": result.append(alias)
            case "&": result.append(anchor)
            case "!": result.append(tag)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    static func restored(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isReserved) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case alias: result.append("*")
            case anchor: result.append("&")
            case tag: result.append("!")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// What a plain scalar that starts like this would have been in YAML.
    static func construct(startingWith scalar: Unicode.Scalar?) -> String? {
        switch scalar {
        case alias: "aliases (`*name`)"
        case anchor: "anchors (`&name`)"
        case tag: "tags (`!name`)"
        default: nil
        }
    }

    /// The column of the first anchor, alias or tag in a neutralised line, by where such a thing can stand.
    static func constructColumn(in line: String) -> (column: Int, construct: String)? {
        var mayStart = true
        let scalars = Array(line.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if scalar == "#", index == 0 || scalars[index - 1] == " " { return nil }
            if mayStart, let construct = construct(startingWith: scalar), index + 1 < scalars.count,
                scalars[index + 1] != " "
            {
                return (index + 1, construct)
            }
            mayStart = " -:[,{?".unicodeScalars.contains(scalar) && (scalar != " " || mayStart)
        }
        return nil
    }
}
