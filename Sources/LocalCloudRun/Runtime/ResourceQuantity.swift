/// Quantities as Cloud Run (Kubernetes) writes them: `512Mi`, `500m`, `2`.
enum ResourceQuantity {
    /// Bytes of a memory quantity; nil when it is none.
    static func bytes(_ text: String) -> Int? {
        let units: [(suffix: String, factor: Int)] = [
            ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ti", 1 << 40),
            ("k", 1000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("", 1),
        ]
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let number = Int(text.dropLast(unit.suffix.count)), number > 0 else { return nil }
            let (result, overflow) = number.multipliedReportingOverflow(by: unit.factor)
            return overflow ? nil : result
        }
        return nil
    }

    /// Thousandths of a processor; nil when it is none.
    static func milliProcessors(_ text: String) -> Int? {
        if text.hasSuffix("m") {
            guard let number = Int(text.dropLast()), number > 0 else { return nil }
            return number
        }
        guard let number = Double(text), number > 0, number < 1000 else { return nil }
        return Int((number * 1000).rounded())
    }
}
