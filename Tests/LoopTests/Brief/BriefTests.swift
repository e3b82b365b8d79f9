import Loop
import Testing
import Verification

struct BriefTests {
    private static func brief(
        _ failed: [FailedCheck], _ edit: (inout CauseFacts, inout Brief.Occasion) -> Void = { _, _ in }
    ) -> Brief {
        var facts = CauseFacts(failed: failed)
        var occasion = Brief.Occasion(
            run: "loop-1", iteration: 2, environment: "local", verdict: .fail, rule: "a P1 check failed")
        edit(&facts, &occasion)
        return Brief(occasion, facts, Causes.groups(of: facts))
    }

    private static func check(_ id: String, _ message: String = "answered 500, wanted 200") -> FailedCheck {
        FailedCheck(
            id: id, suite: "critical", priority: .p1, service: "backend", kind: "http", httpStatus: 500,
            message: message)
    }

    @Test func `each failing check can be asked again by one command, quoted for a shell`() {
        let brief = Self.brief([Self.check("ws.events"), Self.check("row[it's]")]) { _, occasion in
            occasion.byHand = ["critical/ws.events": ["websocat 'ws://x/ws'"]]
        }
        let elsewhere = Self.brief([Self.check("a")]) { _, occasion in occasion.configuration = "my deploy" }
        #expect(
            elsewhere.reproduce.map(\.command) == ["stagectl smoke backend --env local --config 'my deploy' --only a"])
        let commands = brief.reproduce.map(\.command)
        #expect(commands.contains("stagectl smoke backend --env local --only ws.events"))
        #expect(commands.contains("stagectl smoke backend --env local --only 'row[it'\\''s]'"))
        #expect(brief.reproduce.first { $0.check.id == "ws.events" }?.byHand == ["websocat 'ws://x/ws'"])
    }

    @Test func `what a refused candidate failed is asked of another one, made from what is in the tree`() throws {
        let brief = Self.brief([Self.check("ws.events")]) { _, occasion in
            occasion.byHand = ["critical/ws.events": ["websocat 'wss://c-abc123---backend-x.a.run.app/ws'"]]
            occasion.candidate = Brief.Candidate(
                tag: "c-abc123", flags: ["--no-traffic", "--tag", "brief", "--skip-smoke", "asked by hand"])
        }
        let again = try #require(brief.reproduce.first)
        #expect(
            again.command == "stagectl deploy backend --env local --no-traffic --tag brief --skip-smoke 'asked by hand'"
                + " && stagectl smoke backend --env local --tag brief --only ws.events")
        #expect(again.byHand == ["websocat 'wss://brief---backend-x.a.run.app/ws'"])
    }

    @Test func `what is too much is cut, and the cut is said`() {
        let long = String(repeating: "y", count: 50_000)
        var checks = (0..<400).map { Self.check("c\($0)", "answered 500 \(long)") }
        for index in checks.indices { checks[index].logLines = Array(repeating: long, count: 60) }
        let brief = Self.brief(checks)
        #expect(
            brief.reproduce.count == Brief.Bounds.reproductions
                && brief.groups[0].checks.count == Brief.Bounds.checksOfGroup)
        #expect(brief.observations.allSatisfy { $0.message.count < 2100 && $0.logLines.count <= Brief.Bounds.logLines })
        #expect(
            brief.cuts.contains { $0.contains("of 400 checks") } && brief.cuts.contains { $0.contains("log lines") })
    }

    @Test func `suspects that a cause names come before those that only changed`() {
        let brief = Self.brief([Self.check("a", "answered 500: MAIL_PROVIDER is not valid")]) { facts, _ in
            facts.changes = [
                ChangeSinceGood(
                    service: "frontend", since: "r1", commits: [.init(String(repeating: "f", count: 40), "Colours")]),
                ChangeSinceGood(
                    service: "backend", since: "r1",
                    settings: [.init("cpu", "1", "2"), .init("env.MAIL_PROVIDER", "(value 1)", "(value 2)")],
                    commits: [.init(String(repeating: "b", count: 40), "Mail")]),
            ]
        }
        #expect(brief.suspects.first?.name == "env.MAIL_PROVIDER" && brief.suspects.first?.why != nil)
        #expect(brief.suspects.suffix(2).map(\.name).contains("cpu"))
    }

    @Test func `what did not run is counted by its reason, and flaky checks are apart`() {
        let brief = Self.brief([Self.check("a")]) { facts, occasion in
            facts.idle = (0..<30).map {
                IdleCheck(
                    id: "s\($0)", suite: "legacy", priority: .p3, service: "backend", status: .skipped,
                    reason: "staging not available")
            }
            occasion.flaky = ["critical/b"]
        }
        #expect(brief.notRun.map(\.count) == [30] && brief.flaky == ["critical/b"])
    }
}
