import JSON
import Releases
import Reporting

/// Lines of a log, for people and for programs.
enum LogLineText {
    /// Nothing that a container prints reaches the terminal as it is.
    ///
    /// - Parameter showsRevision: the lines of several revisions stand together.
    static func text(_ line: LogLine, showsRevision: Bool) -> String {
        let revision = showsRevision ? line.revision.map { "  " + SafeText.line($0) } ?? "" : ""
        let head = "\(SafeText.line(line.time))  \(SafeText.line(line.severity))\(revision)  "
        let words = SafeText.lines(line.request.map { request($0, line.text) } ?? line.text)
        return head + words.joined(separator: "\n    ")
    }

    /// `GET /path 200 in 3 ms`; a message of the platform's own stays behind it.
    private static func request(_ request: RequestLine, _ text: String) -> String {
        var words = "\(request.method) \(path(of: request.url))"
        if let status = request.status { words += " \(status)" }
        if let milliseconds = request.milliseconds { words += " in \(Seconds.milliseconds(milliseconds))" }
        return text.hasPrefix("\(request.method) \(request.url)") ? words : words + "\n" + text
    }

    private static func path(of url: String) -> Substring {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else { return url[...] }
        let path = url.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" }
        return path.isEmpty ? "/" : path
    }

    /// One object; its keys are always there.
    static func json(_ line: LogLine) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        return [
            "time": .string(line.time), "severity": .string(line.severity), "text": .string(line.text),
            "stream": text(line.stream), "revision": text(line.revision), "instance": text(line.instance),
            "trace": text(line.trace), "insertId": text(line.insertID),
            "request": line.request.map { request in
                [
                    "method": .string(request.method), "url": .string(request.url),
                    "status": request.status.map { .integer(Int64($0)) } ?? .null,
                    "milliseconds": request.milliseconds.map(JSONValue.number) ?? .null,
                ]
            } ?? .null,
        ]
    }
}
