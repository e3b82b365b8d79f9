import JSON

/// A job as this server keeps it.
struct JobRecord: Hashable, Codable, Sendable {
    var name: JobName
    var document: JSONValue
    var policy: JSONValue?

    var generation: Int64 { document["generation"]?.integer ?? 0 }
    var etag: String { document["etag"]?.string ?? "" }
    var template: JSONValue { document["template"] ?? [:] }

    /// Its reference to the execution that was created last, brought up to date.
    func following(_ execution: JSONValue) -> Self {
        let id = shortName(execution["name"]?.string ?? "")
        guard document["latestCreatedExecution"]?["name"]?.string == id else { return self }
        var result = self
        result.document["latestCreatedExecution"] = ExecutionDocument.reference(to: execution)
        return result
    }
}
