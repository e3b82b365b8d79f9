import Configuration
import Foundation
import Loop
import Testing
import Verification

@testable import Commands

/// What judges a fix, read from suites, hooks and a real folder.
struct FixStepJudgeTests {
    private static let suite = """
        version: 1
        suite: s
        priority: P1
        owner: team
        checks:
          - id: runner
            runner: { argv: [python3, run.py], junit: "${junit}", cwd: e2e, files: [test_*.py], env: { SETUP: a/set.sh } }
          - id: command
            command: { argv: [/bin/sh, -c, exec sh scripts/check.sh] }
          - id: container
            container: { image: smoke, entrypoint: sh, args: [scripts/in.sh] }
          - id: job
            job: { name: nightly, args: [scripts/job.sh] }

        """

    @Test func `checks of every kind that runs something, and hooks, judge from where they run`() throws {
        let suite = try SuiteLoader.load(Array(Self.suite.utf8), file: "s.yaml", name: "s").get()
        let commands = FixStepJudge.commands(of: ["s": suite], root: "deploy")
        #expect(
            commands == [
                JudgingCommand(["python3", "run.py", "test_*.py", "a/set.sh"], in: ["deploy/e2e", "deploy"]),
                JudgingCommand(["/bin/sh", "-c", "exec sh scripts/check.sh"], in: ["deploy"]),
                JudgingCommand(["sh", "scripts/in.sh"], in: ["deploy"]),
                JudgingCommand(["scripts/job.sh"], in: ["deploy"]),
            ])
        let hooks = [
            Hook(name: "a", moments: [.beforeTraffic], effect: .command(["./ask.sh"]), folder: "ops"),
            Hook(name: "b", moments: [.onHeld], effect: .command(["x"]), folder: "../.."),
        ]
        #expect(
            FixStepJudge.commands(of: hooks, root: "") == [
                JudgingCommand(["./ask.sh"], in: ["ops", ""]), JudgingCommand(["x"], in: [""]),
            ])
    }

    private static func inFolder(_ body: (_ top: String) throws -> Void) throws {
        let made = FileManager.default.temporaryDirectory.path + "/stagectl-judge-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: made + "/scripts", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: made) }
        let top = try #require(realpath(made, nil).map { String(cString: $0) })
        try body(top)
    }

    @Test func `links are followed, and absolute paths are seen for what they are`() throws {
        try Self.inFolder { top in
            try ". \(top)/scripts/lib.sh\n".write(toFile: top + "/scripts/real.sh", atomically: false, encoding: .utf8)
            try "".write(toFile: top + "/scripts/lib.sh", atomically: false, encoding: .utf8)
            try FileManager.default.createSymbolicLink(
                atPath: top + "/check.sh", withDestinationPath: "scripts/real.sh")
            let found = FixStepJudge.files(of: [JudgingCommand(["sh", top + "/check.sh"])], top: top)
            #expect(found.files == ["check.sh", "scripts/real.sh", "scripts/lib.sh"])
        }
    }

    @Test func `what stagectl wrote of any iteration is compared, what the fix may write is not`() throws {
        try Self.inFolder { top in
            func write(_ text: String, to name: String) throws {
                try text.write(toFile: "\(top)/l/\(name)", atomically: false, encoding: .utf8)
            }
            for number in 1...2 {
                try FileManager.default.createDirectory(atPath: "\(top)/l/\(number)", withIntermediateDirectories: true)
                for name in ["brief.json", "verdict.json"] { try write("{}", to: "\(number)/\(name)") }
            }
            let judge = FixStepJudge(
                folder: ConfigurationFolder(root: top), environment: "local", iterations: top + "/l")
            let before = judge.read().judge
            try write("{}", to: "2/fix-result.json")
            #expect(before.refusals(against: judge.read().judge).isEmpty)
            try write("{ }", to: "1/verdict.json")
            try write("", to: "2/evidence.json")
            try FileManager.default.removeItem(atPath: top + "/l/2/brief.json")
            #expect(
                before.refusals(against: judge.read().judge).map(\.text) == [
                    "\(top)/l/1/verdict.json: `1/verdict.json` was changed: it judges the fix (judge)",
                    "\(top)/l/2/brief.json: `2/brief.json` was taken away: it judges the fix (judge)",
                    "\(top)/l/2/evidence.json: `2/evidence.json` was added: it judges the fix (judge)",
                ])
        }
    }
}
