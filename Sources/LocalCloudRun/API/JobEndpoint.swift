/// The part of the API that is about jobs.
enum JobEndpoint: Hashable, Sendable {
    case create(Location)
    case list(Location)
    case get(JobName)
    case patch(JobName)
    case delete(JobName)
    case run(JobName)
    /// The job's id may be `-`.
    case listExecutions(JobName)
    case getExecution(JobName, String)
    case deleteExecution(JobName, String)
    case cancelExecution(JobName, String)
    /// Both ids may be `-`.
    case listTasks(JobName, execution: String)
    case getTask(JobName, execution: String, String)

    /// `rest` begins with `jobs`.
    init?(method: String, rest: [String], verb: String?, parent: Location) {
        let job = parent.job(rest.count > 1 ? rest[1] : "")
        guard rest.count < 3 || rest[2] == "executions", rest.count < 5 || rest[4] == "tasks" else { return nil }
        switch (method, rest.count, verb) {
        case ("POST", 1, nil): self = .create(parent)
        case ("GET", 1, nil): self = .list(parent)
        case ("GET", 2, nil): self = .get(job)
        case ("PATCH", 2, nil): self = .patch(job)
        case ("DELETE", 2, nil): self = .delete(job)
        case ("POST", 2, "run"): self = .run(job)
        case ("GET", 3, nil): self = .listExecutions(job)
        case ("GET", 4, nil): self = .getExecution(job, rest[3])
        case ("DELETE", 4, nil): self = .deleteExecution(job, rest[3])
        case ("POST", 4, "cancel"): self = .cancelExecution(job, rest[3])
        case ("GET", 5, nil): self = .listTasks(job, execution: rest[3])
        case ("GET", 6, nil): self = .getTask(job, execution: rest[3], rest[5])
        default: return nil
        }
    }
}
