import Releases

/// Paths of jobs, their executions and tasks.
extension CloudRunEndpoints {
    private func jobs(_ job: JobIdentity) -> String {
        "\(base)/v2/projects/\(job.project.percentEncoded)/locations/\(job.region.percentEncoded)/jobs"
    }

    func job(_ job: JobIdentity) -> String { "\(jobs(job))/\(job.name.percentEncoded)" }

    func create(_ job: JobIdentity) -> String { "\(jobs(job))?jobId=\(job.name.percentEncoded)" }

    func run(_ job: JobIdentity) -> String { "\(self.job(job)):run" }

    func execution(_ execution: ExecutionIdentity) -> String {
        "\(job(execution.job))/executions/\(execution.name.percentEncoded)"
    }

    func cancel(_ execution: ExecutionIdentity) -> String { "\(self.execution(execution)):cancel" }

    func executions(of job: JobIdentity, size: Int, pageToken: String?) -> String {
        "\(self.job(job))/executions?pageSize=\(size)\(Self.page(pageToken))"
    }

    func tasks(of execution: ExecutionIdentity, pageToken: String?) -> String {
        "\(self.execution(execution))/tasks?pageSize=100\(Self.page(pageToken))"
    }

    private static func page(_ token: String?) -> String { token.map { "&pageToken=\($0.percentEncoded)" } ?? "" }
}
