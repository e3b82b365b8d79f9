/// How many requests a revision is answering: WebSockets and streams that stay open, above all.
package protocol ConnectionCount: Sendable {
    /// Nil where nobody can tell.
    ///
    /// - Parameter time: so long nobody has been sent there any more: what was open before is no answer.
    func openConnections(
        of revision: String, service: ServiceIdentity, after time: Duration
    ) async throws -> OpenConnections?
}

package enum OpenConnections: Hashable, Sendable {
    /// At this moment.
    case now(Int)
    /// At most so many at once in the minute that ended then (seconds since 1970).
    case atMost(Int, minuteEnding: Int)
    /// Nothing is known yet of the time that was asked about; it may be in so many seconds.
    case notYet(seconds: Int)
}

extension OpenConnections {
    /// Of several revisions together: what is not known yet of one is not known of all.
    init(adding all: [OpenConnections]) {
        let waits = all.compactMap(\.secondsToWait)
        let sum = all.compactMap(\.count).reduce(0, +)
        if let longest = waits.max() {
            self = .notYet(seconds: longest)
        } else if let minute = all.compactMap(\.minuteEnding).min() {
            self = .atMost(sum, minuteEnding: minute)
        } else {
            self = .now(sum)
        }
    }

    /// Nil where it is not known yet.
    var count: Int? {
        switch self {
        case .now(let count), .atMost(let count, _): count
        case .notYet: nil
        }
    }

    var secondsToWait: Int? { if case .notYet(let seconds) = self { seconds } else { nil } }

    var isLate: Bool { minuteEnding != nil }

    private var minuteEnding: Int? { if case .atMost(_, let end) = self { end } else { nil } }
}
