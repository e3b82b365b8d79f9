import JSON
import Testing
import Transport

/// Loops that do not reach their goal end by the rule that says why, with its exit code, and leave what they say.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopBoundsTests {
    private struct Bound {
        var settings: String
        /// A fix that changes something and mends nothing.
        var fix = "date +%s%N >> image/VERSION"
        var flags: [String] = []
        var outcome: String
        var exit: Int32 = 3
        var iterations: ClosedRange<Int>
        var words: String
    }

    private static let bounds = [
        Bound(
            settings: "max_cost: 1",
            fix: "date +%s%N >> image/VERSION; printf '{\"cost\": 1.25}' > \"$STAGECTL_FIX_RESULT\"", outcome: "cost",
            iterations: 2...2, words: "$1.25 of $1.00 are spent"),
        // However fast the machine is, two iterations take longer.
        Bound(settings: "deadline: 1s", outcome: "time", exit: 75, iterations: 1...2, words: "of 1 seconds are over"),
        Bound(
            settings: "max_iterations: 5", flags: ["--max-iterations", "1"], outcome: "iterations", iterations: 1...1,
            words: "the only iteration is over"),
        Bound(
            settings: "no_progress: 2", fix: "echo same >> image/VERSION", outcome: "same-fix", iterations: 2...2,
            words: "the fix is the one of iteration 1"),
        Bound(
            settings: "no_progress: 1", outcome: "no-progress", iterations: 2...2,
            words: "1 iteration in a row mended nothing"),
        Bound(
            settings: "fix_timeout: 1s", fix: "echo half > image/VERSION; sleep 63.7", outcome: "fix-failed",
            iterations: 1...1, words: "the fix command did not end within 1 s"),
    ]

    @Test func `cost, time, iterations, the same fix and no progress each end it by their name`() async throws {
        let scenario = try await LoopScenario(port: 19_664, faults: "ws-1011")
        let project = scenario.project
        do {
            for bound in Self.bounds {
                try await scenario.settle(loop: "loop: { flaky_reruns: 0, \(bound.settings) }\n")
                let ended = try await project.json(["loop", "--fix", bound.fix] + bound.flags, exit: bound.exit)
                let told = "\(bound.outcome): \(ended["outcome"] ?? .null) \(ended["why"] ?? .null)"
                #expect(ended["outcome"]?.string == bound.outcome && ended["goal"] == false, "\(told)")
                #expect(ended["why"]?.string?.contains(bound.words) == true, "\(told)")
                #expect(bound.iterations.contains(ended["iterations"]?.array?.count ?? 0), "\(told)")
                #expect(ended["error"]?["category"]?.string == (bound.exit == 75 ? "deadline" : "checks"), "\(told)")
                #expect(ended["left"]?["failing"]?.array == ["backend-smoke/ws.echo"], "\(told)")
                if bound.outcome == "cost" { #expect(ended["cost"]?.double == 1.25) }
                if bound.outcome == "iterations" { #expect(ended["iterations"]?[0]?["fix"] ?? .null == .null) }
                #expect(ended["tree"]?["clean"]?.bool == true, "\(told)")
                try await scenario.expectAsReported(ended)
            }
            // Nothing of the one that took too long is left.
            let left = try await ChildProcess.run(CommandLine(["pgrep", "-f", "^sleep 63.7"]))
            #expect(left.outputText.isEmpty)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
