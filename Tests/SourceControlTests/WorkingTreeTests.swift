import SourceControl
import Testing

struct WorkingTreeTests {
    @Test func `a clean tree, its branch and what is ignored`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/.gitignore", "build/\n*.log\n")
        let head = try scratch.commit("ignore")
        try scratch.write("repo/build/out", "x\n")
        try scratch.write("repo/a.log", "x\n")
        let state = try await GitRepository.open(at: scratch.repository).workingTreeState()
        #expect(state.isClean)
        #expect(state.head == head)
        #expect(state.branch == "main")
        #expect(state.ignored == ["a.log", "build/"])
    }

    @Test func `untracked files are named one by one, names that are not UTF-8 as git quotes them`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/new/one.txt", "1\n")
        try scratch.write("repo/new/two.txt", "2\n")
        try Scratch.run(["sh", "-c", "printf x > \"$(printf '\(scratch.repository)/caf\\351')\""], output: nil)
        let state = try await GitRepository.open(at: scratch.repository).workingTreeState()
        #expect(state.changes.map(\.path) == ["\"caf\\351\"", "new/one.txt", "new/two.txt"])
        #expect(!state.isClean)
    }

    @Test func `a merge that is not finished is named`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.git(in: "repo", "checkout", "-q", "-b", "other")
        try scratch.write("repo/README", "theirs\n")
        try scratch.commit("theirs")
        try scratch.git(in: "repo", "checkout", "-q", "main")
        try scratch.write("repo/README", "ours\n")
        try scratch.commit("ours")
        #expect(throws: CommandFailed.self) { try scratch.git(in: "repo", "merge", "other") }
        let repository = try await GitRepository.open(at: scratch.repository)
        #expect(try await repository.workingTreeState().operation == .merge)
        try scratch.git(in: "repo", "merge", "--abort")
        #expect(throws: CommandFailed.self) { try scratch.git(in: "repo", "rebase", "other") }
        #expect(try await repository.workingTreeState().operation == .rebase)
    }

    @Test func `before the first commit there is a branch and no head`() async throws {
        let scratch = try Scratch()
        try scratch.git("init", "-q", "-b", "trunk", "repo")
        let repository = try await GitRepository.open(at: scratch.repository)
        let state = try await repository.workingTreeState()
        #expect(state.head == nil)
        #expect(state.branch == "trunk")
        await #expect(throws: SourceControlError.noCommits) { try await repository.directoryState() }
    }

    @Test func `a detached HEAD has no branch, and gets one without its content being touched`() async throws {
        let scratch = try Scratch.withCommit()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.git(in: "repo", "checkout", "-q", "--detach")
        try scratch.write("repo/README", "changed\n")
        let repository = try await GitRepository.open(at: scratch.repository)
        #expect(try await repository.workingTreeState().branch == nil)
        try await repository.switchToBranch("loop/one", at: head)
        #expect(try scratch.git(in: "repo", "symbolic-ref", "HEAD") == "refs/heads/loop/one")
        #expect(try scratch.git(in: "repo", "status", "--porcelain") == " M README")
        // The same again, as a loop that is resumed does.
        try await repository.switchToBranch("loop/one", at: head)
    }

    @Test func `a branch that is elsewhere, in use, misnamed or on another commit is refused`() async throws {
        let scratch = try Scratch.withCommit()
        let first = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.git(in: "repo", "branch", "old")
        try scratch.git(in: "repo", "worktree", "add", "-q", "-b", "side", "../tree")
        let repository = try await GitRepository.open(at: scratch.repository)
        await #expect(throws: SourceControlError.branchInUse(name: "side")) {
            try await repository.switchToBranch("side", at: first)
        }
        let second = try scratch.commit("second")
        await #expect(throws: SourceControlError.branchExists(name: "old", commit: first)) {
            try await repository.switchToBranch("old", at: second)
        }
        await #expect(throws: SourceControlError.headMoved(expected: first, found: second)) {
            try await repository.switchToBranch("new", at: first)
        }
        for name in ["", "a..b", "-x", "a b", "refs/heads/..", "a\0b"] {
            await #expect(throws: SourceControlError.invalidBranchName(name)) {
                try await repository.switchToBranch(name, at: second)
            }
        }
        #expect(try scratch.git(in: "repo", "symbolic-ref", "HEAD") == "refs/heads/main")
    }

    @Test func `commits along first parents are told oldest first, a merge as one`() async throws {
        let scratch = try Scratch.withCommit()
        let first = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let second = try scratch.commit("second")
        try scratch.git(in: "repo", "checkout", "-q", "-b", "side")
        let side = try scratch.commit("side one")
        try scratch.commit("side two")
        try scratch.git(in: "repo", "checkout", "-q", "main")
        let third = try scratch.commit("third")
        try scratch.git(in: "repo", "merge", "-q", "--no-ff", "-m", "merge side", "side")
        let merge = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let repository = try await GitRepository.open(at: scratch.repository)
        let line = try #require(try await repository.firstParents(from: first, to: merge))
        #expect(line.map(\.commit) == [second, third, merge])
        #expect(try await repository.firstParents(from: side, to: merge)?.map(\.subject) == ["third", "merge side"])
        #expect(try await repository.firstParents(from: merge, to: merge)?.isEmpty == true)
        #expect(try await repository.firstParents(from: merge, to: first) == nil)
    }

    @Test func `a commit is checked out into a folder of its own, and nothing shows here`() async throws {
        let scratch = try Scratch.withCommit()
        let first = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.write("repo/README", "later\n")
        try scratch.commit("later")
        let refs = try scratch.git(in: "repo", "for-each-ref")
        let folder = "\(scratch.path)/bisect"
        let repository = try await GitRepository.open(at: scratch.repository)
        try await repository.checkOut(first, into: folder)
        #expect(try Scratch.text("\(folder)/README") == "read me")
        #expect(try scratch.git(in: "bisect", "rev-parse", "HEAD") == first)
        #expect(try scratch.git(in: "bisect", "status", "--porcelain").isEmpty)
        #expect(try scratch.git(in: "repo", "for-each-ref") == refs)
        #expect(try scratch.git(in: "repo", "worktree", "list").split(separator: "\n").count == 1)
        await #expect(throws: SourceControlError.folderNotEmpty(folder)) {
            try await repository.checkOut(first, into: folder)
        }
        let gone = String(repeating: "0", count: 40)
        await #expect(throws: SourceControlError.noSuchCommit(gone)) {
            try await repository.checkOut(gone, into: "\(scratch.path)/other")
        }
    }
}
