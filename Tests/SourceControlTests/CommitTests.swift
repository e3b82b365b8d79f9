import SourceControl
import Testing

struct CommitTests {
    private static func identity(_ scratch: Scratch, _ folder: String = "repo") throws {
        try scratch.git(in: folder, "config", "user.name", "Ada L")
        try scratch.git(in: folder, "config", "user.email", "ada@example.com")
    }

    private static func sound(_ scratch: Scratch, in folder: String) throws {
        try scratch.git(in: folder, "fsck", "--strict", "--no-dangling")
        #expect(try scratch.git(in: folder, "status", "--porcelain").isEmpty)
    }

    @Test(arguments: ["repo", "tree", "shallow"])
    func `a commit is exactly what was looked at, and git agrees`(folder: String) async throws {
        let scratch = try DifferenceTests.repository()
        try scratch.git(in: "repo", "worktree", "add", "-q", "-b", "side", "../tree")
        try scratch.git("clone", "-q", "--depth", "1", "file://\(scratch.repository)", "shallow")
        try Self.identity(scratch, folder)
        let head = try scratch.git(in: folder, "rev-parse", "HEAD")
        let branch = try scratch.git(in: folder, "branch", "--show-current")
        // Hooks are not run; one that refuses everything shows it.
        try scratch.write("repo/.git/hooks/pre-commit", "#!/bin/sh\nexit 1\n")
        try Scratch.run(["chmod", "+x", "\(scratch.repository)/.git/hooks/pre-commit"], output: nil)
        try scratch.write("\(folder)/app/main.txt", "one\ntwo\n")
        try scratch.write("\(folder)/new.txt", "new\n")
        let repository = try await GitRepository.open(at: "\(scratch.path)/\(folder)")
        let difference = try await repository.difference(from: head)
        let message = "loop(1): fixes it\n\nBody.\n\nStagectl-Loop: r1/1\nSigned-off-by: Ada L <ada@example.com>"
        let commit = try await repository.commit(
            CommitOrder(branch: branch, parent: head, tree: difference.tree, message: message))
        #expect(try scratch.git(in: folder, "rev-parse", "HEAD") == commit)
        #expect(try scratch.git(in: folder, "rev-parse", "HEAD^", "HEAD^{tree}") == "\(head)\n\(difference.tree)")
        #expect(
            try scratch.git(in: folder, "log", "-1", "--format=%an <%ae> %cn %B")
                == "Ada L <ada@example.com> Ada L \(message)")
        #expect(
            try scratch.git(in: folder, "log", "-1", "--format=%(trailers:key=Stagectl-Loop,valueonly)") == "r1/1")
        #expect(try scratch.git(in: folder, "show", "--format=", "--name-only", "HEAD") == "app/main.txt\nnew.txt")
        #expect(try await repository.message(of: commit) == message + "\n")
        try Self.sound(scratch, in: folder)
    }

    @Test func `what came after the look is not committed`() async throws {
        let scratch = try Scratch.withCommit()
        try Self.identity(scratch)
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let repository = try await GitRepository.open(at: scratch.repository)
        try scratch.write("repo/README", "fix\n")
        let tree = try await repository.difference(from: head).tree
        try scratch.write("repo/other", "later\n")
        await #expect(throws: SourceControlError.workTreeChanged) {
            try await repository.commit(CommitOrder(branch: "main", parent: head, tree: tree, message: "m"))
        }
        #expect(try scratch.git(in: "repo", "rev-parse", "HEAD") == head)
    }

    @Test func `another branch, another commit, nobody's name and a lock are refused and change nothing`() async throws
    {
        let scratch = try Scratch.withCommit()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let repository = try await GitRepository.open(at: scratch.repository)
        try scratch.write("repo/README", "fix\n")
        let tree = try await repository.difference(from: head).tree
        var order = CommitOrder(branch: "main", parent: head, tree: tree, message: "m")
        try scratch.git(in: "repo", "config", "user.name", "")
        try scratch.git(in: "repo", "config", "user.email", "a@example.com")
        await #expect(throws: SourceControlError.noIdentity) { try await repository.commit(order) }
        await #expect(throws: SourceControlError.noIdentity) { try await repository.identity() }
        try Self.identity(scratch)
        #expect(try await repository.identity() == CommitIdentity(name: "Ada L", mail: "ada@example.com"))

        order.branch = "other"
        await #expect(throws: SourceControlError.headMoved(expected: "other", found: "main")) {
            try await repository.commit(order)
        }
        order.branch = "main"
        order.parent = String(repeating: "1", count: 40)
        await #expect(throws: SourceControlError.headMoved(expected: order.parent, found: head)) {
            try await repository.commit(order)
        }
        order.parent = head
        // What a git that was killed leaves.
        let lock = "\(scratch.repository)/.git/index.lock"
        try scratch.write("repo/.git/index.lock", "")
        await #expect(throws: SourceControlError.locked(path: lock)) { try await repository.commit(order) }
        #expect(try Scratch.text(lock).isEmpty)
        try Scratch.run(["rm", lock], output: nil)
        #expect(try scratch.git(in: "repo", "rev-parse", "HEAD") == head)
        #expect(try scratch.git(in: "repo", "status", "--porcelain") == " M README")
        // The same of the branch; where nobody else commits to it, it is a killed process's.
        let branchLock = "\(scratch.repository)/.git/refs/heads/main.lock"
        try scratch.write("repo/.git/refs/heads/main.lock", "")
        await #expect(throws: SourceControlError.locked(path: branchLock)) { try await repository.commit(order) }
        order.ownsBranch = true
        _ = try await repository.commit(order)
        try Self.sound(scratch, in: "repo")
    }

    @Test func `an index that a killed commit left behind is settled`() async throws {
        let scratch = try Scratch.withCommit()
        let first = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.write("repo/README", "fix\n")
        let second = try scratch.commit("second")
        try scratch.git(in: "repo", "read-tree", first)
        try await GitRepository.open(at: scratch.repository).settleIndex(at: second)
        try Self.sound(scratch, in: "repo")
    }

    @Test func `a fix that commits, branches, merges and writes to .git is seen and put back`() async throws {
        let scratch = try Scratch.withCommit()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let repository = try await GitRepository.open(at: scratch.repository)
        let before = try await repository.directoryState()
        try scratch.git(in: "repo", "checkout", "-q", "-b", "sneaky")
        try scratch.write("repo/README", "cheat\n")
        let cheat = try scratch.commit("cheat")
        try scratch.git(in: "repo", "config", "core.hooksPath", "/tmp/evil")
        try scratch.write("repo/.git/hooks/post-checkout", "#!/bin/sh\n")
        try scratch.write("repo/.git/info/exclude", "*.yaml\n")
        try scratch.git(in: "repo", "tag", "mark")
        let after = try await repository.directoryState()
        let told = before.differences(to: after).map { "\($0.kind.rawValue) \($0.name)" }
        #expect(
            told == [
                "branch sneaky", "head \(cheat)", "reference refs/heads/sneaky", "reference refs/tags/mark",
                "file config", "file hooks/post-checkout", "file info/exclude",
            ])
        try await repository.putBack(before)
        let file = "\(scratch.path)/kept.patch"
        let kept = try await repository.restore(to: head, branch: "main", keepingPatchIn: file)
        #expect(kept.files.map(\.path.text) == ["README"])
        #expect(try Scratch.text(file).contains("+cheat"))
        #expect(try scratch.git(in: "repo", "rev-parse", "HEAD", "main") == "\(head)\n\(head)")
        #expect(try scratch.git(in: "repo", "branch", "--show-current") == "main")
        // Whose branch it is nobody can tell: it is told and left.
        let left = before.differences(to: try await repository.directoryState())
        #expect(left.map(\.name) == ["refs/heads/sneaky", "refs/tags/mark"])
        try Self.sound(scratch, in: "repo")
    }

    @Test func `putting back follows no link out of the tree and keeps ignored files`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/.gitignore", "cache/\n")
        let head = try scratch.commit("ignore")
        try scratch.write("repo/cache/x", "cached\n")
        try scratch.write("outside/main.txt", "not yours\n")
        try Scratch.run(
            [
                "sh", "-c",
                "cd \(scratch.repository) && rm -r app && ln -s ../outside app && mkdir -p a/b && echo n > a/b/c",
            ],
            output: nil)
        try scratch.git(in: "repo", "add", "-A")
        let repository = try await GitRepository.open(at: scratch.repository)
        _ = try await repository.restore(to: head, branch: "main", keepingPatchIn: nil)
        #expect(try Scratch.text("\(scratch.path)/outside/main.txt") == "not yours")
        #expect(try Scratch.text("\(scratch.repository)/app/main.txt") == "one")
        #expect(try Scratch.text("\(scratch.repository)/cache/x") == "cached")
        #expect(throws: CommandFailed.self) { try Scratch.run(["ls", "\(scratch.repository)/a"], output: nil) }
        try Self.sound(scratch, in: "repo")
    }

    @Test func `nothing is touched when the patch cannot be kept`() async throws {
        let scratch = try Scratch.withCommit()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.write("repo/README", "fix\n")
        let repository = try await GitRepository.open(at: scratch.repository)
        let file = "\(scratch.path)/nowhere/kept.patch"
        await #expect(throws: SourceControlError.cannotWrite(path: file, reason: "no such file or directory")) {
            try await repository.restore(to: head, branch: "main", keepingPatchIn: file)
        }
        #expect(try Scratch.text("\(scratch.repository)/README") == "fix")
    }
}
