import JSON

/// One line of a revision's log.
struct LogEntry: Hashable, Sendable {
    enum Stream: String, Hashable, Sendable {
        case standardOutput = "stdout"
        case standardError = "stderr"
        /// What Cloud Run itself says of an instance.
        case system = "varlog/system"
        case requests
    }

    var id: Int64 = 0
    var time: Timestamp
    /// Full resource name.
    var service: String
    /// Id; nil for a request that reached no revision.
    var revision: String?
    var stream: Stream
    var severity: String
    /// `textPayload`, `jsonPayload` or `httpRequest`, as the stream and the line have it.
    var payload: JSONValue
    var instance: String?

    /// A line that the program wrote. A JSON object becomes a structured entry whose `severity` counts, as in Cloud
    /// Logging.
    static func output(
        _ line: String, isError: Bool, service: String, revision: String, instance: String, at time: Timestamp
    ) -> Self {
        var text = line
        if text.utf8.count > maximumBytes { text = String(decoding: text.utf8.prefix(maximumBytes), as: UTF8.self) }
        var severity = "DEFAULT"
        var payload: JSONValue = ["textPayload": .string(text)]
        if text.first == "{", let object = try? JSONValue(parsing: text), var members = object.object {
            if let named = members["severity"]?.string?.uppercased(), severities.contains(named) {
                severity = named
                members["severity"] = nil
            }
            payload = ["jsonPayload": .object(members)]
            // Special fields of structured logs, which become fields of the entry
            // (https://cloud.google.com/logging/docs/structured-logging).
            if let name = members["logging.googleapis.com/trace"]?.string, !name.isEmpty {
                members["logging.googleapis.com/trace"] = nil
                payload = ["jsonPayload": .object(members)]
                // Kept as the id alone, to which `resource` adds the project.
                payload["trace"] = name.split(separator: "/").last.map { .string(String($0)) }
            }
        }
        return Self(
            time: time, service: service, revision: revision, stream: isError ? .standardError : .standardOutput,
            severity: severity, payload: payload, instance: instance)
    }

    static func system(
        _ text: String, severity: String, service: String, revision: String, instance: String?, at time: Timestamp
    ) -> Self {
        Self(
            time: time, service: service, revision: revision, stream: .system, severity: severity,
            payload: ["textPayload": .string(text)], instance: instance)
    }

    static func request(_ record: RequestRecord, at time: Timestamp) -> Self {
        let severity = record.status >= 500 ? "ERROR" : record.status >= 400 ? "WARNING" : "INFO"
        // Latency with microseconds, without a formatter.
        let micros = record.milliseconds.isFinite ? Int64(max(0, min(record.milliseconds, 1e9)) * 1000) : 0
        let fraction = String(micros % 1_000_000)
        let latency = "\(micros / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction + "s"
        var request: [String: JSONValue] = [
            "requestMethod": .string(record.method), "requestUrl": .string(record.url),
            // int64, which is a string in JSON.
            "requestSize": .string(String(record.requestSize)), "responseSize": .string(String(record.responseSize)),
            "status": .integer(Int64(record.status)), "latency": .string(latency),
            "remoteIp": .string(record.remoteAddress), "protocol": .string(record.isHTTP2 ? "HTTP/2" : "HTTP/1.1"),
        ]
        request["userAgent"] = record.userAgent.map(JSONValue.string)
        request["referer"] = record.referer.map(JSONValue.string)
        var payload: [String: JSONValue] = ["httpRequest": .object(request)]
        payload["textPayload"] = record.message.map(JSONValue.string)
        if let trace = record.traceparent?.split(separator: "-"), trace.count >= 4 {
            payload["trace"] = .string(String(trace[1]))
            payload["spanId"] = .string(String(trace[2]))
            if trace[3] == "01" { payload["traceSampled"] = true }
        }
        return Self(
            time: time, service: record.service, revision: record.revision.map(shortName), stream: .requests,
            severity: severity, payload: .object(payload), instance: record.instance)
    }

    /// In the shape of Cloud Logging's `LogEntry`.
    var resource: JSONValue {
        guard let monitored = monitoredResource, let project = monitored["labels"]?["project_id"]?.string else {
            return .null
        }
        let log = stream.rawValue.split(separator: "/").joined(separator: "%2F")
        var members = payload.object ?? [:]
        if let trace = members["trace"]?.string { members["trace"] = .string("projects/\(project)/traces/\(trace)") }
        members["insertId"] = .string(String(id, radix: 16))
        members["logName"] = .string("projects/\(project)/logs/run.googleapis.com%2F\(log)")
        members["severity"] = .string(severity)
        members["timestamp"] = .string(time.text)
        members["receiveTimestamp"] = .string(time.text)
        if let instance {
            var labels = members["labels"]?.object ?? [:]
            labels["instanceId"] = .string(instance)
            members["labels"] = .object(labels)
        }
        members["resource"] = monitored
        return .object(members)
    }

    static let severities: [String] = [
        "DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY",
    ]
    private static let maximumBytes = 16_384
}
