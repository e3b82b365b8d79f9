import JSON
import Synchronization
import Testing

@testable import LocalCloudRun

/// What the API promises of jobs, executions and tasks, whichever way it is reached.
@Suite struct JobContractTests {
    private static func job(
        _ variables: [String: String] = [:], count: Int64 = 1, parallelism: Int64 = 0, retries: Int64 = 0,
        timeout: String = "20s"
    ) -> JSONValue {
        let environment = variables.sorted { $0.key < $1.key }.map { name, value -> JSONValue in
            ["name": .string(name), "value": .string(value)]
        }
        let container: JSONValue = ["image": "repo/job:1", "env": .array(environment)]
        return [
            "template": [
                "taskCount": .integer(count), "parallelism": .integer(parallelism),
                "template": [
                    "containers": [container], "maxRetries": .integer(retries), "timeout": .string(timeout),
                ],
            ]
        ]
    }

    @Test(arguments: Way.allCases)
    func `a job lives from its creation to its deletion`(way: Way) async throws {
        try await APICaller.run(way) { api in
            let dry = try await api.call("POST", "jobs", Self.job(), query: ["jobId": "life", "validateOnly": "true"])
            #expect(dry.body["done"] == true)
            try await api.refuse("GET", "jobs/life", status: 404, code: "NOT_FOUND", text: "of kind 'JOB'")
            try await api.finish("POST", "jobs", Self.job(), query: ["jobId": "life"])
            var job = try await api.call("GET", "jobs/life").body
            #expect(job["generation"] == "1")
            #expect(job["terminalCondition"]?["state"] == "CONDITION_SUCCEEDED")
            #expect(job["template"]?["template"]?["executionEnvironment"] == "EXECUTION_ENVIRONMENT_GEN2")
            try await api.refuse(
                "POST", "jobs", Self.job(), query: ["jobId": "life"], status: 409, code: "ALREADY_EXISTS")
            job["labels"] = ["team": "a"]
            let patched = try await api.finish("PATCH", "jobs/life", job)
            #expect(patched["response"]?["generation"] == "2")
            try await api.refuse("PATCH", "jobs/life", job, status: 409, code: "ABORTED")
            try await api.finish("PATCH", "jobs/other", Self.job(), query: ["allowMissing": "true"])
            let page = try await api.call("GET", "jobs", query: ["pageSize": "1"]).body
            #expect(page["jobs"]?[0]?["name"]?.string?.hasSuffix("/jobs/life") == true)
            #expect(page["nextPageToken"] != nil)
            let policy: JSONValue = ["bindings": [["role": "roles/run.invoker", "members": ["allUsers"]]]]
            try await api.call("POST", "jobs/life:setIamPolicy", ["policy": policy])
            let kept = try await api.call("GET", "jobs/life:getIamPolicy").body
            #expect(kept["bindings"] == policy["bindings"])
            let granted = try await api.call("POST", "jobs/life:testIamPermissions", ["permissions": ["run.jobs.run"]])
            #expect(granted.body["permissions"] == ["run.jobs.run"])
            try await api.finish("DELETE", "jobs/life")
            try await api.refuse("GET", "jobs/life", status: 404, code: "NOT_FOUND")
        }
    }

    @Test(arguments: Way.allCases)
    func `every task gets its variables and no port`(way: Way) async throws {
        try await APICaller.run(way) { api in
            try await api.finish(
                "POST", "jobs", Self.job(["A": "1"], count: 5, parallelism: 2), query: ["jobId": "many"])
            let done = try await api.finish("POST", "jobs/many:run", [:])
            let execution = try #require(done["response"])
            #expect(execution["succeededCount"] == 5)
            #expect(execution["runningCount"] == nil)
            let name = try #require(execution["name"]?.string)
            #expect(
                try await api.call("GET", "/v2/\(name)").body
                    == .object((execution.object ?? [:]).filter { $0.key != "@type" }))
            let tasks = try await api.call("GET", "/v2/\(name)/tasks").body["tasks"]?.array ?? []
            #expect(tasks.map { $0["index"]?.integer ?? 0 } == [0, 1, 2, 3, 4])
            let started = api.runtime.started.filter { $0.service == "many" }
            #expect(Set(started.compactMap { $0.environment["CLOUD_RUN_TASK_INDEX"] }) == ["0", "1", "2", "3", "4"])
            #expect(started.allSatisfy { $0.environment["CLOUD_RUN_TASK_COUNT"] == "5" && !$0.listens })
            #expect(started.allSatisfy { $0.environment["CLOUD_RUN_EXECUTION"] == shortName(name) })
            #expect(started.allSatisfy { $0.environment["PORT"] == nil && $0.environment["A"] == "1" })
            #expect(api.runtime.mostTasksAtOnce <= 2)
        }
    }

    @Test(arguments: Way.allCases)
    func `a task that fails is retried, then fails the execution`(way: Way) async throws {
        try await APICaller.run(way) { api in
            try await api.finish("POST", "jobs", Self.job(["EXIT": "3"], retries: 2), query: ["jobId": "bad"])
            let done = try await api.finish("POST", "jobs/bad:run", [:])
            #expect(done["error"]?["message"]?.string?.contains("failed with message: The container exited") == true)
            let name = try #require(done["metadata"]?["name"]?.string)
            let execution = try await api.call("GET", "/v2/\(name)").body
            let completed = execution["conditions"]?.array?.first { $0["type"] == "Completed" }
            #expect(completed?["executionReason"] == "NON_ZERO_EXIT_CODE")
            #expect(execution["failedCount"] == 1)
            #expect(execution["retriedCount"] == 1)
            let task = try await api.call("GET", "/v2/\(name)/tasks/\(shortName(name))-task0").body
            #expect(task["retried"] == 2)
            #expect(task["lastAttemptResult"]?["exitCode"] == 3)
            let attempts = api.runtime.started.compactMap { $0.environment["CLOUD_RUN_TASK_ATTEMPT"] }
            #expect(attempts == ["0", "1", "2"])
            let status = try await api.call("GET", "jobs/bad").body["latestCreatedExecution"]?["completionStatus"]
            #expect(status == "EXECUTION_FAILED")
        }
    }

    @Test(arguments: Way.allCases)
    func `a running execution is cancelled and deleted`(way: Way) async throws {
        try await APICaller.run(way) { api in
            try await api.finish(
                "POST", "jobs", Self.job(["BEHAVIOUR": "hang"], count: 3, parallelism: 2), query: ["jobId": "long"])
            let run = try await api.call("POST", "jobs/long:run", [:]).body
            let name = try #require(run["metadata"]?["name"]?.string)
            let isRunning = await poll(until: .now + .seconds(20)) { () -> Bool? in
                let execution = try? await api.call("GET", "/v2/\(name)").body
                return execution?["runningCount"] == 2 ? true : nil
            }
            #expect(isRunning == true)
            let cancelled = try await api.finish("POST", "/v2/\(name):cancel", [:])
            #expect(cancelled["response"]?["cancelledCount"] == 3)
            let completed = cancelled["response"]?["conditions"]?.array?.first { $0["type"] == "Completed" }
            #expect(completed?["executionReason"] == "CANCELLED")
            let operation = try #require(run["name"]?.string)
            let ended = try await api.call("POST", "/v2/\(operation):wait", [:]).body
            #expect(ended["done"] == true)
            #expect(ended["error"] == nil)
            try await api.refuse("POST", "/v2/\(name):cancel", [:], status: 400, code: "FAILED_PRECONDITION")
            let list = try await api.call("GET", "jobs/-/executions").body
            #expect(list["executions"]?.array?.count == 1)
            try await api.finish("DELETE", "/v2/\(name)")
            try await api.refuse("GET", "/v2/\(name)", status: 404, code: "NOT_FOUND", text: "of kind 'EXECUTION'")
        }
    }

    private static func mounting(_ volume: JSONValue) -> JSONValue {
        var job = Self.job()
        let container: JSONValue = [
            "image": "repo/job:1", "volumeMounts": [["name": "scratch", "mountPath": "/scratch"]],
        ]
        var named = volume
        named["name"] = "scratch"
        job["template"] = ["template": ["containers": [container], "volumes": [named], "maxRetries": 0]]
        return job
    }

    @Test(arguments: Way.allCases)
    func `a job whose volume only the cloud has is not ready`(way: Way) async throws {
        try await APICaller.run(way) { api in
            let created = try await api.finish(
                "POST", "jobs", Self.mounting(["gcs": ["bucket": "b"]]), query: ["jobId": "mounting"])
            #expect(created["error"]?["message"]?.string?.contains("Volume 'scratch' is not available") == true)
            let ready = try await api.call("GET", "jobs/mounting").body["terminalCondition"]
            #expect(ready?["state"] == "CONDITION_FAILED")
            let done = try await api.finish("POST", "jobs/mounting:run", [:])
            #expect(done["error"]?["message"]?.string?.contains("Volume 'scratch' is not available") == true)
            #expect(api.runtime.started.isEmpty, "without its volume it would write elsewhere")
        }
    }

    @Test func `a runtime without volumes runs no task that wants one`() async throws {
        try await APICaller.run(.router) { api in
            try await api.finish("POST", "jobs", Self.mounting(["emptyDir": [:]]), query: ["jobId": "mounting"])
            let done = try await api.finish("POST", "jobs/mounting:run", [:])
            #expect(done["error"]?["message"]?.string?.contains("has no volumes") == true)
            #expect(api.runtime.started.isEmpty)
        }
    }

    @Test func `a task gets its volume`() async throws {
        try await APICaller.run(.router) { api in
            let folder: JSONValue = ["nfs": ["server": "localhost", "path": "/srv/data", "readOnly": true]]
            try await api.finish("POST", "jobs", Self.mounting(folder), query: ["jobId": "mounting"])
            let done = try await api.finish("POST", "jobs/mounting:run", [:])
            #expect(done["error"] == nil)
            let mount = VolumeMount(source: .folder("/srv/data"), path: "/scratch", subPath: nil, isReadOnly: true)
            #expect(api.runtime.started.map(\.mounts) == [[mount]])
        }
    }

    @Test func `a task starts in its working directory`() async throws {
        try await APICaller.run(.router) { api in
            var job = Self.job()
            job["template"] = ["template": ["containers": [["image": "repo/job:1", "workingDir": "/data"]]]]
            try await api.finish("POST", "jobs", job, query: ["jobId": "placed"])
            try await api.finish("POST", "jobs/placed:run", [:])
            #expect(api.runtime.started.map(\.workingDirectory) == ["/data"])
        }
    }

    @Test func `a task that takes too long is stopped`() async throws {
        try await APICaller.run(.router) { api in
            try await api.finish(
                "POST", "jobs", Self.job(["BEHAVIOUR": "hang"], timeout: "1s"), query: ["jobId": "slow"])
            let done = try await api.finish("POST", "jobs/slow:run", [:])
            #expect(done["error"]?["message"]?.string?.contains("The configured timeout was reached.") == true)
        }
    }

    @Test func `an execution that was under way goes on after a restart`() async throws {
        let folder = Platform.temporaryFolder()
        let operation = Mutex("")
        try await Platform.run(folder: folder) { platform in
            _ = try await platform.finish(
                "POST", "jobs", Self.job(["BEHAVIOUR": "hang"], count: 2), query: ["jobId": "restarted"])
            let run = await platform.call("POST", "jobs/restarted:run", [:]).body
            let execution = try #require(run["metadata"]?["name"]?.string)
            _ = await poll(until: .now + .seconds(20)) { () -> Bool? in
                await platform.call("GET", "/v2/\(execution)").body["runningCount"] == 2 ? true : nil
            }
            let name = try #require(run["name"]?.string)
            operation.withLock { $0 = name }
        }
        try await Platform.run(folder: folder, runtime: FakeRuntime(hangs: false)) { platform in
            let name = operation.withLock { $0 }
            let done = await platform.call("POST", "/v2/\(name):wait", ["timeout": "20s"]).body
            #expect(done["response"]?["succeededCount"] == 2, "\(done.serialized())")
        }
    }
}
