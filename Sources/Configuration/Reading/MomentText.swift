/// Moments and times of day as people write them in a configuration.
package enum MomentText {
    static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// `2026-12-20T18:00:00Z`, with or without seconds, with `Z` or an offset (RFC 3339); seconds since 1970.
    static func seconds(_ text: String) -> Int? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let date = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, date[0].count == 4, let year = number(date[0]), let month = number(date[1]),
            let day = number(date[2]), (1...12).contains(month), (1...daysIn(month, of: year)).contains(day)
        else { return nil }
        var time = parts[1]
        var offset = 0
        if time.hasSuffix("Z") {
            time = time.dropLast()
        } else {
            guard time.count > 6, let minutes = minutes(String(time.suffix(5))),
                let sign = ["+": -1, "-": 1][String(time.dropLast(5).suffix(1))]
            else { return nil }
            offset = sign * minutes * 60
            time = time.dropLast(6)
        }
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(clock.count), let minutes = minutes(clock.prefix(2).joined(separator: ":")),
            minutes < 1440, let seconds = clock.count == 3 ? number(clock[2]) : 0, seconds < 60
        else { return nil }
        return days(year, month, day) * 86_400 + minutes * 60 + seconds + offset
    }

    /// As above, with parts of a second if there are any; milliseconds since 1970.
    package static func milliseconds(_ text: String) -> Int64? {
        guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else {
            return seconds(text).map { Int64($0) * 1000 }
        }
        let digits = text[text.index(after: point)...].prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.utf8.count),
            let whole = seconds(String(text[..<point] + text[digits.endIndex...])),
            let thousandths = Int64((digits + "00").prefix(3))
        else { return nil }
        return Int64(whole) * 1000 + thousandths
    }

    /// RFC 3339 in UTC, to the second.
    package static func rfc3339(milliseconds: Int64) -> String {
        let seconds = milliseconds >= 0 ? milliseconds / 1000 : 0
        var (rest, year) = (Int(seconds / 86_400), 1970)
        while rest >= (isLeap(year) ? 366 : 365) {
            rest -= isLeap(year) ? 366 : 365
            year += 1
        }
        var month = 1
        while rest >= daysIn(month, of: year) {
            rest -= daysIn(month, of: year)
            month += 1
        }
        let time = Int(seconds % 86_400)
        let date = [padded(year, 4), padded(month, 2), padded(rest + 1, 2)].joined(separator: "-")
        let clock = [time / 3600, time / 60 % 60, time % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(clock)Z"
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// `18:30`, up to `24:00`; minutes since midnight.
    static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hours = number(parts[0]), let minutes = number(parts[1]), minutes < 60,
            hours * 60 + minutes <= 1440
        else { return nil }
        return hours * 60 + minutes
    }

    /// Digits alone, two of them or four.
    private static func number(_ text: Substring) -> Int? {
        guard text.count == 2 || text.count == 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let before = year - 1
        let leaps = before / 4 - before / 100 + before / 400
        // 719,162 days before 1970.
        let years = before * 365 + leaps - 719_162
        return years + (1..<month).reduce(0) { $0 + daysIn($1, of: year) } + day - 1
    }
}
