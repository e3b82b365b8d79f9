/// Amounts of memory as Cloud Run writes them: `512Mi`, `2Gi`, `500M`.
package enum MemoryText {
    private static let units: [(name: String, bytes: Int)] = [
        ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000),
    ]

    package static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard digits.utf8.count <= 9, let amount = Int(digits),
            let scale = units.first(where: { $0.name == text.dropFirst(digits.count) })?.bytes
        else { return nil }
        return amount * scale
    }

    /// In the largest binary unit that leaves no rest.
    package static func spelled(_ bytes: Int) -> String {
        for (name, scale) in [("Gi", 1 << 30), ("Mi", 1 << 20)] where bytes % scale == 0 {
            return "\(bytes / scale)\(name)"
        }
        return "\(bytes / 1024)Ki"
    }
}

/// Shares of a processor as Cloud Run writes them: `1`, `2`, `500m`, `0.5`.
package enum ProcessorText {
    package static func milliCores(_ text: String) -> Int? {
        guard text.utf8.count <= 8 else { return nil }
        if text.hasSuffix("m") {
            let digits = text.dropLast()
            return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
        }
        guard text.allSatisfy({ $0 == "." || ($0.isASCII && $0.isNumber) }), let cores = Double(text) else {
            return nil
        }
        return Int((cores * 1000).rounded())
    }
}
