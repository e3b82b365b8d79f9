import JSON
import Testing
import Transport

/// Canary, blue-green, holds and freeze windows through the real binary on plain processes, while callers go on calling.
@Suite(.serialized) struct StrategyTests {
    /// Fast enough for a test: fifty pairs a second, and a median of localhost is noise.
    private static let analysis = "analysis: { profile: quick, pairs_per_second: 50, judge_latency: false"
    private static let canary =
        "{ kind: canary, steps: [{ percent: 20 }, { percent: 60, pause: 1s }], drain: 1s, \(analysis) } }"

    private func withProject(
        port: Int, strategy: String, environment: String = "", _ chapters: (AcceptanceProject) async throws -> Void
    ) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            // Over the shared file: the service itself stays as it is.
            try project.write(
                """
                platform: local
                project: local-project
                region: us-central1
                \(environment)
                services:
                  backend:
                    strategy: \(strategy)

                """, to: "environments/local.yaml")
            try await project.commit("strategy")
            try await chapters(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func backend(_ document: JSONValue) -> JSONValue? {
        document["services"]?.array?.first { $0["service"] == "backend" }
    }

    private func tags(_ project: AcceptanceProject) async throws -> [String] {
        let document = try await project.json("traffic", "show", "backend", exit: 0)
        return (document["services"]?[0]?["traffic"]?.array ?? []).compactMap { $0["tag"]?.string }
    }

    private func serving(_ project: AcceptanceProject) async throws -> String {
        let status = try await project.json("status", "backend", exit: 0)
        return try #require(status["services"]?[0]?["revision"]?.string)
    }

    @Test func `a canary takes all traffic when it compares well, and none when it does not`() async throws {
        try await withProject(port: 18700, strategy: Self.canary) { project in
            let first = try await serving(project)
            let tally = try await LiveTraffic.during(project, sockets: 100) {
                let good = try await project.json("deploy", "backend", "--set-env", "ROUND=1", exit: 0)
                #expect(good["outcome"] == "promoted")
                let canary = backend(good)?["canary"]
                #expect(canary?["decision"] == "pass", "\(String(describing: canary))")
                #expect(canary?["baseline"]?.string == first && canary?["state"] == nil)
                #expect((canary?["pairs"]?.integer ?? 0) >= 35)
                // WebSockets stay where they are, and whoever reads the record knows.
                #expect((backend(good)?["openConnections"]?.integer ?? 0) >= 100)
                let second = try await serving(project)
                #expect(try await project.shares(of: "backend") == [second: 100])
                #expect(try await !tags(project).contains { $0.hasPrefix("b-") })
            }
            #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
            #expect(tally.requests > 20 && tally.echoes > 100)
        }
    }

    @Test func `a dead candidate is stopped within ten pairs, and nobody else notices`() async throws {
        let strategy =
            "{ kind: canary, steps: [{ percent: 10 }], \(Self.analysis), paths: [/api/threads] } }"
        try await withProject(port: 18704, strategy: strategy) { project in
            let first = try await serving(project)
            let before = try await project.json("traffic", "show", "backend", exit: 0)
            let tally = try await LiveTraffic.during(project) {
                let bad = try await project.json(
                    "deploy", "backend", "--set-env", "SAMPLE_FAULT=missing-route", "--override",
                    "smoke=what the canary sees", exit: 3)
                #expect(bad["outcome"] == "rolled-back")
                let canary = backend(bad)?["canary"]
                #expect(canary?["decision"] == "fail")
                #expect((canary?["pairs"]?.integer ?? 99) <= 10, "\(String(describing: canary))")
                #expect(bad["verdict"]?["rule"]?.string?.contains("canary-at-10:backend") == true)
                #expect(bad["error"]?["summary"]?.string?.contains("is worse than what serves") == true)
            }
            #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
            #expect(try await serving(project) == first)
            let after = try await project.json("traffic", "show", "backend", exit: 0)
            #expect(after["services"]?[0]?["traffic"] == before["services"]?[0]?["traffic"])
        }
    }

    @Test func `a canary that cannot tell is held with code 3 until somebody decides`() async throws {
        // A stream that never ends in time, on neither side: nothing that could be compared.
        let strategy =
            "{ kind: canary, steps: [{ percent: 30 }], drain: 0s, \(Self.analysis), paths: [/events], timeout: 20ms } }"
        try await withProject(port: 18708, strategy: strategy) { project in
            let first = try await serving(project)
            let held = try await project.json("deploy", "backend", "--set-env", "ROUND=1", exit: 3)
            #expect(held["outcome"] == "held")
            #expect(held["verdict"]?["result"] == "inconclusive")
            let run = try #require(held["run"]?.string)
            #expect(held["error"]?["hint"]?.string?.contains("stagectl resume \(run)") == true)
            #expect(try await project.shares(of: "backend")[first] == 70)
            let undone = try await project.json("abort", run, exit: 0)
            #expect(undone["outcome"] == "rolled-back")
            #expect(try await project.shares(of: "backend") == [first: 100])

            let again = try await project.json("deploy", "backend", "--set-env", "ROUND=2", exit: 3)
            let resumed = try await project.json("resume", exit: 0)
            #expect(resumed["run"] == again["run"] && resumed["outcome"] == "promoted")
            #expect(resumed["verdict"]?["result"] == "inconclusive")
            #expect(resumed["verdict"]?["rule"]?.string?.contains("resumed by") == true)
            #expect(try await serving(project) != first)
        }
    }

    @Test func `blue-green switches at once under a hundred WebSockets and keeps the old one at hand`() async throws {
        try await withProject(port: 18712, strategy: "{ kind: blue-green, keep: 2s, drain: 1s }") { project in
            let first = try await serving(project)
            let tally = try await LiveTraffic.during(project, sockets: 100) {
                let release = try await project.json("deploy", "backend", "--set-env", "ROUND=1", exit: 0)
                #expect(release["outcome"] == "promoted")
                #expect((backend(release)?["openConnections"]?.integer ?? 0) >= 100)
                let drain = release["steps"]?.array?.first { $0["id"] == "drain:backend" }
                #expect(
                    drain?["note"]?.string?.contains("still open on \(first)") == true,
                    "\(String(describing: drain))")
            }
            #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
            #expect(tally.echoes > 100)
            #expect(try await serving(project) != first)
            #expect(try await !tags(project).contains { $0.hasPrefix("b-") }, "it has retired")
            // Nobody is connected any more: there is nothing to wait for.
            let quiet = try await project.json("deploy", "backend", "--set-env", "ROUND=2", exit: 0)
            #expect(backend(quiet)?["openConnections"] == 0)
        }
    }

    @Test func `a release waits at half of the traffic for whoever approves it`() async throws {
        try await withProject(port: 18716, strategy: "all-at-once") { project in
            let first = try await serving(project)
            let tally = try await LiveTraffic.during(project) {
                let held = try await project.json(
                    "deploy", "backend", "--set-env", "ROUND=1", "--pause-at", "50", exit: 0)
                #expect(held["outcome"] == "held" && held["error"] == .null)
                #expect(held["verdict"]?["result"] == "incomplete")
                #expect(try await project.shares(of: "backend")[first] == 50)
                #expect(try await project.json("lock", "show", exit: 0)["locks"] == [], "nobody is kept waiting")
                let resumed = try await project.json("resume", held["run"]?.string ?? "", exit: 0)
                #expect(resumed["outcome"] == "promoted" && resumed["verdict"]?["result"] == "pass")
                let second = try await serving(project)

                let other = try await project.json(
                    "deploy", "backend", "--set-env", "ROUND=2", "--pause-at", "0", exit: 0)
                #expect(other["outcome"] == "held")
                #expect(try await project.shares(of: "backend") == [second: 100])
                _ = try await project.json("abort", other["run"]?.string ?? "", exit: 0)
                #expect(try await project.shares(of: "backend") == [second: 100])
            }
            #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
            _ = try await project.json("deploy", "backend", "--pause-at", "100", exit: 64)
            _ = try await project.json("deploy", "backend", "--no-traffic", "--strategy", "canary", exit: 64)
            _ = try await project.json("deploy", "backend", "--strategy", "rainbow", exit: 64)
        }
    }

    @Test func `nothing is deployed in a freeze window but with a reason, and everything goes back`() async throws {
        let freeze = "freeze: [{ from: 2020-01-01T00:00:00Z, until: 2100-01-01T00:00:00Z, reason: the big sale }]"
        try await withProject(port: 18720, strategy: "all-at-once", environment: freeze) { project in
            let first = try await serving(project)
            let refused = try await project.json("deploy", "backend", "--set-env", "ROUND=1", exit: 5)
            #expect(refused["error"]?["summary"]?.string?.contains("the big sale") == true)
            #expect(refused["error"]?["hint"]?.string?.contains("--override freeze=REASON") == true)
            #expect(try await serving(project) == first)
            // What changes nothing is no deploy.
            #expect(try await project.json("deploy", "backend", exit: 0)["outcome"] == "unchanged")
            let forced = try await project.json(
                "deploy", "backend", "--set-env", "ROUND=1", "--override", "freeze=the till is broken", exit: 0)
            #expect(forced["outcome"] == "promoted" && forced["verdict"]?["result"] == "pass")
            #expect(forced["overrides"]?["freeze"] == "the till is broken")
            #expect(try await project.json("rollback", "backend", exit: 0)["outcome"] == "rolled-back")
            #expect(try await serving(project) == first)

            // A candidate that waits gets no traffic in it either.
            _ = try await project.json(
                "deploy", "backend", "--set-env", "ROUND=3", "--no-traffic", "--override", "freeze=early", exit: 0)
            let promote = ["traffic", "promote", "backend"]
            let kept = try await project.json(promote, exit: 5)
            #expect(kept["error"]?["summary"]?.string?.contains("the big sale") == true)
            #expect(try await project.json(promote + ["--dry-run"], exit: 5)["schema"] == "stagectl.plan/v1")
            _ = try await project.json(promote + ["--override", "smoke=why"], exit: 64)
            #expect(try await serving(project) == first)
            let given = try await project.json(promote + ["--override", "freeze=the till is broken"], exit: 0)
            #expect(given["outcome"] == "promoted" && given["overrides"]?["freeze"] == "the till is broken")
            #expect(try await project.json("rollback", "backend", exit: 0)["outcome"] == "rolled-back")

            // Held before the window began.
            let held = try await project.json(
                "deploy", "backend", "--set-env", "ROUND=2", "--pause-at", "50", "--override", "freeze=early", exit: 0)
            #expect(held["outcome"] == "held")
            let run = try #require(held["run"]?.string)
            // Its own reason still holds.
            #expect(try await project.json("resume", run, "--dry-run", exit: 0)["error"] == .null)
            #expect(try await project.json("abort", run, exit: 0)["outcome"] == "rolled-back")
        }
    }

    @Test func `a run that is held is not resumed in a freeze window but with a reason, and is taken back in any`()
        async throws
    {
        try await withProject(port: 18732, strategy: "all-at-once") { project in
            let first = try await serving(project)
            let held = try await project.json("deploy", "backend", "--set-env", "ROUND=1", "--pause-at", "50", exit: 0)
            let run = try #require(held["run"]?.string)
            let freeze = "freeze: [{ from: 2020-01-01T00:00:00Z, until: 2100-01-01T00:00:00Z, reason: the big sale }]"
            try project.write(
                "platform: local\nproject: local-project\nregion: us-central1\n\(freeze)\n",
                to: "environments/local.yaml")
            let refused = try await project.json("resume", run, exit: 5)
            #expect(refused["error"]?["summary"]?.string?.contains("the big sale") == true)
            #expect(
                refused["error"]?["hint"]?.string?.contains("stagectl resume \(run) --override freeze=REASON") == true)
            let dry = try await project.json("resume", run, "--dry-run", exit: 5)
            #expect(dry["steps"]?.array?.isEmpty == false)
            #expect(try await project.shares(of: "backend")[first] == 50)
            let resumed = try await project.json("resume", run, "--override", "freeze=the till is broken", exit: 0)
            #expect(resumed["outcome"] == "promoted" && resumed["overrides"]?["freeze"] == "the till is broken")
            _ = try await project.json("resume", "--override", "smoke=x", exit: 64)
        }
    }
}
