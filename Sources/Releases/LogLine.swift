/// One entry of a revision's log.
package struct LogLine: Codable, Hashable, Sendable {
    /// RFC 3339.
    package var time: String
    /// A word of Cloud Logging's `LogSeverity`.
    package var severity: String
    package var text: String
    /// The other members of a structured entry, as `name=value`: loggers say there which port, host or file they mean.
    package var fields: String?
    /// `stdout`, `stderr`, `varlog/system`, `requests`, or the last part of another log's name; nil when it has none.
    package var stream: String?
    package var revision: String?
    package var instance: String?
    /// 32 hex digits, as in a `traceparent`.
    package var trace: String?
    /// Names the entry within its project and time: what is read twice is known by it.
    package var insertID: String?
    /// What was asked and answered, in an entry of the request log.
    package var request: RequestLine?

    package init(
        time: String, severity: String, text: String, fields: String? = nil, stream: String? = nil,
        revision: String? = nil,
        instance: String? = nil, trace: String? = nil, insertID: String? = nil, request: RequestLine? = nil
    ) {
        self.time = time
        self.severity = severity
        self.text = text
        self.fields = fields
        self.stream = stream
        self.revision = revision
        self.instance = instance
        self.trace = trace
        self.insertID = insertID
        self.request = request
    }
}

/// One request as the platform's request log has it.
package struct RequestLine: Codable, Hashable, Sendable {
    package var method: String
    package var url: String
    /// Nil when the log does not say.
    package var status: Int?
    package var milliseconds: Double?

    package init(method: String, url: String, status: Int?, milliseconds: Double?) {
        self.method = method
        self.url = url
        self.status = status
        self.milliseconds = milliseconds
    }
}
