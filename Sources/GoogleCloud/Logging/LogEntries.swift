import JSON
import Releases

/// Cloud Logging, as far as a revision's own lines go.
struct LogEntries: Sendable {
    var base: String
    var rest: RESTClient

    /// The newest `limit` lines, oldest first. Requests that were served are not lines.
    func lines(of revision: String, service: ServiceIdentity, limit: Int) async throws -> [LogLine] {
        let limit = max(0, min(limit, 1000))
        var lines: [LogLine] = []
        var pageToken: String?
        // Entries of requests can fill pages; a few pages back the lines are no longer the last ones.
        for _ in 0..<5 where lines.count < limit {
            var body: JSONValue = [
                "resourceNames": [.string("projects/\(service.project)")],
                "filter": .string(Self.filter(revision: revision, service: service)),
                "orderBy": "timestamp desc",
                "pageSize": .integer(Int64(limit)),
            ]
            body["pageToken"] = pageToken.map(JSONValue.string)
            let page = try await rest.read("\(base)/v2/entries:list", method: "POST", body: body)
            lines += page["entries"]?.array?.compactMap(Self.line) ?? []
            pageToken = page["nextPageToken"]?.string
            if (pageToken ?? "").isEmpty { break }
        }
        return lines.prefix(limit).reversed()
    }

    static func filter(revision: String, service: ServiceIdentity) -> String {
        [
            "resource.type=\"cloud_run_revision\"",
            "resource.labels.service_name=\(quoted(service.name))",
            "resource.labels.revision_name=\(quoted(revision))",
            "resource.labels.location=\(quoted(service.region))",
            // A health window alone makes hundreds of them: they would push the revision's own lines out of reach.
            "NOT logName=\(quoted("projects/\(service.project)/logs/run.googleapis.com%2Frequests"))",
        ].joined(separator: " AND ")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static let longestLine = 16_384

    private static func line(_ entry: JSONValue) -> LogLine? {
        let payload = entry["jsonPayload"]
        let text =
            entry["textPayload"]?.string ?? payload?["message"]?.string ?? payload?["msg"]?.string
            ?? payload?.serialized() ?? entry["protoPayload"]?["status"]?["message"]?.string
        guard let text else { return nil }
        return LogLine(
            time: entry["timestamp"]?.string ?? entry["receiveTimestamp"]?.string ?? "",
            severity: entry["severity"]?.string ?? "DEFAULT", text: String(text.prefix(longestLine)))
    }
}
