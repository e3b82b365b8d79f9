import JSON
import Testing
import Transport

/// What a person, or a fix, commits while a loop stands still is nobody's to take away.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopOwnWorkTests {
    private static let cut = "echo junk > image/VERSION; echo half-done; sleep 60"
    /// Does half of it the first time that it is asked, and waits; then takes the fault away.
    private static let hesitant =
        "if [ -e .stagectl/second ]; then \(LoopScenario.mending("ws-1011")); else touch .stagectl/second; \(cut); fi"

    @Test func `commits that are made after a kill in a fix stay, whether the loop is resumed or ended`() async throws {
        let scenario = try await LoopScenario(port: 19_708, faults: "ws-1011", loop: "loop: { flaky_reruns: 0 }\n")
        let project = scenario.project
        do {
            try await keepsCommitOfFix(project)
            #expect(
                try await project.stagectl(["loop", "--fix", Self.hesitant], killedAt: "│ half-done").exitCode == 137)
            let (branch, base) = try await place(project)
            try await refusesCommit(project, branch: branch, base: base)
            try await refusesOtherBranch(project)
            // What the hints say to do helps.
            try await project.shell("git", "stash", "--quiet", "--include-untracked")
            try await project.shell("git", "switch", "--quiet", branch)
            let done = try await project.json("resume", exit: 0)
            #expect(done["outcome"] == "goal" && done["iterations"]?.array?.count == 2, "\(done.serialized())")
            let changed = try await project.shell("git", "diff", "--name-only", base, "HEAD").outputText
            #expect(changed == "image/backend.sh\n")
            let all = try await project.shell("git", "log", "--all", "--format=%s").outputText
            #expect(all.contains("my own fix\n") && all.contains("on main\n") && all.contains("cheat\n"), "\(all)")
            #expect(done["startedOn"] == "main", "\(done)")
            try await scenario.expectAsReported(done)
            try await endsBesideCommit(scenario)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func place(_ project: AcceptanceProject) async throws -> (branch: String, commit: String) {
        let branch = try await project.shell("git", "branch", "--show-current").outputText
        let commit = try await project.shell("git", "rev-parse", "HEAD").outputText
        return (branch.filter { !$0.isNewline }, commit.filter { !$0.isNewline })
    }

    private func keepsCommitOfFix(_ project: AcceptanceProject) async throws {
        let before = try await project.shell("git", "rev-parse", "HEAD").outputText
        let cheat = "echo cheat >> image/VERSION; git -c core.hooksPath=/dev/null commit --quiet -a -m cheat"
        let refused = try await project.json("loop", "--fix", cheat, exit: 3)
        #expect(refused["outcome"] == "fix-refused", "\(refused)")
        #expect(try await project.shell("git", "rev-parse", "HEAD").outputText == before)
        let run = try #require(refused["run"]?.string)
        let kept = try await project.shell("git", "log", "-1", "--format=%s", "refs/stagectl/kept/\(run)-1").outputText
        #expect(kept == "cheat\n")
        try await project.shell("git", "switch", "--quiet", "main")
    }

    private func refusesCommit(_ project: AcceptanceProject, branch: String, base: String) async throws {
        try await project.commit("my own fix")
        let own = try await place(project)
        let refused = try await project.json("resume", exit: 5)
        let hint = refused["error"]?["hint"]?.string ?? ""
        let (keep, back) = ("git branch NAME \(own.commit.prefix(12))", "git reset \(base.prefix(12))")
        #expect(hint.contains(keep) && hint.contains(back), "\(refused["error"] ?? .null)")
        #expect(try await place(project) == own)
        try await project.shell("git", "branch", "mine", own.commit)
        try await project.shell("git", "reset", "--quiet", base)
    }

    private func refusesOtherBranch(_ project: AcceptanceProject) async throws {
        try await project.shell("git", "switch", "--quiet", "main")
        try await project.commit("on main")
        let own = try await place(project)
        try project.write("mine\n", to: "notes.txt")
        let refused = try await project.json("resume", exit: 5)
        #expect(refused["error"]?["hint"]?.string?.contains("git switch loop/") == true, "\(refused)")
        #expect(refused["error"]?.serialized().contains("notes.txt") == true, "\(refused)")
        #expect(try await place(project) == own)
        #expect(try await project.shell("git", "status", "--porcelain").outputText == "?? notes.txt\n")
    }

    private func endsBesideCommit(_ scenario: LoopScenario) async throws {
        let project = scenario.project
        try scenario.write(faults: "ws-1011")
        try await project.commit("broken again")
        try await asksForFixAgain(project)
        try await project.commit("my second fix")
        try project.write("mine\n", to: "notes.txt")
        let own = try await place(project)
        try await leavesUnreadable(project)
        let aborted = try await project.json("abort", exit: 0)
        #expect(aborted["outcome"] == "aborted", "\(aborted)")
        #expect(aborted["why"]?.string?.contains("the tree is left as it is: commit") == true, "\(aborted)")
        #expect(try await place(project) == own)
        #expect(try await project.shell("git", "status", "--porcelain").outputText == "?? notes.txt\n")
        try await scenario.expectAsReported(aborted)
    }

    /// A fix that was judged, could not be committed, and was changed and then put aside by somebody, is asked for again,
    /// as the hint says.
    private func asksForFixAgain(_ project: AcceptanceProject) async throws {
        let mended = "\(LoopScenario.mending("ws-1011")) && touch .stagectl/third .git/index.lock"
        let locked = try await project.json(
            "loop", "--fix", "if [ -e .stagectl/third ]; then \(Self.cut); else \(mended); fi", exit: 5)
        #expect(locked["error"]?["hint"]?.string?.contains("index.lock") == true, "\(locked)")
        try await project.shell("rm", ".git/index.lock")
        try project.write("mine\n", to: "notes.txt")
        let changed = try await project.json("resume", exit: 5)
        #expect(
            changed["error"]?["hint"]?.string?.hasPrefix("git stash -u, then: stagectl resume") == true, "\(changed)")
        try await project.shell("git", "stash", "--quiet", "-u")
        #expect(try await project.stagectl(["resume"], killedAt: "│ half-done").exitCode == 137)
    }

    /// A loop of a newer stagectl is no other release's business, and says so when it is asked for by its name.
    private func leavesUnreadable(_ project: AcceptanceProject) async throws {
        let run = try #require(try await project.json("resume", "--dry-run", exit: 0)["run"]?.string)
        func set(version: Int) async throws {
            try await project.shell(
                "python3", "-c",
                """
                import sqlite3
                with sqlite3.connect(".stagectl/loops.sqlite") as loops:
                    loops.execute("UPDATE entry SET version = \(version) WHERE run = '\(run)'")
                """)
        }
        try await set(version: 99)
        let plain = try await project.stagectl("resume")
        #expect(plain.exitCode == 64, "\(plain.errorText)")
        #expect(plain.errorText.contains("loop `\(run)` is left out"), "\(plain.errorText)")
        let named = try await project.stagectl("resume", run)
        #expect(named.exitCode == 69 && named.errorText.contains("newer stagectl"), "\(named.errorText)")
        try await set(version: 2)
    }
}
