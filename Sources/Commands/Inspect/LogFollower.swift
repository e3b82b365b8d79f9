import GoogleCloud
import Releases

/// A log as it grows, read again and again: which entries are new, and from when to read next. Pure.
///
/// Entries arrive late and out of order, so each look begins some time before the newest entry that was seen; what was
/// seen already is known by its id.
struct LogFollower: Sendable {
    /// Cloud Logging shows an entry within seconds as a rule; later ones than this are missed.
    static let overlap = 15.0

    private struct Key: Hashable {
        var time: String
        var identifier: String
    }

    private var seen: [Key: Double] = [:]
    private var newest: Double
    /// Entries before it were left out on purpose: there were more of them than were asked for.
    private let floor: Double

    /// - Parameters:
    ///   - first: what was shown already, oldest first.
    ///   - isCut: there may be older entries that were not shown.
    ///   - start: seconds since 1970; where to begin when nothing was shown.
    init(after first: [LogLine], isCut: Bool, start: Double) {
        newest = start
        floor = isCut ? first.first.flatMap { LogTime.seconds($0.time) } ?? 0 : 0
        _ = take(first)
    }

    /// RFC 3339: where the next look begins.
    var since: String { LogTimeText.rfc3339(max(newest - Self.overlap, floor)) }

    /// Those that were not there before, in the order of their times.
    mutating func take(_ lines: [LogLine]) -> [LogLine] {
        var new: [(Double, Int, LogLine)] = []
        for (index, line) in lines.enumerated() {
            let time = LogTime.seconds(line.time) ?? newest
            let key = Key(time: line.time, identifier: line.insertID ?? "\(line.instance ?? "") \(line.text)")
            guard time >= floor, seen.updateValue(time, forKey: key) == nil else { continue }
            new.append((time, index, line))
        }
        newest = max(newest, new.map(\.0).max() ?? newest)
        seen = seen.filter { $0.value >= newest - Self.overlap * 2 }
        return new.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
}

/// How long to wait between two looks. Pure.
struct FollowPace: Sendable {
    private let usual: Duration
    private static let longest = Duration.seconds(30)
    private(set) var pause: Duration

    init(usual: Duration) {
        self.usual = usual
        pause = usual
    }

    /// A server that is busy, or counts our questions, is asked half as often.
    mutating func slowDown() { pause = min(pause * 2, Self.longest) }

    mutating func goOn() { pause = usual }
}
