import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// What answers about executions and their tasks mean.
@Suite struct JobDecodingTests {
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
        let document = JobFixture.executionDocument(
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
                JobFixture.executionDocument(fields.merging(["completionTime": "2026-11-26T10:01:00Z"]) { $1 }))?.state
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
        let tasks = try await cloud.client().tasks(of: JobFixture.execution)
        #expect(tasks.map(\.index) == [0, 1, 2])
        #expect(tasks.map(\.exitCode) == [0, 3, nil] && tasks.map(\.signal) == [nil, nil, 9])
        #expect(tasks[2].message == "timeout")
        #expect(cloud.asked.last?.hasSuffix("/executions/migrate-abc/tasks?pageSize=100&pageToken=t%2F2") == true)
        JobFixture.expectDescribed(cloud)
    }
}
