import ArgumentParser
import Configuration
import Releases

/// Which releases `history` is about.
struct HistoryFlags: ParsableArguments {
    @Option(
        name: .customLong("service"),
        help: ArgumentHelp("The same as naming it: only releases of this service.", valueName: "name"))
    var services: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only those that ended like this; may be given several times or as a list: promoted, unchanged, held, "
                + "rolled-back, failed, needs-attention.", valueName: "outcome"))
    var outcome: [String] = []

    @Option(
        help: ArgumentHelp("Only those of this commit, of which four digits or more are given.", valueName: "commit"))
    var commit: String?

    @Option(
        help: ArgumentHelp(
            "Only those that began then or later: 12h or 30d before now, 2026-03-02, or 2026-03-02T09:00:00Z.",
            valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only those that began before then; as --since.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("Only those that follow this run in the list.", valueName: "run"))
    var after: String?

    @Option(help: "How many.")
    var limit = 20

    /// From where to where figures are computed.
    struct Window: Hashable {
        /// Since 1970.
        var milliseconds: Range<Int64>
        /// Whether somebody named it.
        var isAsked: Bool
        /// Where the window of the same length before it begins.
        var before: String {
            let length = milliseconds.upperBound - milliseconds.lowerBound
            return HistoryFlags.beginning(max(0, milliseconds.lowerBound - length))
        }
    }

    /// Thirty days are enough releases to count and few enough to say something about now.
    private static let usualDays: Int64 = 30
    private static let day: Int64 = 86_400_000

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 10000") }
        for word in outcomeWords where ReleaseOutcome(rawValue: word) == nil {
            throw ValidationError(
                "no release ends as `\(word)`: promoted, unchanged, held, rolled-back, failed, needs-attention")
        }
        if let commit {
            guard (4...40).contains(commit.count), commit.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
                throw ValidationError("--commit takes 4 to 40 hex digits, not `\(commit)`")
            }
        }
        for (name, text) in [("since", since), ("until", until)] {
            guard let text, Self.moment(text, now: 1e12) == nil else { continue }
            throw ValidationError(
                "--\(name) takes a length of time (12h, 30d), a day (2026-03-02) or a time (2026-03-02T09:00:00Z), "
                    + "not `\(text)`")
        }
        if let since = since.flatMap({ Self.moment($0, now: 1e12) }),
            let until = until.flatMap({ Self.moment($0, now: 1e12) }), since >= until
        {
            throw ValidationError("--since comes before --until")
        }
    }

    private var outcomeWords: [String] { outcome.flatMap { $0.split(separator: ",").map(String.init) } }

    /// Whether anything but how many was asked for.
    var isNarrowed: Bool {
        !services.isEmpty || !outcome.isEmpty || commit != nil || since != nil || until != nil || after != nil
    }

    /// - Parameter now: seconds since 1970.
    func query(environment: String, services: [String], regions: [String], now: Double) -> LedgerQuery {
        LedgerQuery(
            environment: environment, services: services, regions: regions,
            outcomes: outcomeWords.compactMap(ReleaseOutcome.init(rawValue:)), commit: commit?.lowercased(),
            since: since.flatMap { Self.moment($0, now: now) }.map(Self.beginning),
            until: until.flatMap { Self.moment($0, now: now) }.map(Self.beginning), after: after, limit: limit)
    }

    func window(now: Double) -> Window {
        let end = until.flatMap { Self.moment($0, now: now) } ?? Int64(now * 1000) + 1
        let start = since.flatMap { Self.moment($0, now: now) } ?? end - Self.usualDays * Self.day
        return Window(milliseconds: min(start, end)..<end, isAsked: since != nil || until != nil)
    }

    /// Milliseconds since 1970; nil for what is no time.
    static func moment(_ text: String, now: Double) -> Int64? {
        if text.hasSuffix("d"), let days = Int64(text.dropLast()), (0...100_000).contains(days) {
            return Int64(now * 1000) - days * day
        }
        if let milliseconds = DurationText.milliseconds(text) { return Int64(now * 1000) - Int64(milliseconds) }
        return MomentText.milliseconds(text.contains("T") ? text : text + "T00:00:00Z")
    }

    /// What every moment begins with that is not before it.
    private static func beginning(_ milliseconds: Int64) -> String {
        String(LogTimeText.rfc3339(Double(milliseconds) / 1000).dropLast())
    }
}
