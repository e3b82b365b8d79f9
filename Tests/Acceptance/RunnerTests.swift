import Foundation
import JSON
import Testing
import Transport

/// External runners with the real binary, the local Cloud Run and, where it is installed, the real pytest.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RunnerTests {
    private static let python = ProcessInfo.processInfo.environment["STAGECTL_PYTHON"]

    private static let tests = [
        // Asks, by requests of its own and by one of a fixture.
        "test_real": """
        import json, os, pytest, urllib.request as web
        BASE = os.environ["BASE_URL"]
        def get(path):
            with web.urlopen(BASE + path) as answer:
                return answer.status, answer.read()
        def test_health():
            assert get("/health")[0] == 200
        @pytest.mark.parametrize("number", [1, 2])
        def test_threads(number):
            assert b"thread" in get("/api/threads")[1]
        def test_no_secret_of_the_caller():
            assert get("/health")[0] == 200 and "ACCEPTANCE_SECRET" not in os.environ
        """,
        // Plays the service, and takes its time.
        "test_fake": """
        import time
        class Service:
            def get(self, path):
                time.sleep(0.011)
                return 200
        def test_health():
            assert Service().get("/health") == 200
        def test_threads():
            time.sleep(0.004)
            assert Service().get("/api/threads") == 200
        """,
        // Asks the target, and somebody else besides.
        "test_wrong": """
        import os, urllib.request as web, urllib.error
        def test_health():
            assert web.urlopen(os.environ["BASE_URL"] + "/health").status == 200
        def test_elsewhere():
            try:
                web.urlopen("http://127.0.0.1:9/health")
            except urllib.error.HTTPError:
                pass
        """,
        "test_hang": """
        import subprocess, time
        subprocess.Popen(["sleep", "SECONDS"])
        def test_first():
            time.sleep(0.01)
        def test_hang():
            time.sleep(600)
        """,
    ]

    @Test(.enabled(if: python != nil, "pytest is not installed: scripts/test installs it"))
    func `pytest is believed where it asked, and found where it did not`() async throws {
        let python = try #require(Self.python)
        let has = try await ChildProcess.run(CommandLine([python, "-c", "import pytest"]))
        guard has.exitCode == 0 else { return print("skipped: no pytest in \(python)") }
        let project = try await AcceptanceProject(runtime: "process", port: 18740)
        let seconds = String(Int.random(in: 100_000...999_999))
        do {
            for (name, text) in Self.tests {
                try project.write(
                    text.replacing("SECONDS", with: seconds) + "\n", to: "image/\(name).py")
            }
            try await project.commit("tests")
            let deployed = try await project.stagectl("deploy", "--all")
            #expect(deployed.exitCode == 0, "\(deployed.errorText)")

            let real = try await smoke("test_real", python, project, exit: 0)
            let checks = real["checks"]?.array ?? []
            #expect(
                checks.compactMap { $0["id"]?.string }.sorted() == [
                    "py/test_real.test_health", "py/test_real.test_no_secret_of_the_caller",
                    "py/test_real.test_threads[1]", "py/test_real.test_threads[2]",
                ])
            #expect(checks.allSatisfy { $0["status"] == "passed" && $0["evidence"]?["ownRequests"]?.integer == 1 })
            let run = try #require(real["runners"]?[0])
            #expect(run["exitCode"]?.integer == 0 && run["tests"]?.integer == 4)
            #expect((run["usage"]?["peakMemoryBytes"]?.integer ?? 0) > 10 << 20, "\(run)")
            #expect((run["usage"]?["cpuMilliseconds"]?.double ?? 0) > 10)
            #expect(run["traffic"]?["hosts"]?[0]?["answers"]?.integer == 4)
            // The revision that serves has answered all of them.
            #expect(run["traffic"]?["revisions"]?.object?.count == 1)

            let fake = try await smoke("test_fake", python, project, exit: 3)
            #expect(Self.words(fake).contains("no request reached the target while the runner ran"), "\(fake)")
            #expect(!(fake["checks"]?.array ?? []).contains { $0["status"] == "passed" })

            let wrong = try await smoke("test_wrong", python, project, exit: 3)
            #expect(Self.words(wrong).contains("it asked `127.0.0.1:9` (1 times), which is not the target"))

            let hang = try await smoke("test_hang", python, project, timeout: "3s", exit: 3)
            #expect(Self.words(hang).contains("it did not end within 3000 ms and was ended with all that it had"))
            #expect(try await isGone("sleep \(seconds)"))

            // Two machines, each with its share of the files.
            for part in 1...2 {
                try write("test_*", python, project, more: "timeout: 4s\n      shard: files")
                let result = try await project.stagectl(
                    "smoke", "backend", "--only", "py", "--shard", "\(part)/2", "--report", "out/\(part)")
                #expect([0, 3].contains(result.exitCode), "\(result.errorText)")
            }
            let merged = try await project.json("smoke", "--merge", "out/1", "out/2", exit: 3)
            #expect(merged["shards"]?["lost"]?.array?.isEmpty == true)
            #expect(Self.words(merged).contains("did not end within"), "\(Self.words(merged))")
            try await killed(project, python, seconds)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// Whoever kills stagectl leaves no test running.
    private func killed(_ project: AcceptanceProject, _ python: String, _ seconds: String) async throws {
        try write("test_hang", python, project, more: "timeout: 60s")
        let result = try await project.stagectl(["smoke", "backend"], killedAt: "py")
        #expect(result.exitCode == 128 + 9, "\(result.errorText)")
        #expect(try await isGone("sleep \(seconds)"))
        #expect(try await isGone(".*test_hang.py"))
    }

    private func smoke(
        _ name: String, _ python: String, _ project: AcceptanceProject, timeout: String = "60s", exit code: Int32
    ) async throws -> JSONValue {
        try write(name, python, project, more: "timeout: \(timeout)")
        return try await project.json(
            "smoke", "backend", environment: ["ACCEPTANCE_SECRET": "not-for-tests"], exit: code)
    }

    private func write(_ name: String, _ python: String, _ project: AcceptanceProject, more: String) throws {
        try project.write(
            """
            version: 1
            suite: backend-smoke
            priority: P1
            owner: team-backend
            checks:
              - id: py
                runner:
                  argv: ["\(python)", -m, pytest, -v, -p, no:cacheprovider, "--junitxml=${junit}"]
                  env: { BASE_URL: "${target.url}", PYTHONDONTWRITEBYTECODE: "1" }
                  cwd: image
                  files: [\(name).py]
                  \(more)

            """, to: "environments/suites/backend-smoke.yaml")
    }

    private static func words(_ document: JSONValue) -> String {
        (document["checks"]?.array ?? []).compactMap { $0["summary"]?.string }.joined(separator: "\n")
    }

    private func isGone(_ words: String) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let found = try await ChildProcess.run(CommandLine(["pgrep", "-f", "^" + words]))
            if found.exitCode == 1 { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
