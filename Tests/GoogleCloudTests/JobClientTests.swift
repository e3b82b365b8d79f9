import Configuration
import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// What the client of jobs asks, and what answers mean. Requests are held against Google's discovery document.
@Suite struct JobClientTests {
    @Test func `a job that is not there is created whole`() async throws {
        let cloud = ScriptedCloud([JobFixture.missing, .json(200, operation()), .json(200, JobFixture.document())])
        let made = try await cloud.client().put(JobFixture.template, as: JobFixture.job, key: "k", within: .seconds(5))
        #expect(made.generation == 2 && made.key == "k")
        #expect(
            cloud.asked == [
                "GET \(JobFixture.path)", "POST /v2/projects/p/locations/us-central1/jobs?jobId=migrate",
                "GET \(JobFixture.path)",
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
        JobFixture.expectDescribed(cloud)
    }

    @Test func `a job that is there is replaced as it was seen, and others' labels stay`() async throws {
        let cloud = ScriptedCloud([
            .json(200, JobFixture.document(generation: "1", key: nil)), .json(200, operation()),
            .json(200, JobFixture.document()),
        ])
        _ = try await cloud.client().put(JobFixture.template, as: JobFixture.job, key: "k", within: .seconds(5))
        #expect(cloud.asked[1] == "PATCH \(JobFixture.path)")
        #expect(cloud.body(1)?["etag"] == "\"e\"")
        #expect(cloud.body(1)?["labels"] == ["team": "a", "stagectl-run": "r1"])
        JobFixture.expectDescribed(cloud)
    }

    @Test func `a job that Cloud Run cannot use says why`() async throws {
        let cloud = ScriptedCloud([
            JobFixture.missing, .json(200, operation()),
            .json(200, JobFixture.document(failing: "Image 'x' not found.")),
        ])
        let refusal = try await failure {
            _ = try await cloud.client().put(JobFixture.template, as: JobFixture.job, key: "k", within: .seconds(5))
        }
        #expect(refusal.category == .release && refusal.details == [.init("Cloud Run", "Image 'x' not found.")])
    }

    @Test func `somebody who replaces the job at the same time is a conflict`() async throws {
        let cloud = ScriptedCloud([
            JobFixture.missing, .json(200, operation()), .json(200, JobFixture.document(key: "other")),
        ])
        let refusal = try await failure {
            _ = try await cloud.client().put(JobFixture.template, as: JobFixture.job, key: "k", within: .seconds(5))
        }
        #expect(refusal.category == .conflict)
    }

    @Test func `an execution carries its overrides and its key`() async throws {
        let cloud = ScriptedCloud([.json(200, operation(["metadata": JobFixture.executionDocument()]))])
        let overrides = JobOverrides(
            container: "main", arguments: ["--dry-run"],
            environment: [
                .init(name: "A", value: .literal("1")), .init(name: "S", value: .secret(name: "s", version: "2")),
            ],
            taskCount: 5, timeoutSeconds: 60)
        #expect(try await cloud.client().run(JobFixture.job, overrides: overrides, key: "k") == JobFixture.execution)
        #expect(cloud.asked == ["POST \(JobFixture.path):run"])
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
        JobFixture.expectDescribed(cloud)
        let bare = ScriptedCloud([.json(200, operation(["metadata": JobFixture.executionDocument()]))])
        _ = try await bare.client().run(JobFixture.job, overrides: JobOverrides(arguments: []), key: "k")
        #expect(bare.body(0)?["overrides"]?["containerOverrides"]?[0]?["clearArgs"] == true)
        JobFixture.expectDescribed(bare)
    }

    @Test(arguments: [TransportError.connectionLost(reason: "reset"), .timedOut(sent: true)])
    func `a start whose answer is lost is looked for by its key, not sent again`(lost: TransportError) async throws {
        let other = JobFixture.executionDocument(
            ["name": "projects/p/locations/us-central1/jobs/migrate/executions/migrate-old"], key: "older")
        let cloud = ScriptedCloud([
            .lost(lost), .json(200, ["executions": [other]]),
            .json(200, ["executions": [JobFixture.executionDocument(), other]]),
        ])
        #expect(try await cloud.client().run(JobFixture.job, overrides: .init(), key: "k") == JobFixture.execution)
        #expect(cloud.asked.count { $0.hasPrefix("POST ") } == 1)
        JobFixture.expectDescribed(cloud)
    }

    @Test func `a change whose answer is lost is looked for by its key, not sent again`() async throws {
        let lost = ScriptedCloud.Answer.lost(.connectionLost(reason: "reset"))
        let taken = ScriptedCloud([
            JobFixture.missing, lost, .json(200, JobFixture.document()), .json(200, JobFixture.document()),
        ])
        _ = try await taken.client().put(JobFixture.template, as: JobFixture.job, key: "k", within: .seconds(5))
        #expect(taken.asked.count { $0.hasPrefix("POST ") } == 1)
    }

    @Test func `what was not taken stays in doubt`() async throws {
        let cloud = Endless(first: [.json(503, [:])], then: .json(200, ["executions": []]))
        let refusal = try await failure { _ = try await cloud.client.run(JobFixture.job, overrides: .init(), key: "k") }
        #expect(refusal.category == .unavailable && refusal.mayHaveHappened)
        #expect(cloud.methods.count { $0 == "POST" } == 1 && cloud.methods.count > 3, "\(cloud.methods)")
    }

    @Test func `what is refused is not looked for`() async throws {
        let cloud = ScriptedCloud([.json(403, statusError(403, "PERMISSION_DENIED", "no"))])
        let refusal = try await failure {
            _ = try await cloud.client().run(JobFixture.job, overrides: .init(), key: "k")
        }
        #expect(refusal.category == .permission && cloud.asked.count == 1)
    }

    @Test func `waiting ends with the execution or with its deadline`() async throws {
        let running = JobFixture.executionDocument([
            "startTime": "2026-11-26T10:00:01Z", "runningCount": 2, "succeededCount": 1,
        ])
        let cloud = ScriptedCloud([
            JobFixture.missing, .json(200, running),
            .json(200, JobFixture.executionDocument(["completionTime": "2026-11-26T10:01:00Z", "succeededCount": 3])),
        ])
        #expect(try await cloud.client().wait(for: JobFixture.execution, within: .seconds(20)).state == .succeeded)

        let endless = Endless(first: [], then: .json(200, running))
        let late = try await failure {
            _ = try await endless.client.wait(for: JobFixture.execution, within: .seconds(90))
        }
        #expect(late.category == .deadline && late.summary == "execution `migrate-abc` did not end within 90 s")
        #expect(late.details.contains { $0.value == "1 of 3 succeeded, 2 running, 0 failed" })
        #expect(endless.methods.count < 40, "it is asked less often the longer it takes")

        let deleted = ScriptedCloud([.json(200, running), JobFixture.missing])
        let gone = try await failure {
            _ = try await deleted.client().wait(for: JobFixture.execution, within: .seconds(20))
        }
        #expect(gone.category == .conflict)
    }

    @Test func `what has ended is not cancelled any more, and what is gone is deleted`() async throws {
        let refused = ScriptedCloud.Answer.json(400, statusError(400, "FAILED_PRECONDITION", "complete"))
        let ended = JobFixture.executionDocument(["completionTime": "2026-11-26T10:01:00Z", "succeededCount": 3])
        let cloud = ScriptedCloud([refused, .json(200, ended)])
        try await cloud.client().cancel(JobFixture.execution)
        #expect(cloud.asked[0] == "POST \(JobFixture.path)/executions/migrate-abc:cancel")
        JobFixture.expectDescribed(cloud)
        let running = ScriptedCloud([refused, .json(200, JobFixture.executionDocument())])
        #expect(try await failure { try await running.client().cancel(JobFixture.execution) }.category == .release)

        let gone = ScriptedCloud([JobFixture.missing, JobFixture.missing])
        try await gone.client().delete(JobFixture.job)
        try await gone.client().delete(JobFixture.execution)
        #expect(gone.asked == ["DELETE \(JobFixture.path)", "DELETE \(JobFixture.path)/executions/migrate-abc"])
        JobFixture.expectDescribed(gone)
    }

    @Test func `a cancellation whose answer is lost is looked for`() async throws {
        let cancelling = JobFixture.executionDocument([
            "conditions": [
                ["type": "Completed", "state": "CONDITION_RECONCILING", "executionReason": "CANCELLING"]
            ]
        ])
        let cloud = ScriptedCloud([.lost(.timedOut(sent: true)), .json(200, cancelling)])
        try await cloud.client().cancel(JobFixture.execution)
        #expect(cloud.unusedAnswers == 0)
    }

    @Test func `names cannot lead to another path`() async throws {
        let cloud = ScriptedCloud([JobFixture.missing])
        let odd = JobIdentity(project: "p/../q", region: "r?x", name: "a#b")
        #expect(try await cloud.client().execution(ExecutionIdentity(job: odd, name: "e/x")) == nil)
        #expect(
            cloud.asked == ["GET /v2/projects/p%2F..%2Fq/locations/r%3Fx/jobs/a%23b/executions/e%2Fx"])
    }

    @Test func `a task's lines are asked of its execution and index`() async throws {
        let cloud = ScriptedCloud([.json(200, ["entries": [["textPayload": "broken", "timestamp": "t"]]])])
        let lines = try await cloud.client().lines(ofTask: 2, in: JobFixture.execution, limit: 5)
        #expect(lines.map(\.text) == ["broken"])
        let filter = cloud.body(0)?["filter"]?.string
        #expect(filter?.contains("labels.\"run.googleapis.com/execution_name\"=\"migrate-abc\"") == true)
        #expect(filter?.hasSuffix("labels.\"run.googleapis.com/task_index\"=\"2\"") == true)
    }
}
