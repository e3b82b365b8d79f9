import JSON

/// How far a build's log was read in Cloud Logging.
package struct BuildLogPosition: Hashable, Sendable {
    /// RFC 3339, of the last entry.
    var time: String?
    /// Entries of that time and before which were handed on: several share a time, and some come late.
    var seen: Set<String> = []

    package init() {}
}

/// Cloud Logging, as far as the log of a build goes: where its bucket may not be read.
struct BuildLogEntries: Sendable {
    var base: String
    var project: String
    var rest: RESTClient

    func lines(of build: String, after position: BuildLogPosition) async throws -> ([String], BuildLogPosition) {
        var position = position
        var lines: [String] = []
        var pageToken: String?
        for _ in 0..<10 {
            var body: JSONValue = [
                "resourceNames": [.string("projects/\(project)")],
                "filter": .string(Self.filter(build: build, since: position.time)), "orderBy": "timestamp asc",
                "pageSize": 1000,
            ]
            body["pageToken"] = pageToken.map(JSONValue.string)
            let page = try await rest.read("\(base)/v2/entries:list", method: "POST", body: body)
            for entry in page["entries"]?.array ?? [] {
                let time = entry["timestamp"]?.string ?? position.time ?? ""
                let key = entry["insertId"]?.string ?? "\(time) \(entry["textPayload"]?.string ?? "")"
                guard position.seen.insert(key).inserted else { continue }
                position.time = max(position.time ?? "", time)
                if let text = entry["textPayload"]?.string { lines.append(text) }
            }
            pageToken = page["nextPageToken"]?.string
            if (pageToken ?? "").isEmpty { break }
        }
        return (lines, position)
    }

    /// `since` is a time that an answer gave.
    static func filter(build: String, since: String?) -> String {
        var filter = "resource.type=\"build\" AND resource.labels.build_id=\(quoted(build))"
        if let since, !since.isEmpty { filter += " AND timestamp>=\(quoted(since))" }
        return filter
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
