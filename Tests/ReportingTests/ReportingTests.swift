import JSON
import Releases
import Reporting
import Synchronization
import Testing
import Verification

@Suite struct ReportingTests {
    private let release = ReleaseDocument(
        run: "r1", kind: .deploy, environment: "local", started: "t", finished: nil, initiator: "me@here",
        outcome: .failed, services: [ServiceResult(service: "backend", region: "r", outcome: .failed)],
        steps: [
            StepResult(id: "a:backend", status: .notRun, seconds: 0),
            StepResult(id: "b:backend", status: .inDoubt, seconds: 0),
        ],
        verdict: VerdictSummary(result: .fail, rule: "x", counts: [:]))

    @Test func `keys of the contract are there even when there is nothing to say`() throws {
        let document = ReleaseJSON.release(release)
        for key in ["schema", "run", "environment", "outcome", "services", "steps", "verdict", "report", "error"] {
            #expect(document[key] != nil, "\(key)")
        }
        #expect(document["verdict"]?["counts"]?["passed"] == 0 && document["verdict"]?["counts"]?["total"] == 0)
        let service = try #require(document["services"]?[0])
        for key in ["revision", "previousRevision", "image", "commit", "url", "candidateUrl", "diagnosis"] {
            #expect(service[key] == .null, "\(key)")
        }
    }

    @Test func `a step has one of the four states of the contract`() {
        let steps = ReleaseJSON.release(release)["steps"]?.array ?? []
        #expect(steps.map { $0["status"]?.string } == ["skipped", "failed"])
    }

    @Test(arguments: ["\u{1B}]52;c;aGk=\u{7}", "a\rb", "\u{202E}evil", "\u{9B}2J", "x\u{200B}y"])
    func `text from outside cannot move the cursor`(text: String) {
        let safe = SafeText.line(text)
        #expect(!safe.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
        #expect(!safe.contains("\u{202E}") && !safe.contains("\u{200B}"))
        #expect(safe.contains("\\u{"))
    }

    @Test(arguments: [
        ("\u{1B}[32mok\u{1B}[0m 3 tests", "ok 3 tests"), ("10 %\r50 %\r100 %\u{1B}[K\r", "100 %"),
        ("a\u{7}b", "a\\u{7}b"),
        ("\u{1B}]0;title\u{7}x", "\\u{1b}]0;title\\u{7}x"), ("", ""), ("\r", ""), ("a\tb", "a    b"),
    ])
    func `a tool's output is shown as a terminal would leave it`(text: String, shown: String) {
        #expect(SafeText.output(text) == shown)
    }

    @Test func `everything that leaves the console is redacted`() {
        let written = Mutex<[String]>([])
        let console = Console(style: .init(isTerminal: false, usesColor: false), redactor: Redactor(["top-secret-1"])) {
            text, _ in
            written.withLock { $0.append(text) }
        }
        console.hide(["another-secret"])
        console.result("a top-secret-1 b")
        console.progress("c another-secret d")
        console.problem("dG9wLXNlY3JldC0x")
        let all = written.withLock { $0 }.joined()
        #expect(!all.contains("secret-1") && !all.contains("another-secret") && !all.contains("dG9wLXNlY3JldC0x"))
    }

    @Test(arguments: [
        (0.042, "0.04 s"), (9.999, "10.00 s"), (12.34, "12.3 s"), (125.0, "2 min 05 s"), (-1.0, "–"), (Double.nan, "–"),
    ])
    func `durations are short`(seconds: Double, text: String) {
        #expect(Seconds.text(seconds) == text)
    }
}
