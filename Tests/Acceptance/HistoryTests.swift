import JSON
import Testing
import Transport

/// `history`: what it selects, by pages too, and the figures that it computes, of releases that really happened.
@Suite(.serialized) struct HistoryTests {
    @Test(.timeLimit(.minutes(3)))
    func `history is asked by service, outcome, commit and time, by pages, and for its trends`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18770)
        do {
            try await tell(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func tell(_ project: AcceptanceProject) async throws {
        let none = try await project.json("history", "--trends", exit: 0)
        #expect(none["trends"]?["environment"] == .null && none["trends"]?["services"] == [])
        #expect(none["trends"]?["suiteRuns"] == 0 && none["next"] == .null)

        func run(_ document: JSONValue) throws -> String { try #require(document["run"]?.string) }
        let first = try run(await project.json("deploy", "--all", exit: 0))
        let before = try await head(project)
        try project.write("second\n", to: "image/VERSION")
        try await project.commit("second")
        let after = try await head(project)
        let second = try run(await project.json("deploy", "backend", exit: 0))
        let broken = try run(
            await project.json("deploy", "backend", "--set-env", "SAMPLE_FAULT=ws-1011", exit: 3))
        let back = try run(await project.json("rollback", "backend", "--yes", exit: 0))

        func runs(_ arguments: String...) async throws -> [String] {
            let document = try await project.json(["history"] + arguments, exit: 0)
            return document["releases"]?.array?.compactMap { $0["run"]?.string } ?? []
        }
        #expect(try await runs() == [back, broken, second, first])
        #expect(try await runs("auth") == [first])
        #expect(try await runs("--service", "auth") == [first])
        #expect(try await runs("auth", "backend") == [back, broken, second, first])
        #expect(try await runs("--outcome", "promoted") == [second, first])
        #expect(try await runs("backend", "--outcome", "failed,rolled-back") == [back, broken])
        #expect(try await runs("--commit", String(after.prefix(8))).contains(second))
        #expect(try await runs("auth", "--commit", before) == [first])
        #expect(try await runs("--commit", "0000") == [])
        #expect(try await runs("--since", "1h") == [back, broken, second, first])
        #expect(try await runs("--until", "1h") == [])
        #expect(try await runs("--since", "2020-01-01", "--until", "2021-01-01T00:00:00Z") == [])

        let page = try await project.json("history", "--limit", "3", exit: 0)
        #expect(page["next"] == .string(second))
        #expect(try await runs("--limit", "3", "--after", second) == [first])
        #expect(try await runs("--after", first) == [])
        let text = try await project.stagectl("history", "--limit", "1")
        #expect(text.outputText.contains("there is more: --after \(back)"), "\(text.outputText)")
        let refused = try await project.json("history", "--after", "nobody", exit: 64)
        #expect(refused["error"]?["summary"] == "no release is called `nobody`")
        #expect(try await project.json("history", "--outcome", "good", exit: 64)["schema"] == "stagectl.history/v1")

        try await trends(project)
    }

    private func trends(_ project: AcceptanceProject) async throws {
        let document = try await project.json("history", "--trends", exit: 0)
        let services = document["trends"]?["services"]?.array ?? []
        #expect(services.compactMap { $0["service"]?.string } == ["auth", "backend"])
        let backend = services.last
        #expect(backend?["deploymentFrequency"]?["deployments"] == 2)
        // What never met a caller is no change; the second was taken back by the rollback.
        #expect(backend?["changeFailureRate"]?["changes"] == 2 && backend?["changeFailureRate"]?["failures"] == 1)
        #expect(backend?["changeFailureRate"]?["rate"] == 0.5)
        #expect(backend?["timeToRestore"]?["samples"] == 1 && backend?["unrestored"] == 0)
        #expect((backend?["timeToRestore"]?["medianSeconds"]?.double ?? -1) > 0)
        #expect(backend?["leadTime"]?["samples"] == 2)
        #expect((0..<600).contains(backend?["leadTime"]?["medianSeconds"]?.double ?? -1))
        #expect(backend?["leadTime"]?["ninetiethSeconds"] == .null && backend?["before"] == .null)
        let auth = services.first
        #expect(auth?["changeFailureRate"]?["failures"] == 0 && auth?["timeToRestore"] == .null)
        #expect(document["trends"]?["environment"]?["changeFailureRate"]?["changes"] == 3)

        #expect(document["trends"]?["suiteRuns"] == 3)
        let unstable = document["trends"]?["leastStable"]?.array ?? []
        #expect(unstable.compactMap { $0["id"]?.string } == ["ws.echo"])
        #expect(unstable.first?["runs"] == 3 && unstable.first?["failed"] == 1 && unstable.first?["certain"] == false)
        #expect((document["trends"]?["checks"]?.array ?? []).count == 3)

        _ = try await project.json("history", "--trends", "--outcome", "failed", exit: 64)
        let text = try await project.stagectl("history", "--trends", "backend")
        for words in ["SERVICE", "1 of 2, 50 %", "median of 2", "backend-smoke/ws.echo", "3, too few to tell"] {
            #expect(text.outputText.contains(words), "\(words): \(text.outputText)")
        }
        #expect(!text.outputText.contains("auth"))
    }

    private func head(_ project: AcceptanceProject) async throws -> String {
        String(try await project.shell("git", "rev-parse", "HEAD").outputText.prefix(40))
    }
}
