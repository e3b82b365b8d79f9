/// Lengths of time as people write them: `300ms`, `5s`, `2m`, `1h`, `1m30s`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
    ]

    /// Nil where the text is no length of time; a number without a unit is none.
    package static func milliseconds(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 24 else { return nil }
        var rest = text[...]
        var total = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let unit = rest.dropFirst(digits.count).prefix { $0.isASCII && $0.isLetter }
            // Nine digits of hours fit 64 bits of milliseconds with room to spare.
            guard digits.utf8.count <= 9, let amount = Int(digits),
                let scale = units.first(where: { $0.name == unit })?.milliseconds
            else { return nil }
            total += amount * scale
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return total
    }

    /// The shortest spelling, the way a person would write it.
    package static func spelled(milliseconds: Int) -> String {
        for (name, scale) in units.reversed() where milliseconds != 0 && milliseconds % scale == 0 {
            return "\(milliseconds / scale)\(name)"
        }
        return "\(milliseconds)s"
    }
}
