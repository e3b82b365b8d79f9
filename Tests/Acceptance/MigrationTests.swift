import JSON
import Testing

/// A job before there is a candidate, on the local Cloud Run.
@Suite(.serialized) struct MigrationAcceptanceTests {
    @Test func `a migration runs once before the candidate, and one that fails leaves traffic alone`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18724)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            let before = try await project.shares(of: "backend")
            func configure(_ migration: String) async throws {
                try project.write(
                    """
                    platform: local
                    project: local-project
                    region: us-central1
                    services:
                      backend:
                        migration: \(migration)

                    """, to: "environments/local.yaml")
                try await project.commit("migration")
            }
            let tally = try await LiveTraffic.during(project) {
                try await configure("{ command: [/bin/false] }")
                let failed = try await project.json("deploy", "backend", "--set-env", "ROUND=1", exit: 1)
                #expect(failed["outcome"] == "failed")
                #expect(failed["error"]?["summary"]?.string?.contains("migration of `backend`") == true, "\(failed)")
                #expect(failed["steps"]?.array?.first { $0["id"] == "candidate:backend" }?["status"] == "skipped")
                #expect(try await project.shares(of: "backend") == before)

                try await configure("{ command: [/bin/true] }")
                let good = try await project.json("deploy", "backend", "--set-env", "ROUND=2", exit: 0)
                #expect(good["outcome"] == "promoted")
                #expect(good["steps"]?.array?.first { $0["id"] == "migrate:backend" }?["status"] == "done")
                try await irreversible(project, configure)
            }
            #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// What fails after it: before traffic moves, and after it. Then the way back by hand.
    private func irreversible(
        _ project: AcceptanceProject, _ configure: (String) async throws -> Void
    ) async throws {
        let before = try await project.shares(of: "backend")
        try await configure(
            "{ command: [/bin/true], irreversible: true }\n    hooks: { last: { at: [after-traffic], run: [test, -e, mended] } }"
        )
        let early = try await project.json(
            "deploy", "backend", "--set-env", "ROUND=3", "--set-env", "SAMPLE_FAULT=ws-1011", exit: 3)
        #expect(early["outcome"] == "failed", "nothing has moved, so nothing stands in the way back")
        let details = early["error"]?["details"]?.array ?? []
        #expect(
            details.contains { $0["label"] == "migration" && $0["value"]?.string?.contains("has run") == true },
            "\(early)")
        #expect(try await project.shares(of: "backend") == before)

        let late = try await project.json("deploy", "backend", "--set-env", "ROUND=4", exit: 6)
        #expect(late["outcome"] == "needs-attention")
        #expect(late["error"]?["summary"]?.string?.contains("irreversible: nothing was taken back") == true)
        #expect(late["error"]?["hint"]?.string?.contains("stagectl abort") == true)
        #expect(try await project.shares(of: "backend") != before)
        try project.write("yes\n", to: "mended")
        let mended = try await project.json("resume", exit: 0)
        #expect(mended["outcome"] == "promoted", "\(mended)")

        let refused = try await project.json("rollback", "backend", exit: 5)
        #expect(
            refused["error"]?["summary"]?.string?.contains("a migration that is irreversible") == true, "\(refused)")
        #expect(refused["error"]?["hint"]?.string?.contains("--override migration=REASON") == true)
        let forced = try await project.json(
            "rollback", "backend", "--override", "migration=the old one reads both", exit: 0)
        #expect(forced["outcome"] == "rolled-back" && forced["overrides"]?["migration"] == "the old one reads both")
        #expect(try await project.shares(of: "backend") == before)
    }
}
