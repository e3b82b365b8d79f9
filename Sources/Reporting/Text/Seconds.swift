/// Durations for people, without locale and without ICU: `0.04 s`, `12.3 s`, `2 min 05 s`.
package enum Seconds {
    package static func text(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        if seconds >= 60 {
            let whole = Int(seconds.rounded())
            return "\(whole / 60) min \(padded(whole % 60)) s"
        }
        if seconds >= 10 { return "\(decimal(seconds, places: 1)) s" }
        return "\(decimal(seconds, places: 2)) s"
    }

    package static func milliseconds(_ value: Double) -> String {
        value >= 100 ? "\(Int(value.rounded())) ms" : "\(decimal(value, places: 1)) ms"
    }

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// Rounded half away from zero to one or two places.
    private static func decimal(_ value: Double, places: Int) -> String {
        let scale = places == 1 ? 10 : 100
        let whole = Int((value * Double(scale)).rounded())
        let fraction = whole % scale
        let text = places == 2 && fraction < 10 ? "0\(fraction)" : "\(fraction)"
        return "\(whole / scale).\(text)"
    }
}
