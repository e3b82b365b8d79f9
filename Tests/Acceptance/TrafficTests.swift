import JSON
import Testing
import Transport

/// Splits by hand, promotions, and a lock that is taken away, through the real binary on plain processes.
@Suite(.serialized) struct TrafficTests {
    private func withProject(port: Int, _ chapters: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            try await chapters(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// Commits another version of the source.
    private func commit(_ name: String, in project: AcceptanceProject) async throws -> String {
        try project.write(name + "\n", to: "image/VERSION")
        try await project.commit(name)
        let commit = try await project.shell("git", "rev-parse", "HEAD")
        return commit.outputText.filter { !$0.isWhitespace }
    }

    /// The one that serves most.
    private func serving(_ project: AcceptanceProject) async throws -> String {
        let status = try await project.json("status", "backend", exit: 0)
        return try #require(status["services"]?[0]?["revision"]?.string)
    }

    private func drift(_ project: AcceptanceProject) async throws -> String {
        let status = try await project.json("status", "backend", exit: 0)
        return (status["services"]?[0]?["drift"]?.array ?? []).compactMap(\.string).joined(separator: "\n")
    }

    /// What somebody with another tool asks the local Cloud Run for.
    private func ask(for traffic: String, port: Int) async throws {
        let response = try await HTTPClient().send(
            HTTPRequest(
                "PATCH", Self.address(port) + "?updateMask=traffic",
                headers: HTTPHeaders([.init("content-type", "application/json")]),
                body: Array(#"{"traffic":[\#(traffic)]}"#.utf8)))
        #expect(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
        let clock = ContinuousClock()
        let end = clock.now + .seconds(30)
        while try await asked(port: port)["reconciling"]?.bool == true {
            try #require(clock.now < end, "it never came to rest")
            try await clock.sleep(for: .milliseconds(20))
        }
    }

    private func asked(port: Int) async throws -> JSONValue {
        try JSONValue(parsing: try await HTTPClient().send(HTTPRequest("GET", Self.address(port))).body)
    }

    private static func address(_ port: Int) -> String {
        "http://127.0.0.1:\(port)/v2/projects/local-project/locations/us-central1/services/backend"
    }

    @Test func `a split by hand is what is served, shows as drift, and is repaired after somebody else`() async throws {
        let port = 18600
        try await withProject(port: port) { project in
            let first = try await serving(project)
            _ = try await commit("second", in: project)
            _ = try await project.json("deploy", "backend", exit: 0)
            let second = try await serving(project)
            #expect(try await drift(project).isEmpty)

            for shares in [
                ["\(first)=50"], ["\(first)=50", "nothing=50"], ["\(first)=x"], ["\(first)=50", "\(first)=50"],
            ] {
                let result = try await project.stagectl(["traffic", "set", "backend"] + shares + ["-o", "json"]) {
                    _, _ in
                }
                #expect(result.exitCode == 64, "\(shares)")
                #expect(try JSONValue(parsing: result.output)["error"]?["category"] == "usage", "\(shares)")
            }
            #expect(try await project.shares(of: "backend") == [second: 100])

            let set = try await project.json("traffic", "set", "backend", "\(first)=50", "\(second)=50", exit: 0)
            #expect(set["schema"] == "stagectl.traffic/v1" && set["error"] == .null)
            #expect(set["services"]?[0]?["traffic"]?.array?.count { $0["percent"] == 50 } == 2)
            #expect(try await project.shares(of: "backend") == [first: 50, second: 50])
            #expect(try await drift(project).contains("the last release left `\(second)`"))
            let told = try await project.stagectl("deploy", "backend", "--dry-run")
            #expect(told.errorText.contains("the traffic of `backend` is split"), "\(told.errorText)")

            // A revision that never came up cannot serve: what is asked for and what is served differ from then on.
            let broken = try await project.json("deploy", "backend", "--set-env", "SAMPLE_FAULT=no-listen", exit: 1)
            let bad = try #require(broken["services"]?[0]?["candidate"]?.string)
            let refused = try await project.json("traffic", "set", "backend", "\(bad)=100", exit: 1)
            #expect(refused["error"]?["category"] == "release")
            #expect(refused["error"]?["details"]?.array?.contains { $0["label"] == "served" } == true, "\(refused)")
            #expect(try await project.shares(of: "backend") == [first: 50, second: 50])
            #expect(try await project.json("lock", "show", exit: 0)["locks"] == [])
            try await ask(
                for: #"{"type":"TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION","revision":"\#(bad)","percent":100}"#,
                port: port)
            #expect(try await drift(project).contains("stagectl traffic repair backend"))
            let repaired = try await project.json("traffic", "repair", "backend", exit: 0)
            #expect(repaired["schema"] == "stagectl.traffic/v1")
            #expect(try await project.shares(of: "backend") == [first: 50, second: 50])
            #expect(try await !drift(project).contains("stagectl traffic repair"))

            // Whoever asked for the latest revision and gets it keeps that.
            try await ask(for: #"{"type":"TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST","percent":100}"#, port: port)
            let before = try await asked(port: port)
            _ = try await project.json("traffic", "repair", "backend", exit: 0)
            let after = try await asked(port: port)
            #expect(after["generation"] == before["generation"] && after["traffic"] == before["traffic"])
        }
    }

    @Test func `a split is reported when it is true, however the platform answers`() async throws {
        try await withProject(port: 18616) { project in
            let first = try await serving(project)
            _ = try await commit("second", in: project)
            _ = try await project.json("deploy", "backend", exit: 0)
            let second = try await serving(project)
            let effects = [
                #"{"staleReads":"900ms"}"#, #"{"operation":"disappears"}"#, #"{"operation":"fails"}"#,
                #"{"operation":"no-response"}"#,
            ]
            for (index, effect) in effects.enumerated() {
                try await setFault(effect, in: project)
                let percent = 10 * (index + 1)
                let set = try await project.json(
                    "traffic", "set", "backend", "\(first)=\(percent)", "\(second)=\(100 - percent)", exit: 0)
                let told = set["services"]?[0]?["traffic"]?.array?.first { $0["revision"]?.string == first }
                #expect(told?["percent"]?.integer == Int64(percent), "\(effect)")
            }

            // Killed with the lock in its hands: nobody waits for the lease of a process that is gone.
            try await setFault(#"{"latency":"20s"}"#, in: project)
            async let killed = project.stagectl(["traffic", "set", "backend", "\(second)=100"], within: .seconds(3))
            try await eventually {
                try await project.json("lock", "show", exit: 0)["locks"]?[0]?["process"]?["id"]?.integer != nil
            }
            let refused = try await project.json("traffic", "repair", "backend", exit: 5)
            #expect(refused["error"]?["category"] == "conflict")
            _ = try await killed
            _ = try await project.json("local", "faults", "clear", exit: 0)
            _ = try await project.json("traffic", "set", "backend", "\(first)=100", exit: 0)
            #expect(try await project.shares(of: "backend") == [first: 100])
        }
    }

    private func setFault(_ effect: String, in project: AcceptanceProject) async throws {
        let rule =
            #"{"id": "slow", "on": {"api": "services.patch", "service": "backend"}, "effect": \#(effect), "times": 1}"#
        try project.write(#"{"seed": 1, "rules": [\#(rule)]}"#, to: ".stagectl/rules.json")
        _ = try await project.json("local", "faults", "set", ".stagectl/rules.json", exit: 0)
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(30)
        while try await !condition() {
            try #require(clock.now < end, "it never became so")
            try await clock.sleep(for: .milliseconds(20))
        }
    }

    @Test func `what was never verified stays unverified by whatever way it gets traffic`() async throws {
        try await withProject(port: 18604) { project in
            let first = try await serving(project)
            let second = try await commit("second", in: project)
            let hurried = try await project.json("deploy", "backend", "--no-traffic", "--skip-smoke", "hurry", exit: 0)
            let candidate = try #require(hurried["services"]?[0]?["candidate"]?.string)
            let promoted = try await project.json("traffic", "promote", "backend", exit: 0)
            #expect(promoted["outcome"] == "promoted" && promoted["verdict"]?["result"] == "incomplete")
            #expect(promoted["services"]?[0]?["witnessedHealthy"] == false)

            let back = try await project.json("rollback", "backend", exit: 0)
            #expect(back["verdict"]?["result"] == "pass")
            #expect(try await serving(project) == first)
            let unseen = try await project.json("rollback", "backend", "--to", second, exit: 64)
            #expect(unseen["error"]?["details"]?[0]?["value"]?.string == candidate)
            let named = try await project.json("rollback", "backend", "--to", candidate, exit: 0)
            #expect(named["outcome"] == "rolled-back" && named["verdict"]?["result"] == "incomplete")
            #expect(named["services"]?[0]?["witnessedHealthy"] == false)
            let verified = try await project.json("deploy", "backend", "--set-env", "OTHER=1", exit: 0)
            let good = try #require(verified["services"]?[0]?["revision"]?.string)

            let broken = try await project.json("deploy", "backend", "--set-env", "SAMPLE_FAULT=ws-1011", exit: 3)
            let bad = try #require(broken["services"]?[0]?["candidate"]?.string)
            let refused = try await project.json("traffic", "promote", "backend", "--revision", bad, exit: 5)
            #expect(refused["error"]?["category"] == "conflict")
            #expect(try await project.shares(of: "backend") == [good: 100])
            _ = try await project.json("rollback", "backend", "--to", first, exit: 0)
            // Three ready revisions were made from that commit, and one of them passed.
            let seen = try await project.json("rollback", "backend", "--to", second, exit: 0)
            #expect(seen["services"]?[0]?["revision"]?.string == good && seen["verdict"]?["result"] == "pass")
        }
    }

    @Test func `a deploy whose lock is taken away stops, and who did that and why is kept`() async throws {
        try await withProject(port: 18608) { project in
            try await project.makeHealthPatient()
            _ = try await commit("second", in: project)
            let before = try await project.shares(of: "backend")
            let (reached, told) = (Once(), AsyncStream<Void>.makeStream())
            async let deploy = project.stagectl("deploy", "backend", "-o", "json") { _, line in
                if line.contains("health:backend"), reached.first() { told.continuation.finish() }
            }
            for await _ in told.stream {}
            let taken = try await project.json(
                "lock", "release", "backend", "--yes", "--reason", "it hangs", exit: 0)
            #expect(taken["releases"]?[0]?["reason"] == "it hangs")
            let result = try await deploy
            // Without the lock it may not even take its tag back, so it is left to whoever takes the run up.
            #expect(result.exitCode == 6, "\(result.errorText)")
            let document = try JSONValue(parsing: result.output)
            let run = try #require(document["run"]?.string)
            #expect(document["error"]?["hint"]?.string == "stagectl resume \(run)")
            #expect(document["error"]?["summary"]?.string?.contains("was taken from this run") == true)
            #expect(try await project.shares(of: "backend") == before)
            let shown = try await project.json("lock", "show", exit: 0)
            #expect(shown["locks"] == [])
            #expect(shown["releases"]?[0]?["reason"] == "it hangs")
            #expect(shown["releases"]?[0]?["who"]?.string?.contains("@") == true)
            #expect(shown["releases"]?[0]?["holder"]?["run"] == document["run"])
            _ = try await project.stagectl("abort", run)
            #expect(try await project.shares(of: "backend") == before)
            #expect(try await project.json("status", exit: 0)["unfinishedRuns"] == [])
        }
    }

    @Test func `a shallow clone is deployed, and says that it cannot tell what is older`() async throws {
        try await withProject(port: 18612) { project in
            _ = try await commit("second", in: project)
            try await project.shell("sh", "-c", "git rev-parse HEAD >.git/shallow")
            try await project.shell("git", "reflog", "expire", "--expire=now", "--all")
            try await project.shell("git", "gc", "--quiet", "--prune=now")
            let result = try await project.stagectl("deploy", "backend")
            #expect(result.exitCode == 0, "\(result.errorText)")
            let lines = result.errorText.split(separator: "\n").filter { $0.contains("git fetch --unshallow") }
            #expect(lines.count == 1, "\(result.errorText)")
        }
    }
}
