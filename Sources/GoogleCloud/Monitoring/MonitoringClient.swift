import JSON
package import Releases
package import Transport

/// Cloud Monitoring's time series of Cloud Run revisions (`projects.timeSeries.list`), in whole minutes.
package struct MonitoringClient: Sendable {
    private let base: String
    private let rest: RESTClient

    /// One look, with its repetitions, while a release goes on.
    private static let patience = Duration.seconds(20)
    private static let largestPage = 1000

    package init(base: String, tokens: any AccessTokens, http: HTTPClient) {
        self.init(
            base: base,
            rest: RESTClient(
                tokens: tokens, retry: RetryPolicy(attempts: 3, deadline: Self.patience, readTimeout: .seconds(10)),
                limits: .process
            ) { request throws(TransportError) in try await http.send(request) })
    }

    init(base: String, rest: RESTClient) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.rest = rest
    }

    /// All series that fit. What the answer says to be incomplete is no answer.
    private func series(_ query: TimeSeriesQuery) async throws -> [JSONValue] {
        try await lifting("reading `\(query.metric)` of `\(query.service.name)`") {
            var found: [JSONValue] = []
            var token: String?
            repeat {
                let page = try await rest.read(
                    "\(base)/v3/projects/\(query.service.project.percentEncoded)/timeSeries?"
                        + query.text(pageSize: Self.largestPage, token: token))
                let isPartial = [page["executionErrors"], page["unreachable"]].contains { !($0?.array ?? []).isEmpty }
                guard !isPartial, let series = page.elements("timeSeries") else {
                    throw GoogleError.unreadable(
                        what: "the time series", reason: "they are not complete", isWrite: false)
                }
                found += series
                token = page["nextPageToken"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            } while token != nil && found.count < 10 * Self.largestPage
            return found
        }
    }
}

extension MonitoringClient: RequestCounts {
    package func requests(
        of revisions: [String], service: ServiceIdentity, from: Int, until: Int
    ) async throws -> [RequestMinute] {
        guard from < until else { return [] }
        let query = TimeSeriesQuery(
            metric: "run.googleapis.com/request_count", service: service, revisions: revisions, from: from,
            until: until,
            groups: ["resource.labels.revision_name", "metric.labels.response_code_class"])
        return TimeSeriesDecoding.requests(in: try await series(query)).filter { $0.start >= from && $0.start < until }
    }
}

extension MonitoringClient: ConnectionCount {
    /// The newest minute that began after that. Instances are summed by the most that each had at once: an upper bound
    /// of what was open, since they need not have had it at the same moment.
    package func openConnections(
        of revision: String, service: ServiceIdentity, after time: Duration
    ) async throws -> OpenConnections? {
        let now = WallClock.now()
        let first = (now - Int(time.components.seconds) + 59) / 60 * 60
        let last = CountingDelay.settled(at: now)
        guard last > first else { return .notYet(seconds: first + 60 + CountingDelay.seconds - now) }
        let query = TimeSeriesQuery(
            metric: "run.googleapis.com/container/max_request_concurrencies", service: service, revisions: [revision],
            from: last - 60, until: last, groups: ["resource.labels.revision_name"], label: ("state", "active"))
        guard let most = TimeSeriesDecoding.sum(in: try await series(query), minuteEnding: last) else { return nil }
        return .atMost(most, minuteEnding: last)
    }
}
