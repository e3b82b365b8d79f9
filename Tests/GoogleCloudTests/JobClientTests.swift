import Configuration
import Discovery
import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// What the client of jobs asks, and what answers mean. Requests are held against Google's discovery document.
@Suite struct JobClientTests {
    private static let job = JobIdentity(project: "p", region: "us-central1", name: "migrate")
    private static let path = "/v2/projects/p/locations/us-central1/jobs/migrate"
    private static let execution = ExecutionIdentity(job: job, name: "migrate-abc")
    private static let template = JobTemplate(
        task: fullTemplate, taskCount: 3, parallelism: 2, maxRetries: 1, timeoutSeconds: 90)

    private static func document(
        generation: String = "2", key: String? = "k", failing message: String? = nil
    ) -> JSONValue {
        var document: JSONValue = [
            "name": .string(String(path.dropFirst(4))), "generation": .string(generation),
            "observedGeneration": .string(generation), "etag": "\"e\"", "labels": ["team": "a"],
            "terminalCondition": ["type": "Ready", "state": "CONDITION_SUCCEEDED"],
        ]
        if let key { document["annotations"] = [JobRun.keyAnnotation: .string(key), "owner": "b"] }
        if let message {
            document["terminalCondition"] = [
                "type": "Ready", "state": "CONDITION_FAILED", "message": .string(message),
            ]
        }
        return document
    }

    private static func executionDocument(_ fields: [String: JSONValue] = [:], key: String = "k") -> JSONValue {
        let variable: JSONValue = ["name": .string(JobRun.keyVariable), "value": .string(key)]
        var document: [String: JSONValue] = [
            "name": .string("projects/p/locations/us-central1/jobs/migrate/executions/migrate-abc"), "taskCount": 3,
            "createTime": "2026-11-26T10:00:00Z", "template": ["containers": [["env": [variable]]]],
            "logUri": "https://console.example/log",
        ]
        document.merge(fields) { $1 }
        return .object(document)
    }

    private static let missing = ScriptedCloud.Answer.json(404, statusError(404, "NOT_FOUND", "no"))

    /// Every request is one that Google's description of the API knows.
    private func expectDescribed(_ cloud: ScriptedCloud) {
        guard let api = DiscoveryDocument.run else {
            print("not compared with Google's description: set STAGECTL_DISCOVERY_DOCUMENTS to its folder")
            return
        }
        for (index, line) in cloud.asked.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            #expect(api.problems(method: words[0], target: words[1], body: cloud.body(index)) == [])
        }
    }

    @Test func `a job that is not there is created whole`() async throws {
        let cloud = ScriptedCloud([Self.missing, .json(200, operation()), .json(200, Self.document())])
        let made = try await cloud.client().put(Self.template, as: Self.job, key: "k", within: .seconds(5))
        #expect(made.generation == 2 && made.key == "k")
        #expect(
            cloud.asked == [
                "GET \(Self.path)", "POST /v2/projects/p/locations/us-central1/jobs?jobId=migrate", "GET \(Self.path)",
            ])
        let body = try #require(cloud.body(1))
        #expect(body["annotations"]?[JobRun.keyAnnotation] == "k")
        #expect(body["labels"] == ["stagectl-run": "r1"])
        let execution = body["template"]
        #expect(execution?["taskCount"] == 3 && execution?["parallelism"] == 2)
        #expect(execution?["labels"] == ["stagectl-run": "r1"], "executions are found by it")
        let task = execution?["template"]
        #expect(task?["maxRetries"] == 1 && task?["timeout"] == "90s")
        #expect(task?["serviceAccount"] == "run@p.iam.gserviceaccount.com")
        let container = task?["containers"]?[0]
        #expect(container?["image"] == "host/backend@sha256:1" && container?["args"] == ["--serve"])
        #expect(container?["resources"] == ["limits": ["cpu": "1", "memory": "512Mi"]])
        for name in ["ports", "startupProbe", "livenessProbe"] { #expect(container?[name] == nil, "\(name)") }
        expectDescribed(cloud)
    }

    @Test func `a job that is there is replaced as it was seen, and others' labels stay`() async throws {
        let cloud = ScriptedCloud([
            .json(200, Self.document(generation: "1", key: nil)), .json(200, operation()), .json(200, Self.document()),
        ])
        _ = try await cloud.client().put(Self.template, as: Self.job, key: "k", within: .seconds(5))
        #expect(cloud.asked[1] == "PATCH \(Self.path)")
        #expect(cloud.body(1)?["etag"] == "\"e\"")
        #expect(cloud.body(1)?["labels"] == ["team": "a", "stagectl-run": "r1"])
        expectDescribed(cloud)
    }

    @Test func `a job that Cloud Run cannot use says why`() async throws {
        let cloud = ScriptedCloud([
            Self.missing, .json(200, operation()), .json(200, Self.document(failing: "Image 'x' not found.")),
        ])
        let refusal = try await failure {
            _ = try await cloud.client().put(Self.template, as: Self.job, key: "k", within: .seconds(5))
        }
        #expect(refusal.category == .release && refusal.details == [.init("Cloud Run", "Image 'x' not found.")])
    }

    @Test func `somebody who replaces the job at the same time is a conflict`() async throws {
        let cloud = ScriptedCloud([Self.missing, .json(200, operation()), .json(200, Self.document(key: "other"))])
        let refusal = try await failure {
            _ = try await cloud.client().put(Self.template, as: Self.job, key: "k", within: .seconds(5))
        }
        #expect(refusal.category == .conflict)
    }

    @Test func `an execution carries its overrides and its key`() async throws {
        let cloud = ScriptedCloud([.json(200, operation(["metadata": Self.executionDocument()]))])
        let overrides = JobOverrides(
            container: "main", arguments: ["--dry-run"],
            environment: [
                .init(name: "A", value: .literal("1")), .init(name: "S", value: .secret(name: "s", version: "2")),
            ],
            taskCount: 5, timeoutSeconds: 60)
        #expect(try await cloud.client().run(Self.job, overrides: overrides, key: "k") == Self.execution)
        #expect(cloud.asked == ["POST \(Self.path):run"])
        #expect(
            cloud.body(0) == [
                "overrides": [
                    "containerOverrides": [
                        [
                            "name": "main", "args": ["--dry-run"],
                            "env": [
                                ["name": "A", "value": "1"],
                                ["name": "S", "valueSource": ["secretKeyRef": ["secret": "s", "version": "2"]]],
                                ["name": .string(JobRun.keyVariable), "value": "k"],
                            ],
                        ]
                    ], "taskCount": 5, "timeout": "60s",
                ]
            ])
        expectDescribed(cloud)
        let bare = ScriptedCloud([.json(200, operation(["metadata": Self.executionDocument()]))])
        _ = try await bare.client().run(Self.job, overrides: JobOverrides(arguments: []), key: "k")
        #expect(bare.body(0)?["overrides"]?["containerOverrides"]?[0]?["clearArgs"] == true)
        expectDescribed(bare)
    }

    @Test(arguments: [TransportError.connectionLost(reason: "reset"), .timedOut(sent: true)])
    func `a start whose answer is lost is looked for by its key, not sent again`(lost: TransportError) async throws {
        let other = Self.executionDocument(
            ["name": "projects/p/locations/us-central1/jobs/migrate/executions/migrate-old"], key: "older")
        let cloud = ScriptedCloud([
            .lost(lost), .json(200, ["executions": [other]]),
            .json(200, ["executions": [Self.executionDocument(), other]]),
        ])
        #expect(try await cloud.client().run(Self.job, overrides: .init(), key: "k") == Self.execution)
        #expect(cloud.asked.count { $0.hasPrefix("POST ") } == 1)
        expectDescribed(cloud)
    }

    @Test func `a change whose answer is lost is looked for by its key, not sent again`() async throws {
        let lost = ScriptedCloud.Answer.lost(.connectionLost(reason: "reset"))
        let taken = ScriptedCloud([
            Self.missing, lost, .json(200, Self.document()), .json(200, Self.document()),
        ])
        _ = try await taken.client().put(Self.template, as: Self.job, key: "k", within: .seconds(5))
        #expect(taken.asked.count { $0.hasPrefix("POST ") } == 1)
    }

    @Test func `what was not taken stays in doubt`() async throws {
        let cloud = Endless(first: [.json(503, [:])], then: .json(200, ["executions": []]))
        let refusal = try await failure { _ = try await cloud.client.run(Self.job, overrides: .init(), key: "k") }
        #expect(refusal.category == .unavailable && refusal.mayHaveHappened)
        #expect(cloud.methods.count { $0 == "POST" } == 1 && cloud.methods.count > 3, "\(cloud.methods)")
    }

    @Test func `what is refused is not looked for`() async throws {
        let cloud = ScriptedCloud([.json(403, statusError(403, "PERMISSION_DENIED", "no"))])
        let refusal = try await failure { _ = try await cloud.client().run(Self.job, overrides: .init(), key: "k") }
        #expect(refusal.category == .permission && cloud.asked.count == 1)
    }

    @Test(
        arguments: [
            ("CONDITION_SUCCEEDED", nil, ["succeededCount": 3], ExecutionObservation.State.succeeded),
            ("CONDITION_FAILED", "NON_ZERO_EXIT_CODE", ["succeededCount": 2, "failedCount": 1], .failed),
            ("CONDITION_FAILED", "CANCELLED", ["cancelledCount": 3], .cancelled),
            ("CONDITION_RECONCILING", "CANCELLING", ["runningCount": 3], .cancelling),
            ("CONDITION_RECONCILING", nil, ["runningCount": 3], .running),
        ] as [(String, String?, [String: JSONValue], ExecutionObservation.State)])
    func `an execution is read with its counts`(
        word: String, reason: String?, counts: [String: JSONValue], state: ExecutionObservation.State
    ) async throws {
        var condition: JSONValue = ["type": "Completed", "state": .string(word), "message": "m"]
        condition["executionReason"] = reason.map(JSONValue.string)
        let document = Self.executionDocument(
            counts.merging([
                "conditions": [["type": "Started"], condition], "startTime": "2026-11-26T10:00:01Z", "retriedCount": 1,
            ]) { $1 })
        let seen = try #require(JobDecoding.execution(document))
        #expect(seen.state == state && seen.key == "k" && seen.logURI == "https://console.example/log")
        #expect(seen.counts.total == 3 && seen.counts.retried == 1 && seen.message == "m")
        #expect(seen.counts.succeeded == counts["succeededCount"]?.integer.map { Int($0) } ?? 0)
        #expect(state.isEnd == !word.contains("RECONCILING"))
    }

    @Test func `an execution that has ended without a word is judged by its counts`() {
        func state(_ fields: [String: JSONValue]) -> ExecutionObservation.State? {
            JobDecoding.execution(
                Self.executionDocument(fields.merging(["completionTime": "2026-11-26T10:01:00Z"]) { $1 }))?.state
        }
        #expect(state(["succeededCount": 3]) == .succeeded)
        #expect(state(["succeededCount": 2]) == .failed, "a lost task is no success")
        #expect(state(["cancelledCount": 3]) == .cancelled)
        #expect(JobDecoding.execution(["name": "projects/p/locations/l/jobs/j/executions/"]) == nil)
    }

    @Test func `tasks come with their last exit code, from all pages`() async throws {
        func task(_ index: Int, _ state: String, _ last: JSONValue?) -> JSONValue {
            var task: JSONValue = [
                "name": .string("projects/p/locations/l/jobs/j/executions/e/tasks/e-task\(index)"),
                "conditions": [["type": "Completed", "state": .string(state)]],
            ]
            if index > 0 { task["index"] = .integer(Int64(index)) }
            task["lastAttemptResult"] = last
            return task
        }
        let cloud = ScriptedCloud([
            .json(
                200,
                [
                    "tasks": [
                        task(2, "CONDITION_FAILED", ["termSignal": 9, "status": ["code": 4, "message": "timeout"]]),
                        task(1, "CONDITION_FAILED", ["exitCode": 3]),
                    ], "nextPageToken": "t/2",
                ]),
            .json(200, ["tasks": [task(0, "CONDITION_SUCCEEDED", ["status": [:]])]]),
        ])
        let tasks = try await cloud.client().tasks(of: Self.execution)
        #expect(tasks.map(\.index) == [0, 1, 2])
        #expect(tasks.map(\.exitCode) == [0, 3, nil] && tasks.map(\.signal) == [nil, nil, 9])
        #expect(tasks[2].message == "timeout")
        #expect(cloud.asked.last?.hasSuffix("/executions/migrate-abc/tasks?pageSize=100&pageToken=t%2F2") == true)
        expectDescribed(cloud)
    }

    @Test func `waiting ends with the execution or with its deadline`() async throws {
        let running = Self.executionDocument([
            "startTime": "2026-11-26T10:00:01Z", "runningCount": 2, "succeededCount": 1,
        ])
        let cloud = ScriptedCloud([
            Self.missing, .json(200, running),
            .json(200, Self.executionDocument(["completionTime": "2026-11-26T10:01:00Z", "succeededCount": 3])),
        ])
        #expect(try await cloud.client().wait(for: Self.execution, within: .seconds(20)).state == .succeeded)

        let endless = Endless(first: [], then: .json(200, running))
        let late = try await failure { _ = try await endless.client.wait(for: Self.execution, within: .seconds(90)) }
        #expect(late.category == .deadline && late.summary == "execution `migrate-abc` did not end within 90 s")
        #expect(late.details.contains { $0.value == "1 of 3 succeeded, 2 running, 0 failed" })
        #expect(endless.methods.count < 40, "it is asked less often the longer it takes")

        let deleted = ScriptedCloud([.json(200, running), Self.missing])
        let gone = try await failure { _ = try await deleted.client().wait(for: Self.execution, within: .seconds(20)) }
        #expect(gone.category == .conflict)
    }

    @Test func `what has ended is not cancelled any more, and what is gone is deleted`() async throws {
        let refused = ScriptedCloud.Answer.json(400, statusError(400, "FAILED_PRECONDITION", "complete"))
        let ended = Self.executionDocument(["completionTime": "2026-11-26T10:01:00Z", "succeededCount": 3])
        let cloud = ScriptedCloud([refused, .json(200, ended)])
        try await cloud.client().cancel(Self.execution)
        #expect(cloud.asked[0] == "POST \(Self.path)/executions/migrate-abc:cancel")
        expectDescribed(cloud)
        let running = ScriptedCloud([refused, .json(200, Self.executionDocument())])
        #expect(try await failure { try await running.client().cancel(Self.execution) }.category == .release)

        let gone = ScriptedCloud([Self.missing, Self.missing])
        try await gone.client().delete(Self.job)
        try await gone.client().delete(Self.execution)
        #expect(gone.asked == ["DELETE \(Self.path)", "DELETE \(Self.path)/executions/migrate-abc"])
        expectDescribed(gone)
    }

    @Test func `a cancellation whose answer is lost is looked for`() async throws {
        let cancelling = Self.executionDocument([
            "conditions": [
                ["type": "Completed", "state": "CONDITION_RECONCILING", "executionReason": "CANCELLING"]
            ]
        ])
        let cloud = ScriptedCloud([.lost(.timedOut(sent: true)), .json(200, cancelling)])
        try await cloud.client().cancel(Self.execution)
        #expect(cloud.unusedAnswers == 0)
    }

    @Test func `names cannot lead to another path`() async throws {
        let cloud = ScriptedCloud([Self.missing])
        let odd = JobIdentity(project: "p/../q", region: "r?x", name: "a#b")
        #expect(try await cloud.client().execution(ExecutionIdentity(job: odd, name: "e/x")) == nil)
        #expect(
            cloud.asked == ["GET /v2/projects/p%2F..%2Fq/locations/r%3Fx/jobs/a%23b/executions/e%2Fx"])
    }

    @Test func `a task's lines are asked of its execution and index`() async throws {
        let cloud = ScriptedCloud([.json(200, ["entries": [["textPayload": "broken", "timestamp": "t"]]])])
        let lines = try await cloud.client().lines(ofTask: 2, in: Self.execution, limit: 5)
        #expect(lines.map(\.text) == ["broken"])
        let filter = cloud.body(0)?["filter"]?.string
        #expect(filter?.contains("labels.\"run.googleapis.com/execution_name\"=\"migrate-abc\"") == true)
        #expect(filter?.hasSuffix("labels.\"run.googleapis.com/task_index\"=\"2\"") == true)
    }
}

/// A few answers and then always the same one, in a time that passes only by waiting.
private final class Endless: Sendable {
    private let cloud: ScriptedCloud
    private let time = WaitlessTime()

    init(first: [ScriptedCloud.Answer], then last: ScriptedCloud.Answer) {
        cloud = ScriptedCloud(first + Array(repeating: last, count: 500))
    }

    var methods: [String] { cloud.requests.map(\.method) }

    var client: CloudRunClient {
        let rest = RESTClient(
            tokens: FixedToken(value: "secret"), retry: RetryPolicy(attempts: 1), limits: CallLimits(clock: time.clock)
        ) { [cloud] request throws(TransportError) in try cloud.send(request) }
        return CloudRunClient(
            endpoints: GoogleEndpoints(all: "https://cloud.example"),
            identities: IdentityTokens(base: "https://cloud.example", account: "ci@p.example", rest: rest), rest: rest)
    }
}
