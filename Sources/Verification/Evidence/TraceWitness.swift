/// Asks the request log who answered, and waits for what it does not show yet.
package struct TraceWitness: Sendable {
    private let log: any RequestLog
    private let clock: any VerificationClock

    /// Cloud Logging shows most entries within seconds; 20 seconds in all is what a gate waits for proof.
    private static let pauses: [Duration] = [200, 400, 800, 1600, 2000, 3000, 4000, 4000, 4000].map {
        .milliseconds($0)
    }
    /// Once some entries are there, the rest of the same minute's is not far behind.
    private static let patience = 3

    package init(log: any RequestLog, clock: any VerificationClock = ContinuousVerificationClock()) {
        self.log = log
        self.clock = clock
    }

    /// What the log says about some traces.
    package struct Testimony: Hashable, Sendable {
        package var revisions: [String: Set<String>]
        /// Why the log could not be read.
        package var problem: String?

        package init(revisions: [String: Set<String>] = [:], problem: String? = nil) {
            self.revisions = revisions
            self.problem = problem
        }
    }

    /// One question for all traces, repeated until each is answered or waiting has no sense any more.
    package func testimony(on traces: Set<String>) async -> Testimony {
        var testimony = Testimony()
        guard !traces.isEmpty else { return testimony }
        var looksWithoutNews = 0
        for pause in Self.pauses + [.zero] {
            do {
                let missing = traces.subtracting(testimony.revisions.keys)
                let found = try await log.revisions(answering: missing)
                testimony.problem = nil
                testimony.revisions.merge(found) { $0.union($1) }
                looksWithoutNews = found.isEmpty ? looksWithoutNews + 1 : 0
            } catch let problem as RequestLogProblem {
                testimony.problem = problem.reason
                return testimony
            } catch {
                return testimony
            }
            let isComplete = traces.isSubset(of: testimony.revisions.keys)
            if isComplete || !testimony.revisions.isEmpty && looksWithoutNews >= Self.patience { break }
            guard pause > .zero, (try? await clock.sleep(for: pause)) != nil else { break }
        }
        return testimony
    }
}

/// Pure: what the log's word about one answer means.
package enum LogIdentity: Hashable, Sendable {
    /// The wanted revision answered.
    case confirmed
    /// This one did.
    case other(String)
    /// The log does not say.
    case unknown

    package init(_ revisions: Set<String>?, expected: String) {
        guard let revisions, !revisions.isEmpty else {
            self = .unknown
            return
        }
        let others = revisions.subtracting([expected])
        self = others.min().map(LogIdentity.other) ?? .confirmed
    }

    static func problem(_ other: String, expected: String) -> String {
        "by the request log revision `\(other)` answered, wanted `\(expected)`"
    }
}
