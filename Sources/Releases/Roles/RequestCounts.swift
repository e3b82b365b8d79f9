/// What the platform has counted of a revision, minute by minute, some minutes late.
package protocol RequestCounts: Sendable {
    /// Of whole minutes from `from` until `until` (seconds since 1970, both multiples of 60, `until` not included). A
    /// minute that is missing is one of which nothing is known: nobody may take it for a minute without requests.
    func requests(
        of revisions: [String], service: ServiceIdentity, from: Int, until: Int
    ) async throws -> [RequestMinute]
}

package struct RequestMinute: Hashable, Sendable {
    package var revision: String
    /// Seconds since 1970, when the minute begins.
    package var start: Int
    package var requests: Int
    /// Those that were answered with a 5xx.
    package var failed: Int

    package init(revision: String, start: Int, requests: Int, failed: Int) {
        self.revision = revision
        self.start = start
        self.requests = requests
        self.failed = failed
    }
}

/// How late a platform's counts are.
package enum CountingDelay {
    /// Cloud Run's metrics are sampled every 60 s and become visible up to 180 s later
    /// (cloud.google.com/monitoring/api/metrics_gcp, run.googleapis.com); a minute more is for clocks.
    package static let seconds = 240
    /// So long a step must last that at least one whole minute of it is known by its end: it begins up to a minute after
    /// the step.
    package static let shortestStep = seconds + 2 * 60

    /// The first moment whose minute may still change, a multiple of 60.
    package static func settled(at now: Int) -> Int { (now - seconds) / 60 * 60 }
}
