import JSON
package import Releases

extension CloudRunClient {
    package func run(_ job: JobIdentity, overrides: JobOverrides, key: String) async throws -> ExecutionIdentity {
        let look = { try await self.executions(of: job, limit: 100).first { $0.key == key }?.identity }
        return try await unlessDone(look) {
            if let execution = try await start(job, overrides: overrides, key: key) { return execution }
            guard let execution = try await look() else {
                throw Failure(
                    .unavailable, "job `\(job.name)` was started, and its execution cannot be found",
                    hint: "gcloud run jobs executions list --job \(job.name) --region \(job.region) "
                        + "--project \(job.project)", mayHaveHappened: true)
            }
            return execution
        }
    }

    /// Sent once; nil where the answer does not say which execution it is.
    func start(_ job: JobIdentity, overrides: JobOverrides, key: String) async throws -> ExecutionIdentity? {
        try await lifting("running job `\(job.name)`") {
            let answer = try await rest.write(
                "POST", endpoints.run(job), body: JobEncoding.run(overrides, key: key), quota: quota(job))
            _ = try operation(answer)
            let name = answer["metadata"]?["name"]?.string ?? answer["response"]?["name"]?.string
            return name.flatMap(ExecutionIdentity.init)
        }
    }

    package func execution(_ execution: ExecutionIdentity) async throws -> ExecutionObservation? {
        try await lifting("reading execution `\(execution.name)`") {
            guard let document = try await unlessMissing({ try await rest.read(endpoints.execution(execution)) })
            else { return nil }
            guard let observation = JobDecoding.execution(document) else {
                throw GoogleError.unreadable(what: "the execution", reason: "it has no name", isWrite: false)
            }
            return observation
        }
    }

    package func wait(
        for execution: ExecutionIdentity, within deadline: Duration
    ) async throws -> ExecutionObservation {
        let clock = rest.limits.clock
        let end = clock.now() + deadline
        // Five seconds are little to whoever waits for minutes, and 3000 reads in a minute are the API's quota.
        var pauses = Pauses(from: .milliseconds(100), upTo: .seconds(5))
        var last: ExecutionObservation?
        while true {
            if let now = try await self.execution(execution) {
                if now.state.isEnd { return now }
                last = now
            } else if last != nil {
                throw Failure(
                    .conflict, "execution `\(execution.name)` was deleted before it ended",
                    hint: Self.describing(execution, "list --job \(execution.job.name)"))
            }
            guard
                try await lifting(
                    "waiting for execution `\(execution.name)`",
                    {
                        try await pauses.pause(before: end, on: clock)
                    })
            else { throw Failure(execution, last, notEndedWithin: deadline) }
        }
    }

    package func cancel(_ execution: ExecutionIdentity) async throws {
        let look = { () async throws -> Bool? in
            guard let now = try await self.execution(execution) else { return true }
            return now.state.isEnd || now.state == .cancelling ? true : nil
        }
        _ = try await unlessDone(look) {
            try await stop(execution)
            return true
        }
    }

    /// Sent once. One that has ended is not stopped any more.
    func stop(_ execution: ExecutionIdentity) async throws {
        try await lifting("cancelling execution `\(execution.name)`") {
            do {
                _ = try operation(
                    try await rest.write("POST", endpoints.cancel(execution), body: [:], quota: quota(execution.job)))
            } catch GoogleError.status(let status)
                where status.httpStatus == 400 && status.status == "FAILED_PRECONDITION"
            {
                guard try await self.execution(execution)?.state.isEnd ?? true else {
                    throw GoogleError.status(status)
                }
            }
        }
    }

    package func delete(_ execution: ExecutionIdentity) async throws {
        _ = try await unlessDone({ try await self.execution(execution) == nil ? true : nil }) {
            try await remove(
                endpoints.execution(execution), "deleting execution `\(execution.name)`", of: execution.job)
            return true
        }
    }

    package func executions(of job: JobIdentity, limit: Int) async throws -> [ExecutionObservation] {
        try await lifting("listing the executions of `\(job.name)`") {
            let size = max(1, min(limit, 100))
            return Array(
                try await pages("executions", JobDecoding.execution, atMost: limit) {
                    endpoints.executions(of: job, size: size, pageToken: $0)
                }.prefix(limit))
        }
    }

    package func tasks(of execution: ExecutionIdentity) async throws -> [TaskObservation] {
        try await lifting("listing the tasks of `\(execution.name)`") {
            // A job has 10,000 tasks at most.
            try await pages("tasks", JobDecoding.task, atMost: 10_000) {
                endpoints.tasks(of: execution, pageToken: $0)
            }.sorted { $0.index < $1.index }
        }
    }

    package func lines(
        ofTask index: Int, in execution: ExecutionIdentity, limit: Int
    ) async throws -> [LogLine] {
        try await lifting("reading the log of `\(execution.name)`") {
            try await entries.lines(
                LogEntriesFilter.task(index, of: execution), project: execution.job.project, limit: limit)
        }
    }

    private func pages<Value>(
        _ member: String, _ decode: (JSONValue) -> Value?, atMost limit: Int, _ url: (String?) -> String
    ) async throws -> [Value] {
        var values: [Value] = []
        var token: String?
        // More pages than that are a server gone wrong.
        for _ in 0..<200 where values.count < limit {
            guard let page = try await unlessMissing({ try await rest.read(url(token)) }) else { break }
            values += page[member]?.array?.compactMap(decode) ?? []
            token = page["nextPageToken"]?.string
            if (token ?? "").isEmpty { break }
        }
        return values
    }

    fileprivate static func describing(_ execution: ExecutionIdentity, _ verb: String) -> String {
        "gcloud run jobs executions \(verb) --region \(execution.job.region) --project \(execution.job.project)"
    }
}

extension Failure {
    fileprivate init(
        _ execution: ExecutionIdentity, _ last: ExecutionObservation?, notEndedWithin deadline: Duration
    ) {
        var details: [Detail] = []
        if let counts = last?.counts {
            details.append(
                Detail(
                    "tasks",
                    "\(counts.succeeded) of \(counts.total) succeeded, \(counts.running) running, "
                        + "\(counts.failed) failed"))
        }
        if let uri = last?.logURI { details.append(Detail("log", uri)) }
        self.init(
            .deadline, "execution `\(execution.name)` did not end within \(deadline.components.seconds) s",
            details: details, hint: CloudRunClient.describing(execution, "describe \(execution.name)"))
    }
}
