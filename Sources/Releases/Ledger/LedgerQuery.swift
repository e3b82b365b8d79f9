/// Which releases of an environment somebody asks for. Empty and nil mean: whichever.
package struct LedgerQuery: Hashable, Sendable {
    package var environment: String
    /// One service of a release must meet all of `services`, `regions` and `commit` by itself.
    package var services: [String]
    package var regions: [String]
    /// Of the release as a whole.
    package var outcomes: [ReleaseOutcome]
    /// The beginning of one, in lower-case hex digits.
    package var commit: String?
    /// The release began then or later. RFC 3339 in UTC without its `Z`, so that it sorts before every moment that it
    /// begins.
    package var since: String?
    /// The release began before then; as `since`.
    package var until: String?
    /// Only releases that come after this run in the list, which is newest first.
    package var after: String?
    package var limit: Int

    package init(
        environment: String, services: [String] = [], regions: [String] = [], outcomes: [ReleaseOutcome] = [],
        commit: String? = nil, since: String? = nil, until: String? = nil, after: String? = nil, limit: Int
    ) {
        self.environment = environment
        self.services = services
        self.regions = regions
        self.outcomes = outcomes
        self.commit = commit
        self.since = since
        self.until = until
        self.after = after
        self.limit = limit
    }

    /// Whether a release is one of those; its place in the list is not looked at.
    package func matches(_ release: ReleaseDocument) -> Bool {
        guard release.environment == environment, outcomes.isEmpty || outcomes.contains(release.outcome),
            isInTime(release.started)
        else { return false }
        if services.isEmpty, regions.isEmpty, commit == nil { return true }
        return release.services.contains { result in
            (services.isEmpty || services.contains(result.service))
                && (regions.isEmpty || regions.contains(result.region))
                && (commit.map { result.commit?.hasPrefix($0) == true } ?? true)
        }
    }

    /// - Parameter started: RFC 3339 in UTC.
    package func isInTime(_ started: String) -> Bool {
        (since.map { started >= $0 } ?? true) && (until.map { started < $0 } ?? true)
    }
}
