import Configuration
import Testing

@Suite struct FindingTextTests {
    @Test func showsTheLineACaretAndTheNearestName() {
        let text = "platform: local\nproject: local-project\nregoin: us-central1\nregion: us-central1\n"
        guard case .failure(let findings) = load(environment: text) else {
            Issue.record("accepted")
            return
        }
        #expect(
            FindingText.render(findings.findings) == """
                test.yaml:3:1: unknown key `regoin`
                  3 | regoin: us-central1
                    | ^~~~~~
                hint: did you mean `region`?
                """)
    }

    @Test func longLinesAreCutAroundTheCaret() {
        let line = String(repeating: "x", count: 500)
        let finding = Finding(
            file: "a.yaml", line: 1, column: 300, message: "m", sourceLine: line, length: 400)
        let lines = FindingText.render(finding).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 140 })
        #expect(lines.last?.contains("^~") == true)
    }

    @Test func nothingFromAFileReachesTheTerminalAsControl() {
        let finding = Finding(
            file: "a.yaml", line: 1, column: 9, message: "bad \u{1B}[31m\u{202E}", hint: "\u{7}",
            sourceLine: "\u{1B}]0;x\u{7}")
        let scalars = FindingText.render(finding).unicodeScalars
        #expect(!scalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
    }

    @Test func columnsBeyondTheLineDoNotTrap() {
        let finding = Finding(file: "a", line: 1, column: 900, message: "m", sourceLine: "", length: 50)
        #expect(FindingText.render(finding).contains("^"))
    }

    @Test(arguments: [
        ("regoin", "region"), ("sampels", "samples"), ("Port", "port"), ("helth", "health"),
    ])
    func nearestNameIsASlipAway(name: String, meant: String) {
        #expect(NearestName.of(name, in: ["region", "samples", "port", "health", "traffic"]) == meant)
    }

    @Test func farNamesAreNotGuessed() {
        #expect(NearestName.of("zebra", in: ["region", "port"]) == nil)
        #expect(NearestName.of("", in: ["region"]) == nil)
    }
}
