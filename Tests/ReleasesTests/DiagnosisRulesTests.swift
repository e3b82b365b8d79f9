import Configuration
import Testing

@testable import Releases

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct DiagnosisRulesTests {
    private func symptoms(_ lines: [String], reason: String? = "HEALTH_CHECK_CONTAINER_ERROR") -> Symptoms {
        Symptoms(
            service: Service(name: "api"), identity: ServiceIdentity(project: "p", region: "r", name: "api"),
            revision: "api-00002-abc", conditions: [Condition(state: .failed, reason: reason, message: "not ready")],
            lines: lines.map { LogLine(time: "", severity: "ERROR", text: $0, stream: "stderr") })
    }

    @Test func `every pattern can be read`() {
        for (kind, pattern) in RuleTable.patterns {
            #expect((try? Regex(pattern)) != nil, "\(kind): \(pattern)")
        }
    }

    @Test func `each kind has one rule`() {
        let kinds = RuleTable.rules.map(\.kind)
        #expect(Set(kinds).count == kinds.count)
    }

    @Test func `the closest cause is named, the others are told`() {
        let diagnosis = DiagnosisRules.notReady(
            symptoms([
                "Error: connect ECONNREFUSED 10.0.0.3:5432", "[CRITICAL] Worker failed to boot.",
                "KeyError: 'API_KEY'", "Container called exit(1).",
            ]))
        #expect(diagnosis.kind == "database-refused")
        #expect(diagnosis.alsoSeen?.count == 1, "that the server gave up is no cause of its own")
        #expect(diagnosis.alsoSeen?.first?.hasPrefix("variable-missing: ") == true)
    }

    @Test func `of several lines for one rule the latest is told`() {
        let diagnosis = DiagnosisRules.notReady(symptoms(["KeyError: 'FIRST_ONE'", "KeyError: 'SECOND_ONE'"]))
        #expect(diagnosis.cause.contains("SECOND_ONE"))
    }

    @Test func `what the platform refuses is not explained by what a container says`() {
        let diagnosis = DiagnosisRules.notReady(symptoms(["KeyError: 'API_KEY'"], reason: "VPC_NETWORK_NOT_FOUND"))
        #expect(diagnosis.kind == "network-missing")
    }

    @Test func `a reason that nobody knows yet is no obstacle`() {
        #expect(DiagnosisRules.notReady(symptoms([], reason: "SOMETHING_NEW")).kind == "did-not-listen")
        #expect(DiagnosisRules.notReady(symptoms([], reason: nil)).kind == "did-not-listen")
    }

    @Test(arguments: ["$(reboot)", "a b", "a;b", "`id`", "-rf", "a'b", "a\nb", ""])
    func `a command holds no word that a shell would read otherwise`(word: String) {
        let message =
            "Permission denied on secret: projects/1/secrets/\(word)/versions/1 for Revision service account a@b.c. The"
        let diagnosis = DiagnosisRules.notReady(
            Symptoms(
                service: Service(name: "api"), identity: ServiceIdentity(project: "p", region: "r", name: "api"),
                conditions: [
                    Condition(state: .failed, reason: "SECRETS_ACCESS_CHECK_FAILED", message: message)
                ]))
        #expect(diagnosis.command?.contains("reboot") != true && diagnosis.command?.contains(";") != true)
        #expect(diagnosis.command?.contains("`") != true && diagnosis.command?.contains("secretmanager -rf") != true)
    }

    @Test(arguments: [
        ("Server listening on http://0.0.0.0:3000", String?.some("0.0.0.0"), 3000),
        ("Listening on port 5000", nil, 5000),
        ("INFO: Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C)", "127.0.0.1", 8000),
        ("Tomcat started on port(s): 8081 (http) with context path ''", nil, 8081),
        ("Now listening on: http://[::]:5000", "[::]", 5000), ("server started at :9000", nil, 9000),
        (" * Running on http://localhost:5000", "localhost", 5000),
    ])
    func `a start-up line says where a program listens`(line: String, host: String?, port: Int) {
        #expect(ListeningRules.address(in: line) == ListeningRules.Address(host: host, port: port))
    }

    @Test(arguments: [
        "connection to server at 10.0.0.1:5432 refused", "started at 2026-03-02 09:14:03", "server v1.2.3:4567",
        "metrics server listening on :9090", "listening", "running migrations 12:30",
    ])
    func `other lines do not`(line: String) {
        #expect(ListeningRules.address(in: line) == nil)
    }

    @Test func `a port that the system handed out is no wrong port, one that was chosen is`() {
        #expect(DiagnosisRules.notReady(symptoms(["listening on :39019"])).kind == "did-not-listen")
        #expect(DiagnosisRules.notReady(symptoms(["listening on :3000"])).kind == "wrong-port")
    }

    @Test func `what was said again and again is told once`() {
        let logs = DiagnosisRules.notReady(symptoms(["a", "waiting", "waiting", "waiting", "b", "waiting"])).logs
        #expect(logs == ["a", "waiting  (3 times)", "b", "waiting"])
    }

    @Test func `a log that could not be read is told`() {
        var seen = symptoms([])
        seen.logProblem = "reading the log failed: not permitted"
        #expect(
            DiagnosisRules.notReady(seen).evidence.last
                == "the log could not be read: reading the log failed: not permitted")
    }

    @Test func `a diagnosis of an earlier version can be read`() throws {
        let old = #"{"kind":"slow","cause":"c","fix":"f","evidence":["e"],"logs":[]}"#
        let diagnosis = try JSONDecoder().decode(Diagnosis.self, from: Data(old.utf8))
        #expect(diagnosis.command == nil && diagnosis.alsoSeen == nil)
    }

    @Test(.timeLimit(.minutes(1))) func `a log that fits nothing and everything is read in a moment`() {
        let line = String(repeating: "at /a:1 (Error: ECONNREFUSED 'x' ", count: 100)
        let start = ContinuousClock.now
        _ = DiagnosisRules.notReady(symptoms((0..<2000).map { "\($0) \(line)" }))
        #expect(ContinuousClock.now - start < .seconds(30))
    }
}
