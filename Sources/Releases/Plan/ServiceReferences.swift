/// `${services.NAME.url}` in a value.
package enum ServiceReferences {
    package static func names(in text: String) -> [String] {
        var names: [String] = []
        var rest = Substring(text)
        while let start = rest.range(of: "${services.") {
            rest = rest[start.upperBound...]
            guard let end = rest.range(of: ".url}") else { break }
            names.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return names
    }

    static func filling(_ name: String, with url: String, in text: String) -> String {
        let pattern = "${services.\(name).url}"
        var result = ""
        var rest = Substring(text)
        while let found = rest.range(of: pattern) {
            result += rest[..<found.lowerBound] + url
            rest = rest[found.upperBound...]
        }
        return result + rest
    }
}

extension Substring {
    fileprivate func range(of pattern: String) -> Range<Index>? {
        ranges(of: pattern).first
    }
}
