/// A Cloud Run job: its project, region and name together.
package struct JobIdentity: Hashable, Codable, Sendable, CustomStringConvertible {
    package var project: String
    package var region: String
    package var name: String

    package init(project: String, region: String, name: String) {
        self.project = project
        self.region = region
        self.name = name
    }

    /// Cloud Run's own full name, as its API paths use it.
    package var description: String { "projects/\(project)/locations/\(region)/jobs/\(name)" }
}

/// One run of a job.
package struct ExecutionIdentity: Hashable, Codable, Sendable, CustomStringConvertible {
    package var job: JobIdentity
    package var name: String

    package init(job: JobIdentity, name: String) {
        self.job = job
        self.name = name
    }

    /// From Cloud Run's own full name; nil for what is not one.
    package init?(_ fullName: String) {
        let parts = fullName.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 8, parts[0] == "projects", parts[2] == "locations", parts[4] == "jobs",
            parts[6] == "executions", parts.allSatisfy({ !$0.isEmpty })
        else { return nil }
        self.init(job: JobIdentity(project: parts[1], region: parts[3], name: parts[5]), name: parts[7])
    }

    package var description: String { "\(job)/executions/\(name)" }
}
