extension Duration {
    /// Whole milliseconds for C, between one (zero means "for ever" to libcurl) and 24 days.
    var clampedMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds >= 0, seconds < 2_000_000 else { return seconds < 0 ? 1 : 2_000_000_000 }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
