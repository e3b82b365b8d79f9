import JSON
import Releases

/// Cloud Logging's `LogEntry` as a line.
enum LogEntryDecoding {
    private static let longestLine = 16_384

    /// Nil for an entry without any text; a request has the text that people read.
    static func line(_ entry: JSONValue) -> LogLine? {
        let request = entry["httpRequest"].flatMap(Self.request)
        let own = text(entry)
        guard let text = own ?? request.map(words) else { return nil }
        let labels = entry["resource"]?["labels"]
        return LogLine(
            time: entry["timestamp"]?.string ?? entry["receiveTimestamp"]?.string ?? "",
            severity: entry["severity"]?.string ?? "DEFAULT", text: String(text.prefix(longestLine)),
            fields: entry["jsonPayload"].flatMap(fields), stream: entry["logName"]?.string.flatMap(stream),
            revision: labels?["revision_name"]?.string,
            instance: entry["labels"]?["instanceId"]?.string, trace: entry["trace"]?.string.flatMap(trace),
            insertID: entry["insertId"]?.string, request: request)
    }

    /// What the program or the platform said, without the request that it belongs to.
    static func text(_ entry: JSONValue) -> String? {
        let payload = entry["jsonPayload"]
        let message =
            ["message", "msg", "error", "err"].lazy.compactMap { payload?[$0]?.string }.first { !$0.isEmpty }
        let trace = ["stack_trace", "stack", "exception", "traceback"].lazy.compactMap { payload?[$0]?.string }.first
        let structured = message.map { message in
            // Structured loggers keep the trace apart from the message that it begins with.
            trace.map { $0.contains(message) ? $0 : message + "\n" + $0 } ?? message
        }
        return entry["textPayload"]?.string ?? structured ?? trace ?? payload?.serialized()
            ?? entry["protoPayload"]?["status"]?["message"]?.string
    }

    /// What a structured entry holds beside its text and what every entry has.
    private static func fields(_ payload: JSONValue) -> String? {
        let others = (payload.object ?? [:]).filter { !known.contains($0.key) && !$0.key.contains("googleapis.com") }
        guard !others.isEmpty, payload["message"] ?? payload["msg"] ?? payload["error"] ?? payload["err"] != nil else {
            return nil
        }
        let words = others.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.string ?? $0.value.serialized())" }
        return String(words.joined(separator: " ").prefix(longestFields))
    }

    private static let longestFields = 400
    /// Text and trace are told as such; time, level and who logged it explain nothing.
    private static let known: Set<String> = [
        "message", "msg", "stack_trace", "stack", "exception", "traceback", "severity", "level", "levelname",
        "level_value", "time", "timestamp", "ts", "@timestamp", "@version", "logger", "logger_name", "name", "thread",
        "thread_name", "threadName", "pid", "hostname", "target", "caller", "v",
    ]

    private static func request(_ value: JSONValue) -> RequestLine? {
        guard let url = value["requestUrl"]?.string else { return nil }
        // A duration in JSON is seconds with an `s` (protobuf's JSON mapping).
        let latency = value["latency"]?.string.flatMap { $0.hasSuffix("s") ? Double($0.dropLast()) : nil }
        return RequestLine(
            method: value["requestMethod"]?.string ?? "GET", url: url,
            status: value["status"]?.integer.flatMap { Int(exactly: $0) },
            milliseconds: latency.flatMap { $0.isFinite ? $0 * 1000 : nil })
    }

    private static func words(_ request: RequestLine) -> String {
        var text = "\(request.method) \(request.url)"
        if let status = request.status { text += " \(status)" }
        if let milliseconds = request.milliseconds {
            let tenths = (min(milliseconds, 1e12) * 10).rounded() / 10
            text += " \(tenths) ms"
        }
        return text
    }

    /// `run.googleapis.com%2Fstderr` and `run.googleapis.com%2Fvarlog%2Fsystem` by their last parts.
    private static func stream(_ logName: String) -> String? {
        guard let name = logName.split(separator: "/").last else { return nil }
        let parts = name.replacing("%2F", with: "/").replacing("%2f", with: "/")
        return parts.hasPrefix("run.googleapis.com/") ? String(parts.dropFirst(19)) : String(parts)
    }

    private static func trace(_ name: String) -> String? {
        name.split(separator: "/").last.map(String.init)
    }
}
