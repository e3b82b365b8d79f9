import Foundation
import JSON
import Testing
import Transport

/// Every way in which the sample breaks on purpose, deployed with the real binary: the release fails, what served goes on
/// serving, and the cause is named by what can be seen from outside.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FaultSwitchTests {
    private struct Switch {
        var name: String
        var exitCode: Int32
        /// The diagnosis's kind.
        var kind: String
        /// Of cause, evidence and logs.
        var words: [String]
    }

    private static let switches = [
        Switch(name: "no-listen", exitCode: 1, kind: "database-timeout", words: ["db.internal:5432"]),
        Switch(name: "exit", exitCode: 1, kind: "variable-missing", words: ["database.pool"]),
        Switch(
            name: "health-503", exitCode: 3, kind: "database-refused", words: ["db.internal:5432", "refused"]),
        Switch(
            name: "ws-403", exitCode: 3, kind: "check-failed",
            words: ["ws.echo", "answered with 403, wanted 101", "refused the connection before it accepted it"]),
        Switch(
            name: "ws-headers", exitCode: 3, kind: "check-failed",
            words: ["ws.echo", "answered with 403, wanted 101", "refused the connection before it accepted it"]),
        Switch(
            name: "ws-1011", exitCode: 3, kind: "check-failed",
            words: ["ws.echo", "1011", "accepted the connection and then raised an exception"]),
        Switch(name: "slow", exitCode: 3, kind: "slow", words: []),
        Switch(
            name: "missing-route", exitCode: 3, kind: "check-failed",
            words: ["threads", "status 404, wanted 200", "does not have the route"]),
        Switch(
            name: "missing-routes", exitCode: 3, kind: "check-failed",
            words: ["threads", "status 404, wanted 200", "does not have the route"]),
        Switch(name: "wrong-identity", exitCode: 3, kind: "wrong-identity", words: ["backend-00000-old"]),
        Switch(
            name: "stream-stall", exitCode: 3, kind: "check-failed",
            words: ["events", "did not come in its place", "the stream stopped while its connection stays open"]),
        Switch(
            name: "leak-user", exitCode: 3, kind: "check-failed",
            words: ["users", "another user's data", "one user's data where another's request finds it"]),
    ]

    @Test func `every switch of the sample is in the table`() throws {
        let place =
            URL(filePath: #filePath).deletingLastPathComponent().path + "/../../Sources/SampleService/Fault.swift"
        let source = try String(contentsOf: URL(filePath: place), encoding: .utf8)
        let names = source.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard line.hasPrefix("    case "), words.count == 2 || words.count == 4 else { return nil }
            return words.count == 2 ? String(words[1]) : String(words[3].filter { $0 != "\"" })
        }
        #expect(names.count == 12)
        #expect(Set(names) == Set(Self.switches.map(\.name)))
    }

    @Test func `each is named by what is seen from outside`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18330)
        do {
            try project.write(Self.suite, to: "environments/suites/backend-smoke.yaml")
            try await project.commit("every kind of fault")
            let good = try await project.json("deploy", "--all", exit: 0)
            #expect(good["verdict"]?["counts"]?["passed"] == 5, "\(good["verdict"] ?? .null)")
            let revision = try #require(service(of: good)?["revision"]?.string)
            for fault in Self.switches { try await check(fault, project, serving: revision) }
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func check(_ fault: Switch, _ project: AcceptanceProject, serving revision: String) async throws {
        let broken = try await project.json(
            "deploy", "backend", "--set-env", "SAMPLE_FAULT=\(fault.name)", exit: fault.exitCode)
        #expect(broken["outcome"] == "failed", "\(fault.name)")
        let result = try #require(service(of: broken))
        #expect(result["revision"]?.string == revision, "\(fault.name): the old revision still serves")
        let diagnosis = try #require(result["diagnosis"])
        #expect(diagnosis["kind"]?.string == fault.kind, "\(fault.name): \(diagnosis.serialized())")
        let said = diagnosis.serialized()
        for word in fault.words { #expect(said.contains(word), "\(fault.name): \(said)") }
        #expect(diagnosis["fix"]?.string?.isEmpty == false, "\(fault.name): \(said)")
        // By what is seen: the variable is nobody's to read, and is told in no cause.
        #expect(!said.contains("SAMPLE_FAULT"), "\(fault.name): \(said)")
        #expect(fault.exitCode == 1 || broken.serialized().contains("\"failed\""))
    }

    private func service(of document: JSONValue) -> JSONValue? {
        document["services"]?.array?.first { $0["service"] == "backend" }
    }

    private static let suite = """
        version: 1
        suite: backend-smoke
        priority: P1
        owner: team-backend
        secrets: { jwt: { from_env: ACCEPTANCE_JWT, default: acceptance-secret } }
        checks:
          - id: version
            http: GET /version
            expect: { status: 200, json: { $.revision: "${deploy.revision}" } }
          - id: threads
            http: GET /api/threads
            expect: { status: 200 }
          - id: events
            sse: { path: /events, within: 3s }
            expect: { events: [{ event: hello }, { event: tick }, { event: end }] }
          - id: users
            users: { http: GET /api/me, names: [alice, bob, carol], rounds: 2 }
            auth: { kind: jwt, secret: jwt, claims: { sub: "${user.name}" } }
            expect: { status: 200 }
          - id: ws.echo
            ws: { path: /ws }
            auth: { kind: jwt, secret: jwt, claims: { sub: smoke } }
            script:
              - send: { json: { type: start_agent } }
              - receive_ordered: { within: 2s, count: 5, key: $.seq, strictly: increasing, no_gaps: true }
              - close: { code: 1000 }

        """
}
