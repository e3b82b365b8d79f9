/// A moment as a report writes it: ISO 8601, with a time zone or without one.
package struct StatedMoment: Hashable, Sendable {
    /// In seconds since 1970, read as UTC where there is no zone.
    package var seconds: Double
    package var hasZone: Bool

    package init(seconds: Double, hasZone: Bool) {
        self.seconds = seconds
        self.hasZone = hasZone
    }

    /// Nil for what is no such moment.
    package init?(parsing text: String) {
        var rest = Array(text.utf8)[...]
        func number(_ digits: Int) -> Int? {
            guard rest.count >= digits, rest.prefix(digits).allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            defer { rest = rest.dropFirst(digits) }
            return rest.prefix(digits).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        func skip(_ wanted: String) -> Bool {
            guard let byte = rest.first, wanted.utf8.contains(byte) else { return false }
            rest = rest.dropFirst()
            return true
        }
        let date = String(decoding: rest.prefix(10), as: UTF8.self)
        rest = rest.dropFirst(10)
        guard let day = CalendarDay(parsing: date), skip("Tt "), let hour = number(2), skip(":"),
            let minute = number(2), skip(":"), let second = number(2), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction = 0.0
        if skip(".,") {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            fraction = digits.prefix(9).reversed().reduce(0.0) { ($0 + Double($1 - 0x30)) / 10 }
            rest = rest.dropFirst(digits.count)
        }
        var offset = 0
        hasZone = true
        if skip("Zz") {
            offset = 0
        } else if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            rest = rest.dropFirst()
            guard let hours = number(2), skip(":") || !rest.isEmpty, let minutes = number(2) else { return nil }
            offset = (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
        } else {
            hasZone = false
        }
        guard rest.isEmpty else { return nil }
        let seconds = day.dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.seconds = Double(seconds) + fraction
    }

    /// Whether it can lie within a run. Without a zone it may be local time of any place: zones differ from UTC by
    /// whole quarters of an hour, from 12 hours behind to 14 ahead.
    package func mayLie(in window: RunWindow) -> Bool {
        if hasZone { return window.contains(seconds) }
        return stride(from: -14.0 * 3600, through: 12 * 3600, by: 900).contains { window.contains(seconds + $0) }
    }

    /// The same moment with its zone guessed, where that leads into a run.
    func placed(in window: RunWindow) -> Double? {
        if hasZone { return seconds }
        return stride(from: -14.0 * 3600, through: 12 * 3600, by: 900).map { seconds + $0 }.first(
            where: window.contains)
    }
}
