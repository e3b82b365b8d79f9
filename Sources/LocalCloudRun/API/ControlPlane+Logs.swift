import JSON

extension ControlPlane {
    /// Of Logging's own discovery document, as it is not part of Cloud Run's.
    private static let listing = FieldTable(
        parsing: """
            ListLogEntriesRequest filter:string orderBy:string pageSize:int32 pageToken:string projectIds:*string
              resourceNames:*string
            """, package: .logging)

    /// Cloud Logging's `entries:list`.
    func listLogEntries(_ request: APIRequest) throws -> JSONValue {
        let body = try Self.listing.decode(self.body(of: request), as: "ListLogEntriesRequest", at: "")
        let filter = try LogFilter(parsing: body["filter"]?.string ?? "")
        let newestFirst: Bool
        switch body["orderBy"]?.string ?? "" {
        case "", "timestamp", "timestamp asc": newestFirst = false
        case "timestamp desc": newestFirst = true
        case let other: throw APIError(.invalidArgument, "Invalid order_by: `\(other)`.")
        }
        let projects = (body["resourceNames"]?.array ?? []).compactMap(\.string)
        let size = body["pageSize"]?.integer ?? 50
        guard size >= 0, size <= 100_000 else { throw APIError(.invalidArgument, "Invalid page_size.") }
        var entries = try logs.entries(
            service: filter.required("resource.labels.service_name"),
            revision: filter.required("resource.labels.revision_name"),
            job: filter.required("resource.labels.job_name"),
            since: filter.since
        ).filter { entry in
            filter.matches(entry.resource)
                && (projects.isEmpty || projects.contains { entry.service.hasPrefix($0 + "/") })
        }.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
        if newestFirst { entries.reverse() }
        if let token = body["pageToken"]?.string, !token.isEmpty {
            guard let last = Int64(token), let index = entries.firstIndex(where: { $0.id == last }) else {
                throw APIError(.invalidArgument, "Invalid page token.")
            }
            entries.removeFirst(index + 1)
        }
        let page = entries.prefix(min(size == 0 ? 50 : Int(size), 1000))
        let hasMore = page.count < entries.count
        return list("entries", page.map(\.resource), hasMore ? page.last.map { String($0.id) } : nil)
    }
}
