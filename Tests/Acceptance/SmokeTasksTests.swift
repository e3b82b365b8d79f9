import JSON
import Synchronization
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Suites as a Cloud Run job on the local Cloud Run, whose tasks are the real binary.
@Suite(.serialized) struct SmokeTasksTests {
    private static let parent = "http://127.0.0.1:18752/v2/projects/local-project/locations/us-central1"
    private static let job = "/jobs/stagectl-smoke-local/executions"

    private static let suites = [
        "many": """
        version: 1
        suite: many
        priority: P1
        owner: team-backend
        checks:
          - { id: "version", http: GET /version, expect: { status: 200 } }
          - { id: threads, each: { n: [1, 2, 3, 4, 5, 6, 7, 8] }, http: "GET /api/threads?n=${each.n}", expect: { status: 200 } }
          - { id: "wrong", http: GET /version, expect: { status: 418 } }

        """,
        // A program of a check takes the task that runs it along.
        "deadly": """
        version: 1
        suite: deadly
        priority: P1
        owner: team-backend
        checks:
          - { id: fine-a, http: GET /version, expect: { status: 200 } }
          - { id: fine-b, http: GET /health, expect: { status: 200 } }
          - { id: kills, command: { argv: [sh, -c, "kill -9 $PPID; sleep 5"] }, expect: { exit: 0 } }

        """,
        "patient": """
        version: 1
        suite: patient
        priority: P1
        owner: team-backend
        checks:
          - { id: sleeps, command: { argv: [sleep, "97.3"] }, timeout: 120s, expect: { exit: 0 } }

        """,
    ]

    @Test func `tasks of a job say together what one machine says, and one that is lost is named`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18752)
        do {
            let path = "environments/services.yaml"
            for (name, suite) in Self.suites { try project.write(suite, to: "environments/suites/\(name).yaml") }
            try project.write(
                AcceptanceProject.services().replacing(
                    "[backend-smoke]", with: "[backend-smoke, many, deadly, patient]"),
                to: path)
            try await project.commit("suites")
            _ = try await project.json("deploy", "--all", "--skip-smoke", "tested below", exit: 0)
            for suite in ["backend-smoke", "many"] { try await compare(project, suite) }
            try await lose(project)
            try await interrupt(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func compare(_ project: AcceptanceProject, _ suite: String) async throws {
        let code: Int32 = suite == "many" ? 3 : 0
        let whole = try await project.json("smoke", "backend", "--suite", suite, exit: code)
        let tasks = try await project.json(
            "smoke", "backend", "--suite", suite, "--tasks", "3", "--report", "out/\(suite)", exit: code)
        for key in ["result", "decidedBy", "rule", "counts"] { #expect(tasks[key] == whole[key], "\(key): \(tasks)") }
        func results(_ document: JSONValue) -> [String] {
            document["checks"]?.array?.map { "\($0["id"]?.string ?? "") \($0["status"]?.string ?? "")" }.sorted() ?? []
        }
        #expect(results(tasks) == results(whole) && !results(tasks).isEmpty)
        #expect(tasks["shards"]?["merged"] == [1, 2, 3] && tasks["shards"]?["lost"] == [])
        #expect(tasks["job"]?["tasks"]?.array?.map { $0["state"] } == ["succeeded", "succeeded", "succeeded"])
        let kept = try JSONValue(
            parsing: try await project.shell("cat", "out/\(suite)/verdict.json").outputText)
        #expect(kept["counts"] == whole["counts"])
        // Nothing is left for the next one.
        #expect(try await executions() == [])
    }

    private func lose(_ project: AcceptanceProject) async throws {
        let document = try await project.json("smoke", "backend", "--suite", "deadly", "--tasks", "3", exit: 3)
        #expect(document["result"] == "incomplete" && document["decidedBy"] == "lost-shard", "\(document)")
        let lost = document["job"]?["tasks"]?.array?.filter { $0["lost"]?.string != nil } ?? []
        #expect(lost.count == 1 && lost[0]["lost"]?.string?.hasPrefix("it was ended by signal 9") == true, "\(lost)")
        #expect(document["checks"]?.array?.first { $0["id"] == "kills" }?["status"] == "notRun")
        #expect(document["counts"]?["passed"] == 2, "\(document)")
        let name = "task \(lost.first?["index"]?.integer ?? -1) (shard \(lost.first?["shard"]?.integer ?? -1)/3)"
        #expect(document["error"]?["details"]?[0]?["label"]?.string == name, "\(document["error"] ?? .null)")
        // What has to be looked into stays until the next run.
        #expect(try await executions().count == 1)
        _ = try await project.json("smoke", "backend", "--suite", "backend-smoke", "--tasks", "2", exit: 0)
        #expect(try await executions() == [])
    }

    private func interrupt(_ project: AcceptanceProject) async throws {
        let sent = Mutex(false)
        let result = try await project.stagectl(["smoke", "backend", "--suite", "patient", "--tasks", "1"]) {
            process, line in
            guard line.contains("execution stagectl-smoke-local"),
                sent.withLock({ was in
                    defer { was = true }; return !was
                })
            else { return }
            kill(process, SIGINT)
        }
        #expect(result.exitCode == 130, "\(result.errorText)")
        let end = ContinuousClock.now + .seconds(20)
        var open = try await executions()
        while open.contains(where: { $0["completionTime"] == nil }), .now < end {
            try await Task.sleep(for: .milliseconds(50))
            open = try await executions()
        }
        #expect(open.count == 1 && open.allSatisfy { $0["completionTime"] != nil }, "\(open)")
        #expect(open.first?["cancelledCount"] == 1, "\(open)")
    }

    private func executions() async throws -> [JSONValue] {
        let answer = try await HTTPClient().send(HTTPRequest("GET", Self.parent + Self.job))
        return try JSONValue(parsing: answer.body)["executions"]?.array ?? []
    }
}
