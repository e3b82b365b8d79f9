import Releases

/// Filters of Cloud Logging (https://cloud.google.com/logging/docs/view/logging-query-language), built from values:
/// whatever a value holds, it stays inside its quotation marks.
enum LogEntriesFilter {
    /// What one query selects.
    static func text(_ query: LogQuery) -> String {
        var parts = resource(query.service)
        if let revision = query.revision { parts.append("resource.labels.revision_name=\(quoted(revision))") }
        if let since = query.since { parts.append("timestamp>=\(quoted(since))") }
        if let severity = query.severity { parts.append("severity>=\(severity.rawValue)") }
        if let trace = query.trace { parts.append("trace=\(quoted(name(ofTrace: trace, query.service)))") }
        // A health window alone makes hundreds of them: they would push the revision's own lines out of reach.
        if !query.includesRequests { parts.append("NOT logName=\(quoted(requestLog(query.service)))") }
        return parts.joined(separator: " AND ")
    }

    /// The requests of these traces, whichever revision of the service answered them.
    static func requests(of traces: some Sequence<String>, service: ServiceIdentity, since: String?) -> String {
        var parts = resource(service)
        parts.append("logName=\(quoted(requestLog(service)))")
        if let since { parts.append("timestamp>=\(quoted(since))") }
        let any = traces.map { "trace=\(quoted(name(ofTrace: $0, service)))" }
        parts.append("(" + any.joined(separator: " OR ") + ")")
        return parts.joined(separator: " AND ")
    }

    /// What one task of an execution wrote. Both are labels of the entry, whose keys have dots and a slash.
    static func task(_ index: Int, of execution: ExecutionIdentity) -> String {
        [
            "resource.type=\"cloud_run_job\"", "resource.labels.job_name=\(quoted(execution.job.name))",
            "resource.labels.location=\(quoted(execution.job.region))",
            "labels.\"run.googleapis.com/execution_name\"=\(quoted(execution.name))",
            "labels.\"run.googleapis.com/task_index\"=\(quoted(String(index)))",
        ].joined(separator: " AND ")
    }

    private static func resource(_ service: ServiceIdentity) -> [String] {
        [
            "resource.type=\"cloud_run_revision\"", "resource.labels.service_name=\(quoted(service.name))",
            "resource.labels.location=\(quoted(service.region))",
        ]
    }

    private static func requestLog(_ service: ServiceIdentity) -> String {
        "projects/\(service.project)/logs/run.googleapis.com%2Frequests"
    }

    private static func name(ofTrace trace: String, _ service: ServiceIdentity) -> String {
        "projects/\(service.project)/traces/\(trace)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            // A line break would end a comment or begin a new term.
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
