import JSON
import Releases

/// Cloud Logging's `entries:list`.
struct LogEntries: Sendable {
    var base: String
    var rest: RESTClient

    /// The longest page that `entries.list` gives.
    private static let largestPage = 1000

    /// The newest `limit` lines, oldest first. Requests that were served are not lines.
    func lines(of revision: String, service: ServiceIdentity, limit: Int) async throws -> [LogLine] {
        try await entries(LogQuery(service: service, revision: revision, includesRequests: false, limit: limit)) {
            LogEntryDecoding.text($0) == nil ? nil : LogEntryDecoding.line($0)
        }
    }

    /// The entries that fit, oldest first.
    func entries(_ query: LogQuery) async throws -> [LogLine] {
        try await entries(query, LogEntryDecoding.line)
    }

    /// The newest `limit` lines that a filter selects, oldest first.
    func lines(_ filter: String, project: String, limit: Int) async throws -> [LogLine] {
        try await entries(filter, project: project, takes: .newest, limit: limit) {
            LogEntryDecoding.text($0) == nil ? nil : LogEntryDecoding.line($0)
        }
    }

    private func entries(_ query: LogQuery, _ read: (JSONValue) -> LogLine?) async throws -> [LogLine] {
        try await entries(
            LogEntriesFilter.text(query), project: query.service.project, takes: query.takes, limit: query.limit, read)
    }

    private func entries(
        _ filter: String, project: String, takes end: LogQuery.End, limit: Int, _ read: (JSONValue) -> LogLine?
    ) async throws -> [LogLine] {
        let limit = max(0, min(limit, Self.largestPage))
        var lines: [LogLine] = []
        var pageToken: String?
        // Entries without text can fill pages; a few pages back the lines are no longer the last ones.
        for _ in 0..<5 where lines.count < limit {
            let page = try await page(
                of: filter, project: project, order: end == .newest ? "timestamp desc" : "timestamp asc", size: limit,
                token: pageToken)
            lines += page["entries"]?.array?.compactMap(read) ?? []
            pageToken = page["nextPageToken"]?.string
            if (pageToken ?? "").isEmpty { break }
        }
        let taken = lines.prefix(limit)
        return end == .newest ? taken.reversed() : Array(taken)
    }

    /// Which revisions answered each of these traces, as far as the request log says by now.
    func revisions(
        answering traces: Set<String>, service: ServiceIdentity, since: String?
    ) async throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        let ordered = traces.sorted()
        for start in stride(from: 0, to: ordered.count, by: Self.tracesPerFilter) {
            let some = ordered[start..<min(start + Self.tracesPerFilter, ordered.count)]
            let filter = LogEntriesFilter.requests(of: some, service: service, since: since)
            var pageToken: String?
            for _ in 0..<5 {
                let page = try await page(
                    of: filter, project: service.project, order: "timestamp desc", size: Self.largestPage,
                    token: pageToken)
                for entry in page["entries"]?.array ?? [] {
                    guard let line = LogEntryDecoding.line(entry), let trace = line.trace, let revision = line.revision
                    else { continue }
                    found[trace, default: []].insert(revision)
                }
                pageToken = page["nextPageToken"]?.string
                if (pageToken ?? "").isEmpty { break }
            }
        }
        return found
    }

    /// A filter may have 20,000 characters (Cloud Logging's quotas); a term has fewer than 130, as a project id has at
    /// most 30.
    private static let tracesPerFilter = 100

    private func page(
        of filter: String, project: String, order: String, size: Int, token: String?
    ) async throws -> JSONValue {
        var body: JSONValue = [
            "resourceNames": [.string("projects/\(project)")], "filter": .string(filter),
            "orderBy": .string(order), "pageSize": .integer(Int64(size)),
        ]
        body["pageToken"] = token.map(JSONValue.string)
        return try await rest.read("\(base)/v2/entries:list", method: "POST", body: body)
    }
}
