import SourceControl
import Testing

struct SnapshotTests {
    @Test func `a clean tree has its commit, when that was made, branch and subject, and no changes`() async throws {
        let scratch = try Scratch.withCommit()
        let snapshot = try await GitRepository.open(at: scratch.repository).snapshot()
        let committed = try #require(Int64(try scratch.git(in: "repo", "log", "-1", "--format=%ct")))
        #expect(
            try snapshot
                == GitSnapshot(
                    commit: scratch.git(in: "repo", "rev-parse", "HEAD"), branch: "main", subject: "first commit",
                    committed: committed, changes: []))
    }

    @Test func `every kind of change is named, untracked ones apart`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/app/main.txt", "two\n")
        try scratch.write("repo/added", "new\n")
        try scratch.git(in: "repo", "add", "added")
        try scratch.git(in: "repo", "rm", "-q", "README")
        try scratch.write("repo/notes/free.txt", "untracked\n")
        try scratch.write("repo/.git/info/exclude", "*.log\n")
        try scratch.write("repo/build.log", "ignored\n")

        let snapshot = try await GitRepository.open(at: scratch.repository).snapshot()
        #expect(
            snapshot.changes == [
                ChangedPath(path: "README", kind: .deleted), ChangedPath(path: "added", kind: .added),
                ChangedPath(path: "app/main.txt", kind: .modified), ChangedPath(path: "notes/", kind: .untracked),
            ])
        #expect(snapshot.untracked.map(\.path) == ["notes/"])
        #expect(snapshot.trackedChanges.count == 3)
    }

    @Test func `a conflict is neither modified nor added`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.git(in: "repo", "checkout", "-q", "-b", "other")
        try scratch.write("repo/README", "theirs\n")
        try scratch.commit("theirs")
        try scratch.git(in: "repo", "checkout", "-q", "main")
        try scratch.write("repo/README", "ours\n")
        try scratch.commit("ours")
        #expect(throws: CommandFailed.self) { try scratch.git(in: "repo", "merge", "other") }
        let snapshot = try await GitRepository.open(at: scratch.repository).snapshot()
        #expect(snapshot.changes == [ChangedPath(path: "README", kind: .conflicted)])
    }

    @Test func `a detached HEAD has no branch`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.git(in: "repo", "checkout", "-q", "--detach")
        let snapshot = try await GitRepository.open(at: scratch.repository).snapshot()
        #expect(snapshot.branch == nil)
        #expect(snapshot.commit.count == 40)
    }

    @Test func `a worktree has its own branch and changes, also one of a bare repository`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.git("clone", "-q", "--bare", "repo", "bare.git")
        try scratch.git(in: "bare.git", "worktree", "add", "-q", "-b", "feature", "../tree")
        try scratch.write("tree/README", "changed\n")
        let repository = try await GitRepository.open(at: "\(scratch.path)/tree/app")
        #expect(repository.top == "\(scratch.path)/tree")
        let snapshot = try await repository.snapshot()
        #expect(snapshot.branch == "feature")
        #expect(snapshot.changes == [ChangedPath(path: "README", kind: .modified)])
    }

    @Test func `the repository is found from a folder inside it`() async throws {
        let scratch = try Scratch.withCommit()
        let repository = try await GitRepository.open(at: "\(scratch.repository)/app")
        #expect(repository.top == scratch.repository)
        #expect(try await repository.snapshot().changes.isEmpty)
    }

    @Test func `a shallow clone has a snapshot`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.commit("second")
        try scratch.git("clone", "-q", "--depth", "1", "file://\(scratch.repository)", "shallow")
        let snapshot = try await GitRepository.open(at: "\(scratch.path)/shallow").snapshot()
        #expect(snapshot.subject == "second")
        #expect(snapshot.changes.isEmpty)
    }

    @Test func `a folder without a repository is a clear error`() async throws {
        let scratch = try Scratch()
        for path in [scratch.path, "\(scratch.path)/nowhere", "", "a\0b"] {
            await #expect(throws: SourceControlError.notARepository(path: path)) {
                try await GitRepository.open(at: path)
            }
        }
    }

    @Test func `a bare repository has nothing to build`() async throws {
        let scratch = try Scratch()
        try scratch.git("init", "-q", "--bare", "bare.git")
        let path = "\(scratch.path)/bare.git/refs"
        await #expect(throws: SourceControlError.noWorkTree(path: path)) { try await GitRepository.open(at: path) }
    }

    @Test func `a repository without commits is a clear error`() async throws {
        let scratch = try Scratch()
        try scratch.git("init", "-q", "repo")
        let repository = try await GitRepository.open(at: scratch.repository)
        await #expect(throws: SourceControlError.noCommits) { try await repository.snapshot() }
    }

    @Test func `a subject cannot reach into the terminal`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.commit("red \u{1B}[31m and back\u{202E}wards")
        let subject = try await GitRepository.open(at: scratch.repository).snapshot().subject
        #expect(subject == "red \u{FFFD}[31m and back\u{FFFD}wards")
    }

    @Test func `snapshots at the same time agree`() async throws {
        let scratch = try Scratch.withCommit()
        let repository = try await GitRepository.open(at: scratch.repository)
        let expected = try await repository.snapshot()
        try await withThrowingTaskGroup(of: GitSnapshot.self) { group in
            for _ in 0..<20 { group.addTask { try await repository.snapshot() } }
            for try await snapshot in group { #expect(snapshot == expected) }
        }
    }
}
