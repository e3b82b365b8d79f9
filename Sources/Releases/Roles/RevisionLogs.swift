/// The log of a service, by revision, time, severity and trace.
///
/// Both functions throw ``Failure``.
package protocol RevisionLogs: Sendable {
    /// The entries that fit, oldest first.
    func entries(_ query: LogQuery) async throws -> [LogLine]

    /// Which revisions answered each of these traces, as far as the request log says by now: an entry shows some seconds
    /// after its request.
    ///
    /// - Parameter since: RFC 3339; nothing before it is looked through.
    func revisions(
        answering traces: Set<String>, of service: ServiceIdentity, since: String?
    ) async throws -> [String: Set<String>]
}

/// Which entries of a service's log are wanted.
package struct LogQuery: Hashable, Sendable {
    /// Where a query has more entries than its limit, those at one end of time are taken.
    package enum End: Hashable, Sendable {
        case newest, oldest
    }

    package var service: ServiceIdentity
    /// Nil for all.
    package var revision: String?
    /// RFC 3339.
    package var since: String?
    /// That and above.
    package var severity: LogSeverity?
    /// 32 hex digits.
    package var trace: String?
    package var includesRequests: Bool
    package var takes: End
    /// 1 to 1000.
    package var limit: Int

    package init(
        service: ServiceIdentity, revision: String? = nil, since: String? = nil, severity: LogSeverity? = nil,
        trace: String? = nil, includesRequests: Bool = true, takes: End = .newest, limit: Int = 100
    ) {
        self.service = service
        self.revision = revision
        self.since = since
        self.severity = severity
        self.trace = trace
        self.includesRequests = includesRequests
        self.takes = takes
        self.limit = limit
    }
}

/// Cloud Logging's `LogSeverity`, lowest first.
package enum LogSeverity: String, Codable, Hashable, Sendable, CaseIterable {
    case standard = "DEFAULT"
    case debug = "DEBUG"
    case info = "INFO"
    case notice = "NOTICE"
    case warning = "WARNING"
    case error = "ERROR"
    case critical = "CRITICAL"
    case alert = "ALERT"
    case emergency = "EMERGENCY"
}
