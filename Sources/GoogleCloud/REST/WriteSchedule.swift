/// When writes may go out so that no window of time holds more than a number of them. Pure: moments are durations
/// since any fixed one.
package struct WriteSchedule: Hashable, Sendable {
    let limit: Int
    let window: Duration
    /// Ascending; moments to come are promised to somebody.
    private(set) var taken: [Duration] = []

    package init(limit: Int, window: Duration) {
        self.limit = max(1, limit)
        self.window = window
    }

    /// The first moment from `now` on that is free, which is taken from then on.
    package mutating func reserve(at now: Duration) -> Duration {
        taken.removeAll { $0 + window <= now }
        // A moment becomes free when one taken leaves the window; the last such always fits.
        let candidates = [now] + taken.map { $0 + window }
        let moment = candidates.first { fits($0) } ?? now
        taken.insert(moment, at: taken.firstIndex { $0 > moment } ?? taken.endIndex)
        return moment
    }

    /// Whoever had reserved `moment` does not come.
    mutating func giveBack(_ moment: Duration) {
        if let index = taken.firstIndex(of: moment) { taken.remove(at: index) }
    }

    /// No window that would hold `moment` is full: those that end with it, or with one taken after it.
    private func fits(_ moment: Duration) -> Bool {
        let ends = [moment] + taken.filter { $0 > moment && $0 < moment + window }
        return ends.allSatisfy { end in taken.count { $0 > end - window && $0 <= end } < limit }
    }
}
