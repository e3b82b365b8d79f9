import JSON
import Testing
import Transport

/// The main job end to end with the real binary: the same story on every runtime.
@Suite(.serialized) struct DeployTests {
    /// Docker is what `scripts/test` starts; a machine that cannot run an engine says so there and has `process` only.
    static let runtimes: [(String, Int)] = [("process", 18080), ("docker", 18180)]

    @Test(arguments: runtimes) func `deploy, repeat, break, see why, and roll back`(runtime: String, port: Int)
        async throws
    {
        let canRun = if runtime == "docker" { await AcceptanceProject.dockerAnswers() } else { true }
        guard canRun else {
            print("skipped: no docker engine answers, so the story ran on plain processes alone")
            return
        }
        let project = try await AcceptanceProject(runtime: runtime, port: port)
        do {
            try await story(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func story(_ project: AcceptanceProject) async throws {
        let first = try await project.json("deploy", "--all", exit: 0)
        #expect(first["schema"] == "stagectl.release/v1")
        #expect(first["outcome"] == "promoted")
        #expect(first["error"] == .null)
        #expect(first["verdict"]?["counts"]?["passed"] == 3)
        let backend = try #require(service("backend", of: first))
        let revision = try #require(backend["revision"]?.string)
        #expect(backend["commit"]?.string?.count == 40)
        #expect(backend["image"]?.string?.contains("@sha256:") == true)

        let again = try await project.json("deploy", "--all", exit: 0)
        #expect(again["outcome"] == "unchanged")
        #expect(again["steps"] == [])

        for (fault, code, word) in [
            ("no-listen", Int32(1), "database-timeout"), ("health-503", 3, "database-refused"),
            ("ws-403", 3, "check-failed"),
            ("ws-1011", 3, "check-failed"), ("slow", 3, "slow"), ("missing-route", 3, "check-failed"),
            ("wrong-identity", 3, "wrong-identity"), ("exit", 1, "variable-missing"),
        ] {
            let broken = try await project.json("deploy", "backend", "--set-env", "SAMPLE_FAULT=\(fault)", exit: code)
            #expect(broken["outcome"] == "failed", "\(fault)")
            let result = try #require(service("backend", of: broken))
            #expect(result["revision"]?.string == revision, "\(fault): the old revision still serves")
            #expect(
                result["diagnosis"]?["kind"]?.string == word, "\(fault): \(String(describing: result["diagnosis"]))")
            #expect(result["diagnosis"]?["logs"]?.array?.isEmpty == false, "\(fault): the container's own lines")
        }
        let status = try await project.json("status", exit: 0)
        #expect(service("backend", of: status)?["ready"] == true)

        try project.write("second\n", to: "image/VERSION")
        let dirty = try await project.json("deploy", "backend", exit: 64)
        #expect(dirty["error"]?["details"]?[0]?["value"] == "image/VERSION")
        try await project.commit("second")
        let second = try await project.json("deploy", "backend", exit: 0)
        #expect(second["outcome"] == "promoted")
        #expect(service("backend", of: second)?["previousRevision"]?.string == revision)

        let back = try await project.json("rollback", "backend", exit: 0)
        #expect(back["outcome"] == "rolled-back")
        #expect(service("backend", of: back)?["revision"]?.string == revision)

        #expect(try await project.json("health", exit: 0)["healthy"] == true)
        let smoke = try await project.json("smoke", "backend", exit: 0)
        #expect(smoke["result"] == "pass")
        #expect(smoke["counts"]?["total"] == 3)
        let traffic = try await project.json("traffic", "show", "backend", exit: 0)
        #expect(traffic["services"]?[0]?["traffic"]?.array?.contains { $0["percent"] == 100 } == true)
        let history = try await project.json("history", exit: 0)
        #expect(history["releases"]?[0]?["outcome"] == "rolled-back")
    }

    private func service(_ name: String, of document: JSONValue) -> JSONValue? {
        document["services"]?.array?.first { $0["service"]?.string == name }
    }
}
