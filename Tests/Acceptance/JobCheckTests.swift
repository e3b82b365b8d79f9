import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Cloud Run jobs as checks of a suite, on the local Cloud Run, with the real binary.
@Suite(.serialized) struct JobCheckTests {
    private static let parent = "http://127.0.0.1:18656/v2/projects/local-project/locations/us-central1"

    /// What it does is said by its variable `DO`; the lines of a failing task are shown.
    private static let program = """
        #!/bin/sh
        echo "task $CLOUD_RUN_TASK_INDEX of $CLOUD_RUN_TASK_COUNT for $TARGET_URL"
        case "$DO" in
            fail) [ "$CLOUD_RUN_TASK_INDEX" = 1 ] && { echo "row 7 is missing" >&2; exit 3; } ;;
            vanish) kill -9 $$ ;;
            hang) sleep 600 ;;
        esac
        exit 0

        """

    private static let suite = """
        version: 1
        suite: jobs
        priority: P1
        owner: team-backend
        checks:
          - { id: passes, job: { name: verify, tasks: 3 } }
          - { id: fails, job: { name: verify, tasks: 3, env: { DO: fail } } }
          - { id: vanishes, job: { name: verify, env: { DO: vanish } } }
          - { id: hangs, job: { name: verify, tasks: 2, env: { DO: hang } }, timeout: 2s }
          - { id: unknown, job: { name: nobody } }

        """

    @Test func `every task must succeed, and one that does not is named`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18656)
        do {
            try await prepare(project)
            let smoke = try await project.json("smoke", "auth", "--keep-going", exit: 3)
            func check(_ id: String) -> JSONValue { smoke["checks"]?.array?.first { $0["id"]?.string == id } ?? .null }
            func summary(_ id: String) -> String { check(id)["summary"]?.string ?? "" }

            let passed = check("passes")["evidence"]?["job"]
            #expect(check("passes")["status"] == "passed", "\(check("passes"))")
            #expect(passed?["tasks"] == 3 && passed?["succeeded"] == 3 && passed?["state"] == "succeeded")
            #expect(passed?["execution"]?.string?.hasPrefix("verify-") == true)

            let failed = check("fails")["evidence"]?["job"]
            #expect(check("fails")["status"] == "failed")
            #expect(summary("fails").contains("1 of 3 tasks"), "\(summary("fails"))")
            #expect(summary("fails").contains("task 1 ended with 3: row 7 is missing"), "\(summary("fails"))")
            #expect(failed?["failedTasks"]?[0]?["index"] == 1 && failed?["failedTasks"]?[0]?["exitCode"] == 3)
            let lines = failed?["failedTasks"]?[0]?["lines"]?.array?.compactMap(\.string) ?? []
            #expect(lines.contains("row 7 is missing") && lines.contains { $0.contains("task 1 of 3 for http://") })

            #expect(check("vanishes")["status"] == "failed")
            #expect(summary("vanishes").contains("task 0 was ended by signal 9"), "\(summary("vanishes"))")

            #expect(check("hangs")["status"] == "error")
            #expect(summary("hangs").contains("did not end within 2000 ms"), "\(summary("hangs"))")
            #expect(check("hangs")["evidence"]?["job"]?["state"] == "unfinished")

            #expect(check("unknown")["status"] == "error")
            #expect(summary("unknown").contains("nobody"), "\(summary("unknown"))")

            // Nobody goes on working for a check that has given up.
            #expect(try await endsSoon(check("hangs")["evidence"]?["job"]?["execution"]?.string ?? "none"))
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// A deployed service, and a job that runs the program above.
    private func prepare(_ project: AcceptanceProject) async throws {
        let path = "environments/services.yaml"
        let services = try String(contentsOf: URL(filePath: project.folder + "/" + path), encoding: .utf8)
        try project.write(
            services.replacing("  backend:\n", with: "    suites: [jobs]\n  backend:\n", maxReplacements: 1)
                + "  tool:\n    source: { paths: [image/tool], context: image, process: [image/tool] }\n", to: path)
        try project.write(Self.suite, to: "environments/suites/jobs.yaml")
        try project.write(Self.program, to: "image/tool")
        try await project.shell("chmod", "+x", "image/tool")
        try await project.commit("jobs")
        _ = try await project.json("deploy", "auth", "--skip-smoke", "the jobs are not there yet", exit: 0)
        let built = try await project.json("build", "tool", exit: 0)
        let image = try #require(built["image"]?.string)
        let job: JSONValue = ["template": ["template": ["containers": [["image": .string(image)]], "maxRetries": 0]]]
        let answer = try await HTTPClient().send(
            HTTPRequest(
                "POST", Self.parent + "/jobs?jobId=verify",
                headers: HTTPHeaders([.init("content-type", "application/json")]), body: Array(job.serialized().utf8)))
        try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    }

    private func endsSoon(_ execution: String) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let answer = try await HTTPClient().send(
                HTTPRequest("GET", Self.parent + "/jobs/verify/executions/" + execution))
            if try JSONValue(parsing: answer.body)["completionTime"] != nil { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}
