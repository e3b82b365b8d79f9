/// A time in which nothing is deployed unless somebody says why.
package struct FreezeWindow: Codable, Hashable, Sendable {
    package enum Span: Codable, Hashable, Sendable {
        /// Seconds since 1970; the end is not part of it.
        case once(from: Int, until: Int)
        /// Days from Monday (0) to Sunday (6), minutes since midnight UTC. An end that is not after the beginning is on
        /// the next day.
        case weekly(days: [Int], from: Int, until: Int)
    }

    package var span: Span
    package var reason: String
    /// As it was written, for people.
    package var text: String

    package init(span: Span, reason: String, text: String) {
        self.span = span
        self.reason = reason
        self.text = text
    }

    private static let day = 86_400

    /// - Parameter moment: seconds since 1970.
    package func contains(_ moment: Int) -> Bool {
        switch span {
        case .once(let from, let until): return (from..<max(from, until)).contains(moment)
        case .weekly(let days, let from, let until):
            let today = moment >= 0 ? moment / Self.day : (moment - Self.day + 1) / Self.day
            // 1970 began on a Thursday; a window of yesterday may reach into today.
            return [today, today - 1].contains { date in
                let weekday = ((date + 3) % 7 + 7) % 7
                guard days.contains(weekday) else { return false }
                let start = date * Self.day + from * 60
                let end = date * Self.day + until * 60 + (until > from ? 0 : Self.day)
                return (start..<end).contains(moment)
            }
        }
    }
}
