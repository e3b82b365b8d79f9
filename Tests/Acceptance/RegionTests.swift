import JSON
import Testing
import Transport

/// Two services in two regions: one release of all, or of none.
@Suite(.serialized) struct RegionTests {
    private static let regions = ["us-central1", "europe-west1"]

    /// A project whose services run in both regions, deployed once.
    private func withProject(rollout: String = "", _ body: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18480)
        do {
            try project.write(
                "platform: local\nproject: local-project\nregions: [\(Self.regions.joined(separator: ", "))]\n"
                    + rollout,
                to: "environments/local.yaml")
            try await project.commit("two regions")
            let first = try await project.json("deploy", "--all", exit: 0)
            #expect(first["outcome"] == "promoted", "\(first.serialized())")
            try await body(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `deploy, find unchanged, fail in one region, and roll back`() async throws {
        try await withProject { project in
            let first = try await serving(project)
            #expect(Set(first.keys.map(\.region)) == Set(Self.regions))
            let again = try await project.json("deploy", "--all", exit: 0)
            #expect(again["outcome"] == "unchanged" && again["steps"] == [])

            try await change(project, "second")
            try await failHealth(project, "europe-west1")
            let failed = try await project.json("deploy", "backend", exit: 3)
            #expect(failed["outcome"] == "failed", "traffic moves nowhere before all regions have passed")
            #expect(failed["services"]?.array?.count == 2)
            let steps = failed["steps"]?.array ?? []
            #expect(steps.compactMap { $0["id"]?.string }.filter { $0.hasPrefix("build:") } == ["build:backend"])
            #expect(!steps.contains { $0["id"]?.string?.hasPrefix("traffic:") == true && $0["status"] == "done" })
            #expect(try await serving(project) == first)
            _ = try await project.json("local", "faults", "clear", exit: 0)

            let second = try await project.json("deploy", "backend", exit: 0)
            #expect(second["outcome"] == "promoted")
            let after = try await serving(project)
            #expect(after.filter { $0.key.service == "backend" }.allSatisfy { first[$0.key] != $0.value })
            #expect(try await project.json("health", exit: 0)["services"]?.array?.count == after.count)
            let smoke = try await project.json("smoke", "backend", exit: 0)
            #expect(smoke["counts"]?["total"] == 6, "three checks in each region")

            let back = try await project.json("rollback", "backend", exit: 0)
            #expect(back["outcome"] == "rolled-back")
            #expect(try await serving(project) == first)
        }
    }

    @Test func `one region after the other, and what is finished stays when the next one fails`() async throws {
        try await withProject(rollout: "region_order: sequential\nregion_rollback: unfinished\n") { project in
            let first = try await serving(project)
            try await change(project, "second")
            try await failHealth(project, "europe-west1")
            let failed = try await project.json("deploy", "backend", exit: 3)
            #expect(failed["outcome"] == "failed", "traffic never moved where it failed")
            let outcomes = (failed["services"]?.array ?? []).compactMap { $0["outcome"]?.string }
            #expect(outcomes == ["promoted", "failed"], "\(failed.serialized())")
            let details = failed["error"]?["details"]?.array ?? []
            #expect(details.contains { $0["value"] == "backend@us-central1" })
            let steps = (failed["steps"]?.array ?? []).filter { $0["status"] != "skipped" }.compactMap {
                $0["id"]?.string
            }
            let finished = try #require(steps.firstIndex(of: "record:backend@us-central1"))
            #expect(try #require(steps.firstIndex(of: "candidate:backend@europe-west1")) > finished)
            let now = try await serving(project)
            let (kept, back) = (
                Key(service: "backend", region: "us-central1"), Key(service: "backend", region: "europe-west1")
            )
            #expect(now[kept] != first[kept] && now[back] == first[back])
            let difference = try await project.json("diff", "backend", exit: 0)
            let services = difference["services"]?.array ?? []
            #expect(services.compactMap { $0["region"]?.string } == Self.regions)
            #expect(services.map { $0["releasedRevision"]?.string } == [now[kept], now[back]])
            #expect(services.first?["differences"] == [], "\(difference.serialized())")
            #expect(services.last?["differences"]?.array?.isEmpty == false, "the failed candidate's template is left")

            _ = try await project.json("local", "faults", "clear", exit: 0)
            let second = try await project.json("deploy", "backend", exit: 0)
            #expect(
                (second["services"]?.array ?? []).compactMap { $0["outcome"]?.string } == ["unchanged", "promoted"])
        }
    }

    @Test func `each region answers under its own URL, and finds its own neighbours`() async throws {
        try await withProject { project in
            let status = try await project.json("status", "backend", exit: 0)
            let services = status["services"]?.array ?? []
            #expect(services.compactMap { $0["region"]?.string } == Self.regions)
            let hosts = services.compactMap { $0["url"]?.string?.split(separator: ":")[1] }
            #expect(Set(hosts).count == 2 && hosts.contains("//backend.localhost"), "\(hosts)")
            let text = try await project.stagectl("status").outputText
            #expect(text.hasPrefix("SERVICE") && text.contains("REGION") && text.contains("europe-west1"))
            let one = try await project.json("status", "backend", "--region", "europe-west1", exit: 0)
            #expect(one["services"]?.array?.compactMap { $0["region"]?.string } == ["europe-west1"])
        }
    }

    @Test func `what is named belongs to one region, and says so`() async throws {
        try await withProject { project in
            let first = try await serving(project)
            let wrong = try await project.json("status", "--region", "europe-west2", exit: 64)
            #expect(wrong["error"]?["hint"]?.string?.contains("--region europe-west1") == true)
            try await change(project, "second")
            let there = try await project.json("deploy", "backend", "--region", "europe-west1", exit: 0)
            #expect(there["services"]?.array?.compactMap { $0["region"]?.string } == ["europe-west1"])
            let key = Key(service: "backend", region: "us-central1")
            let now = try await serving(project)
            #expect(now[key] == first[key])
            let europe = Key(service: "backend", region: "europe-west1")
            let (old, new) = (try #require(first[europe]), try #require(now[europe]))
            #expect(old != new)

            let split = "\(old)=30"
            let rest = "\(new)=70"
            let unclear = try await project.json("traffic", "set", "backend", split, rest, exit: 64)
            #expect(unclear["error"]?["hint"]?.string?.contains("--region europe-west1") == true, "\(unclear)")
            let set = try await project.json(
                "traffic", "set", "backend", split, rest, "--region", "europe-west1", exit: 0)
            #expect(set["services"]?.array?.count == 1)
            let shown = try await project.json("traffic", "show", "backend", exit: 0)
            #expect(
                (shown["services"]?.array ?? []).map { service in
                    (service["traffic"]?.array ?? []).count { $0["percent"] != 0 }
                } == [1, 2])

            let refused = try await project.json("rollback", "backend", "--to", old, exit: 64)
            #expect(refused["error"]?["hint"]?.string?.contains("--region europe-west1") == true, "\(refused)")
            let back = try await project.json(
                "rollback", "backend", "--to", old, "--region", "europe-west1", exit: 0)
            #expect(back["outcome"] == "rolled-back")
            #expect(try await serving(project) == first)
            let history = try await project.json("history", "--region", "us-central1", exit: 0)
            #expect(history["releases"]?.array?.count == 1)
        }
    }

    @Test func `a run that was killed goes on in both regions`() async throws {
        try await withProject { project in
            let first = try await serving(project)
            try await change(project, "second")
            _ = try await project.stagectl(["deploy", "backend"], killedAt: "✔  traffic:backend@europe-west1")
            let resumed = try await project.json("resume", exit: 0)
            #expect(resumed["outcome"] == "promoted", "\(resumed.serialized())")
            let second = try await serving(project)
            #expect(second.filter { $0.key.service == "backend" }.allSatisfy { first[$0.key] != $0.value })

            try await change(project, "third")
            _ = try await project.stagectl(["deploy", "backend"], killedAt: "✔  traffic:backend@us-central1")
            _ = try await project.json("abort", exit: 0)
            #expect(try await serving(project) == second)
        }
    }

    // MARK: - The story's parts

    private struct Key: Hashable {
        var service: String
        var region: String
    }

    private func serving(_ project: AcceptanceProject) async throws -> [Key: String] {
        let status = try await project.json("status", exit: 0)
        return (status["services"]?.array ?? []).reduce(into: [:]) { result, service in
            let key = Key(service: service["service"]?.string ?? "", region: service["region"]?.string ?? "")
            result[key] = service["revision"]?.string
        }
    }

    private func change(_ project: AcceptanceProject, _ text: String) async throws {
        try project.write(text + "\n", to: "image/VERSION")
        try await project.commit(text)
    }

    /// Candidates of the backend there do not answer as they should.
    private func failHealth(_ project: AcceptanceProject, _ region: String) async throws {
        try project.write(
            """
            {"rules": [{"on": {"service": "backend", "location": "\(region)", "tag": "*", "path": "/health"},
            "effect": {"status": 503}}]}
            """, to: ".stagectl/rules.json")
        _ = try await project.json("local", "faults", "set", ".stagectl/rules.json", exit: 0)
    }
}
