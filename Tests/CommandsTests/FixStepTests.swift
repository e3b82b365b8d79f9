import Loop
import Reporting
import Testing
import Transport

@testable import Commands

struct FixStepTests {
    @Test(arguments: [
        ("STAGECTL_ACCESS_TOKEN", true), ("STAGECTL_STATE", false), ("STAGECTL_LOCAL_PORT", false),
        ("GOOGLE_APPLICATION_CREDENTIALS", true), ("STAGECTL_GATE_TOKEN", true),
        ("CLOUDSDK_AUTH_ACCESS_TOKEN", true), ("GCE_METADATA_HOST", true), ("PATH", false), ("HOME", false),
        ("ANTHROPIC_API_KEY", false),
    ])
    func `a fix gets nothing that stagectl itself is given`(name: String, isOwn: Bool) {
        #expect(FixStepCommand.isOwn(name) == isOwn)
    }

    @Test func `the end of a command is told in words, with its log`() {
        func told(_ code: Int32, timedOut: Bool = false) -> String? {
            FixStepCommand.failure(
                of: ProcessResult(exitCode: code, output: [], errorOutput: [], timedOut: timedOut), label: "fix",
                seconds: 7, log: "/l")
        }
        #expect(told(0) == nil)
        #expect(told(3) == "the fix command ended with 3; see /l")
        #expect(told(137) == "the fix command was ended by signal 9; see /l")
        #expect(told(143, timedOut: true) == "the fix command did not end within 7 s and was ended; see /l")
    }

    @Test(
        arguments: [
            (#"{"cost": 0.42, "summary": "sends the header"}"#, 0.42, "sends the header", false),
            (#"{"cost": 0}"#, 0, nil, false), ("{}", nil, nil, false), ("", nil, nil, false),
            (#"{"cost": -1}"#, nil, nil, true), (#"{"cost": "much"}"#, nil, nil, true),
            (#"{"cost": 1e400}"#, nil, nil, true), ("[1]", nil, nil, true), ("not json", nil, nil, true),
            (#"{"cost": null, "summary": 5}"#, nil, nil, false),
        ] as [(String, Double?, String?, Bool)])
    func `what a fix says of itself is taken only as far as it can be true`(
        text: String, cost: Double?, summary: String?, isWrong: Bool
    ) {
        let said = FixStepResult(Array(text.utf8))
        #expect(said.cost == cost)
        #expect(said.summary == summary)
        #expect((said.problem != nil) == isWrong)
    }

    @Test func `a diff is bounded, and says how much was left out`() {
        let patch = (1...500).map { "+line \($0)" }.joined(separator: "\n") + "\n"
        let change = TreeChange(files: [ChangedFile("a", .added, added: 500)])
        let lines = FixStepDiff.lines(
            of: Array(patch.utf8), change: change, file: "/p", palette: Palette(isEnabled: false))
        #expect(lines.count == 202)
        #expect(lines.first == "  1 file changed, +500 -0")
        #expect(lines.last == "  … 300 of 500 lines are left out here: /p")
        let long = FixStepDiff.lines(
            of: Array(("+" + String(repeating: "x", count: 1000) + "\n").utf8), change: change, file: "/p",
            palette: Palette(isEnabled: false))
        #expect(long[1].hasSuffix(" … 601 bytes more"))
    }
}
