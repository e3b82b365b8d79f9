import Foundation
import JSON
import Testing
import Transport

/// A stream that hangs: what the loop finds, and what it hands to whoever mends it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopStreamTests {
    private static func suite(within: String) -> String {
        """
        version: 1
        suite: backend-smoke
        priority: P1
        owner: team-backend
        checks:
          - id: threads
            http: GET /api/threads
            expect: { status: 200 }
          - id: stream.partial
            sse: { path: /events, within: \(within) }
            expect: { events: [{ event: hello }, { event: tick }, { event: tick }, { event: end }] }

        """
    }

    @Test func `a stream that hangs, and one that is cut at the request timeout, are told apart and mended`()
        async throws
    {
        let scenario = try await LoopScenario(
            port: 19_640, faults: "stream-stall", suite: Self.suite(within: "1s"), loop: "loop: { flaky_reruns: 1 }\n")
        let project = scenario.project
        do {
            try await mendStall(scenario)
            // The same, where the platform's limit is shorter than the client's patience.
            let services = try await project.shell("cat", "environments/services.yaml").outputText
            try project.write(services.replacing("timeout: 60m", with: "timeout: 2s"), to: "environments/services.yaml")
            try project.write(Self.suite(within: "8s"), to: "environments/suites/backend-smoke.yaml")
            try scenario.write(faults: "stream-stall")
            try await scenario.settle(loop: "loop: { flaky_reruns: 0 }\n")
            let done = try await project.json("loop", "--fix", LoopScenario.mending("stream-stall"), exit: 0)
            #expect(done["outcome"] == "goal" && done["iterations"]?.array?.count == 2, "\(done.serialized())")
            let groups = done["iterations"]?[0]?["groups"]?.array ?? []
            let cause = try #require(groups.first?["cause"])
            #expect(groups.count == 1 && cause["kind"] == "stream-timeout", "\(cause.serialized(pretty: true))")
            #expect(cause["statement"]?.string?.contains("cut at Cloud Run's request timeout") == true)
            #expect(cause["whys"]?.serialized().contains("timeout: 2s") == true, "\(cause.serialized(pretty: true))")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func mendStall(_ scenario: LoopScenario) async throws {
        let project = scenario.project
        // Whoever mends it sees nothing but the brief.
        let fix = """
            grep -q stream-timeout "$STAGECTL_BRIEF" && grep -q stream-timeout "$STAGECTL_BRIEF_JSON" &&
            sed -i 's/stream-stall//' image/backend.sh
            """
        let report = project.folder + "/.stagectl/report"
        let done = try await project.json("loop", "--fix", fix, "--report", report, exit: 0)
        #expect(done["outcome"] == "goal" && done["iterations"]?.array?.count == 2, "\(done.serialized())")
        let groups = done["iterations"]?[0]?["groups"]?.array ?? []
        #expect(groups.count == 1, "\(groups)")
        let group = try #require(groups.first)
        let cause = try #require(group["cause"])
        #expect(cause["kind"] == "stream-timeout" && cause["confidence"] == "probable", "\(cause.serialized())")
        #expect(group["checks"]?.array?.compactMap { $0["id"]?.string } == ["stream.partial"])
        let said = cause["evidence"]?.serialized() ?? ""
        #expect(said.contains("expected event 3 (`tick`) did not come in its place within 1000 ms"), "\(said)")
        let brief = try String(contentsOf: URL(filePath: report + "/1/brief.md"), encoding: .utf8)
        for words in [
            "stream-timeout, probable", "did not come in its place within 1000 ms",
            "stagectl smoke backend", "--only stream.partial",
        ] { #expect(brief.contains(words), "\(words): \(brief)") }
        try await scenario.expectAsReported(done)
    }
}
