import Configuration
import Foundation
import Loop
import Releases
import Reporting
import SourceControl
import Testing
import Transport

@testable import Commands

/// A fix step and a real repository: what is committed is what was judged, and nobody's commit is lost.
@Suite struct FixStepTreeTests {
    private struct Scratch {
        let top: String
        let folder: String

        init() async throws {
            let scratch = FileManager.default.temporaryDirectory.path + "/stagectl-fix-\(UUID().uuidString)"
            (top, folder) = (scratch + "/repository", scratch + "/l/1")
            for path in [top, folder] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            try await git("init", "-q", "-b", "loop/l")
            for (name, value) in [("user.name", "A"), ("user.email", "a@example.com")] {
                try await git("config", name, value)
            }
            try write((1...20).map { "line \($0 % 4)" }.joined(separator: "\n") + "\n")
            try await git("add", "-A")
            try await git("commit", "-q", "-m", "first")
        }

        func write(_ text: String, to name: String = "app.txt") throws {
            try text.write(toFile: "\(top)/\(name)", atomically: false, encoding: .utf8)
        }

        @discardableResult
        func git(_ arguments: String...) async throws -> String {
            let result = try await ChildProcess.run(
                CommandLine(["git", "-C", top] + arguments, deadline: .seconds(30)))
            try #require(result.exitCode == 0, "\(arguments): \(result.errorText)")
            return result.outputText.filter { !$0.isNewline }
        }

        func step(_ line: String) async throws -> FixStep {
            FixStep(
                tree: try await RepositoryTree.open(at: top), mender: .command(line),
                head: try await git("rev-parse", "HEAD"), branch: "loop/l", folder: folder, rules: FixRules(),
                judge: FixStepJudge(folder: ConfigurationFolder(root: top), environment: "local"),
                commandSeconds: 20,
                checks: [], hidden: [], console: console, name: "l-1")
        }

        var console: Console { Console(style: .init(isTerminal: false, usesColor: false)) { _, _ in } }

        func remove() {
            try? FileManager.default.removeItem(atPath: folder + "/../..")
        }
    }

    private static let message = FixCommitMessage(run: "l", iteration: 1)

    @Test func `what a fix commits by itself is refused, put back, and kept under a name`() async throws {
        let scratch = try await Scratch()
        defer { scratch.remove() }
        let head = try await scratch.git("rev-parse", "HEAD")
        for (number, name) in [(1, "l-1"), (2, "l-1-2")] {
            let step = try await scratch.step("echo \(number) >> app.txt; git commit -q -a -m 'by itself \(number)'")
            let record = try await step.run()
            #expect(record.refusals.contains { $0.rule == "git" }, "\(record)")
            #expect(try await scratch.git("rev-parse", "HEAD") == head)
            #expect(
                try await scratch.git("log", "-1", "--format=%s", "refs/stagectl/kept/\(name)")
                    == "by itself \(number)")
        }
        // What a branch holds is not lost, and needs no other name.
        let step = try await scratch.step("git switch -q -c other; echo 3 >> app.txt; git commit -q -a -m third")
        #expect(try await !step.run().refusals.isEmpty)
        #expect(try await scratch.git("log", "-1", "--format=%s", "other") == "third")
        #expect(
            try await scratch.git("for-each-ref", "--format=%(refname) ", "refs/stagectl")
                == "refs/stagectl/kept/l-1 refs/stagectl/kept/l-1-2 ")
    }

    @Test func `the same lines at another place are not what was judged, and the hint helps`() async throws {
        let scratch = try await Scratch()
        defer { scratch.remove() }
        let text = try String(contentsOfFile: scratch.top + "/app.txt", encoding: .utf8)
        let step = try await scratch.step("sed -i '5i new' app.txt")
        let record = try await step.run()
        #expect(record.isAccepted && record.tree != nil, "\(record)")
        // By somebody else, while the loop stood still.
        try scratch.write(text + "new\n")
        let moved = try await step.tree.changes(since: step.head).change
        #expect(moved.identity == record.identity && moved.tree != record.tree)
        do {
            _ = try await step.commit(record, Self.message)
            Issue.record("it is committed")
        } catch let failure as Failure {
            #expect(failure.category == .conflict)
            #expect(failure.hint?.contains("git stash -u") == true)
            #expect(failure.hint?.contains("git apply \(step.patch)") == true)
        }
        try await scratch.git("stash", "-q", "-u")
        try await scratch.git("apply", step.patch)
        let commit = try await step.commit(record, Self.message)
        #expect(try await scratch.git("rev-parse", "HEAD") == commit)
        #expect(try await scratch.git("rev-parse", "HEAD^{tree}") == record.tree)
        #expect(try await scratch.git("status", "--porcelain").isEmpty)
    }

    @Test func `what a cut fix left is kept, and so is what was set in git meanwhile`() async throws {
        let scratch = try await Scratch()
        defer { scratch.remove() }
        let step = try await scratch.step("true")
        // As after a kill: the state of before is there, and somebody has set something.
        let state = try await step.tree.directoryState()
        try JSONEncoder().encode(state).write(to: URL(filePath: FixStep.before(in: scratch.folder)))
        try scratch.write("junk\n")
        try await scratch.git("config", "remote.origin.url", "somewhere")
        let file = try await FixStep.putAway(
            step.tree, head: step.head, branch: "loop/l", folder: scratch.folder, as: "interrupted", scratch.console)
        #expect(try await scratch.git("status", "--porcelain").isEmpty)
        #expect(try String(contentsOfFile: try #require(file), encoding: .utf8).contains("+junk"))
        let settings = try String(contentsOfFile: scratch.folder + "/interrupted-git-config", encoding: .utf8)
        #expect(settings.contains("somewhere"))
        #expect(!FixStepFiles.exists(FixStep.before(in: scratch.folder)))
    }
}
