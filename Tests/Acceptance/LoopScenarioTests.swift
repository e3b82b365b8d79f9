import Foundation
import JSON
import Testing
import Transport

/// What the loop makes of the situations that it was written for, with the real binary and the local Cloud Run.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LoopScenarioTests {
    private func iterations(_ document: JSONValue) -> [JSONValue] { document["iterations"]?.array ?? [] }

    @Test func `a WebSocket that is refused with 403 for lack of headers is mended by iteration 2`() async throws {
        let scenario = try await LoopScenario(port: 19_610, faults: "ws-headers")
        let project = scenario.project
        do {
            let main = try await project.shell("git", "rev-parse", "main").outputText
            let report = project.folder + "/out"
            let done = try await project.json(
                ["loop", "--fix", LoopScenario.mending("ws-headers"), "--report", report], exit: 0)
            #expect(done["outcome"] == "goal" && done["goal"] == true, "\(done.serialized(pretty: true))")
            let all = iterations(done)
            #expect(all.count == 2)
            #expect(all.first?["verdict"]?["result"] == "fail" && all.last?["verdict"]?["result"] == "pass")
            let group = try #require(all.first?["groups"]?[0])
            #expect(group["priority"] == "P1")
            #expect(group["cause"]?["kind"] == "headers-missing", "\(group.serialized(pretty: true))")
            #expect(group["checks"]?[0]?["id"] == "ws.echo", "\(group.serialized())")
            let fix = try #require(all.first?["fix"])
            #expect(fix["files"]?.array == ["image/backend.sh"])
            // On a branch of its own; what was protected is where it was.
            #expect(try await project.shell("git", "rev-parse", "main").outputText == main)
            let run = try #require(done["run"]?.string)
            #expect(done["branch"]?.string == "loop/\(run)")
            let message = try await project.shell("git", "log", "-1", "--format=%B").outputText
            #expect(message.hasPrefix("loop(1): "), "\(message)")
            #expect(
                message.contains("Stagectl-Loop: \(run)/1") && message.contains("Signed-off-by: Test"), "\(message)")
            #expect(fix["commit"]?.string == done["tree"]?["head"]?.string)
            try await scenario.expectAsReported(done)
            let brief = try String(contentsOf: URL(filePath: report + "/1/brief.md"), encoding: .utf8)
            #expect(brief.contains("ws.echo") && brief.contains("stagectl smoke backend"), "\(brief)")
            let written = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: report + "/loop.json"))))
            #expect(written["outcome"] == "goal")
            let shown = try await project.json("show", run, exit: 0)
            #expect(shown["schema"] == "stagectl.loop/v1" && shown["goal"] == true)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `a service that answers 503 blocks the loop, says why, and is waited for until it is mended`()
        async throws
    {
        let scenario = try await LoopScenario(
            port: 19_614, faults: "", loop: "loop: { ready_wait: 1s }\n", window: "1s")
        let project = scenario.project
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            _ = try await project.json(
                "deploy", "auth", "--set-env", "SAMPLE_FAULT=health-503", "--override", "health=a scenario", exit: 0)
            let untested = try await project.json("loop", "auth", exit: 64)
            #expect(untested["error"]?["summary"]?.string?.contains("no suite") == true, "\(untested.serialized())")
            let blocked = try await project.json("loop", "backend", exit: 3)
            #expect(blocked["outcome"] == "blocked-on-deployment", "\(blocked.serialized(pretty: true))")
            let unready = try #require(iterations(blocked).first?["unready"]?[0])
            #expect(unready["service"] == "auth")
            #expect(unready["diagnosis"]?.serialized().contains("db.internal:5432") == true, "\(unready.serialized())")
            #expect(iterations(blocked).first?["verdict"] ?? .null == .null, "no suite ran against it")

            try project.write(
                "platform: local\nproject: local-project\nregion: us-central1\nloop: { ready_wait: 60s }\n",
                to: "environments/local.yaml")
            try await project.commit("patience")
            async let waiting = project.json("loop", "backend", exit: 0)
            _ = try await project.json("deploy", "auth", exit: 0)
            let done = try await waiting
            #expect(done["outcome"] == "goal", "\(done.serialized(pretty: true))")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `tests that an environment's detection skips are missing, and never a pass`() async throws {
        let names = (1...30).map { "test_\($0)" }
        let cases = names.map {
            "<testcase classname=\\\"m\\\" name=\\\"\($0)\\\" time=\\\"0\\\">"
                + "<skipped message=\\\"staging environment not detected\\\"/></testcase>"
        }
        .joined()
        let suite = """
            version: 1
            suite: backend-smoke
            priority: P1
            owner: team-backend
            checks:
              - id: threads
                http: GET /api/threads
                expect: { status: 200 }
              - id: py
                runner:
                  argv: [/bin/sh, tests.sh, "${junit}"]
                  env: { BASE_URL: "${target.url}" }
                  cwd: image
                  timeout: 20s

            """
        let scenario = try await LoopScenario(port: 19_618, faults: "", suite: suite)
        let project = scenario.project
        do {
            try project.write(
                "python3 -c 'import os, urllib.request as web\n"
                    + "web.urlopen(os.environ[\"BASE_URL\"] + \"/health\")' || exit 1\n"
                    + "printf '%s' \"<testsuite name=\\\"m\\\" tests=\\\"31\\\" skipped=\\\"30\\\">"
                    + "<testcase classname=\\\"m\\\" name=\\\"test_0\\\" time=\\\"0.01\\\"/>\(cases)</testsuite>\" "
                    + "> \"$1\"\n", to: "image/tests.sh")
            try await project.commit("tests")
            let ended = try await project.json("loop", exit: 3)
            #expect(ended["goal"] == false && ended["outcome"] == "no-fix", "\(ended.serialized(pretty: true))")
            let verdict = try #require(iterations(ended).first?["verdict"])
            #expect(verdict["result"] == "incomplete", "\(ended.serialized())")
            #expect(ended["left"]?["skipped"] == 30, "\(ended.serialized(pretty: true))")
            let group = iterations(ended).first?["groups"]?.array?.first {
                $0["cause"]?["kind"] == "environment-undetected"
            }
            #expect(group?["checks"]?.array?.count == 30, "\(ended.serialized(pretty: true))")
            try await scenario.expectAsReported(ended)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
