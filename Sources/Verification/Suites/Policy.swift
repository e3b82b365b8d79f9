package import Configuration

/// A known problem that somebody answers for, until a day.
package struct Policy: Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        /// The failure is reported and does not gate.
        case waive
        /// The check must fail; when it passes, the entry is out of date and that fails.
        case expectFail
        /// The check runs and is reported, and does not gate.
        case quarantine
    }

    package enum Origin: String, Codable, Hashable, Sendable {
        case suite
        /// A waiver of the environment's file.
        case environment
    }

    package var kind: Kind
    package var origin = Origin.suite
    /// An id, or a pattern with `*`.
    package var match: String
    package var owner: String
    package var issue: String
    package var reason: String
    package var expires: CalendarDay
    package var maximumUses: Int?
    /// Where it is written.
    package var place: SourcePosition?

    package init(
        kind: Kind, match: String, owner: String, issue: String, reason: String, expires: CalendarDay,
        maximumUses: Int? = nil, place: SourcePosition? = nil
    ) {
        self.place = place
        self.kind = kind
        self.match = match
        self.owner = owner
        self.issue = issue
        self.reason = reason
        self.expires = expires
        self.maximumUses = maximumUses
    }

    package func matches(_ id: String) -> Bool {
        Glob.matches(match, id)
    }

    /// Its last day is one: 0 on that, negative after it.
    package func daysLeft(on today: CalendarDay) -> Int { expires.dayNumber - today.dayNumber }

    /// Why the entry does not count today; nil when it does. Owners may buy 30 days for P1 and P2, 90 for the rest:
    /// what may stay broken for longer is not what its priority says.
    package func refusal(on today: CalendarDay, priority: Priority) -> String? {
        if expires < today { return "expired on \(expires)" }
        let limit = priority <= .p2 ? 30 : 90
        if daysLeft(on: today) > limit {
            return
                "expires on \(expires), more than \(Counted.text(limit, "day")) ahead, which is too far for \(priority.rawValue)"
        }
        if kind == .quarantine, priority <= .p2 { return "\(priority.rawValue) cannot be quarantined" }
        return nil
    }
}

/// `*` for any characters, the rest as it is; the whole text must match.
package enum Glob {
    package static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        let star = UInt8(ascii: "*")
        var (patternIndex, textIndex) = (0, 0)
        var resume: (pattern: Int, text: Int)?
        while textIndex < text.count {
            if patternIndex < pattern.count, pattern[patternIndex] == star {
                resume = (patternIndex, textIndex)
                patternIndex += 1
            } else if patternIndex < pattern.count, pattern[patternIndex] == text[textIndex] {
                patternIndex += 1
                textIndex += 1
            } else if let last = resume {
                resume = (last.pattern, last.text + 1)
                patternIndex = last.pattern + 1
                textIndex = last.text + 1
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == star }
    }
}
