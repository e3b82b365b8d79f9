/// When a change of the source is over: what is on the disk has been the same for a while, and no git is at work. Pure.
struct WatchedSourceQuiet: Hashable, Sendable {
    /// By service; what all of them share has the empty name.
    typealias Digests = [String: String]

    /// An editor that saves by renaming is gone and back within milliseconds; a formatter that runs on saving takes
    /// some hundred.
    static let quiet = 0.4
    /// A build that writes into its own source folder never gets quiet: then what is there counts.
    static let longest = 30.0

    private let known: Digests
    private var seen: Digests?
    /// Seconds, on the clock of `take`.
    private var unchangedSince = 0.0
    private var changingSince: Double?

    /// - Parameter known: what was looked at last, and is nothing new.
    init(known: Digests) {
        self.known = known
    }

    /// - Parameters:
    ///   - digests: nil where a path is not there right now.
    ///   - isBusy: git holds its lock.
    ///   - now: seconds; only differences count.
    /// - Returns: names whose digests differ from what was known, sorted; nil while there is nothing, or not yet.
    mutating func take(_ digests: Digests?, isBusy: Bool, at now: Double) -> [String]? {
        guard let digests else {
            changingSince = changingSince ?? now
            seen = nil
            return nil
        }
        if digests == known {
            (seen, changingSince) = (nil, nil)
            return nil
        }
        let began = changingSince ?? now
        changingSince = began
        if digests != seen {
            seen = digests
            unchangedSince = now
        }
        let isQuiet = !isBusy && now - unchangedSince >= Self.quiet
        guard isQuiet || now - began >= Self.longest else { return nil }
        return Set(known.keys).union(digests.keys).filter { known[$0] != digests[$0] }.sorted()
    }
}
