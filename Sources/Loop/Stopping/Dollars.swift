/// US dollars in a sentence: cents, and what is less than one of them to a hundredth of it.
package enum Dollars {
    package static func text(_ amount: Double) -> String {
        let digits = amount > 0 && amount < 0.01 ? 4 : 2
        let scale = digits == 4 ? 10_000 : 100
        // Whoever made a sum of 10 trillion has no cents.
        let units = Int((min(max(amount, 0), 1e13) * Double(scale)).rounded())
        let fraction = String(units % scale)
        return "$\(units / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
