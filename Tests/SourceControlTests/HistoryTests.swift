import SourceControl
import Testing

struct HistoryTests {
    @Test func `ancestry goes both ways, and side branches diverge`() async throws {
        let scratch = try Scratch.withCommit()
        let first = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let second = try scratch.commit("second")
        try scratch.git(in: "repo", "checkout", "-q", "-b", "side", first)
        let side = try scratch.commit("side")
        try scratch.git(in: "repo", "checkout", "-q", "--orphan", "island")
        let island = try scratch.commit("island")
        let absent = String(repeating: "ab", count: 20)

        let repository = try await GitRepository.open(at: scratch.repository)
        let expected: [(String, String, GitRelation)] = [
            (first, first, .same), (first, second, .ancestor), (second, first, .descendant),
            (second, side, .diverged), (island, first, .diverged), (first, absent, .unknown),
            (absent, first, .unknown), (first, "main", .unknown), ("", first, .unknown),
        ]
        for (one, other, relation) in expected {
            #expect(try await repository.relation(of: one, to: other) == relation, "\(one) to \(other)")
        }
    }

    @Test func `a shallow clone tells what it can and says unknown to the rest`() async throws {
        let scratch = try Scratch.withCommit()
        let first = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let second = try scratch.commit("second")
        let third = try scratch.commit("third")
        try scratch.git(in: "repo", "checkout", "-q", "-b", "side", first)
        let side = try scratch.commit("side")
        try scratch.git(
            "clone", "-q", "--depth", "2", "--no-single-branch", "-b", "main", "file://\(scratch.repository)", "shallow"
        )
        // Cut the side branch from the common commit too.
        try scratch.git(in: "shallow", "fetch", "-q", "--depth", "1", "origin", "side")
        try scratch.git(in: "shallow", "worktree", "add", "-q", "--detach", "../tree")
        for folder in ["shallow", "tree"] {
            let repository = try await GitRepository.open(at: "\(scratch.path)/\(folder)")
            #expect(try await repository.relation(of: second, to: third) == .ancestor)
            #expect(try await repository.relation(of: third, to: second) == .descendant)
            #expect(try await repository.relation(of: side, to: third) == .unknown)
            #expect(try await repository.subjects(from: second, to: third, limit: 9).map(\.subject) == ["third"])
        }
    }

    @Test func `names resolve to commits, or to nothing`() async throws {
        let scratch = try Scratch.withCommit()
        let first = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.git(in: "repo", "tag", "-a", "v1", "-m", "one")
        let tree = try scratch.git(in: "repo", "rev-parse", "HEAD^{tree}")
        let second = try scratch.commit("second")
        // Git's own commands refuse such names, a hostile remote does not.
        try scratch.git(in: "repo", "update-ref", "refs/heads/--upload-pack=touch", second)

        let repository = try await GitRepository.open(at: scratch.repository)
        let found = [
            ("main", second), ("HEAD", second), ("refs/heads/main", second), ("v1", first), (second, second),
            (String(first.prefix(10)), first), (first.uppercased(), first),
        ]
        for (name, commit) in found {
            #expect(try await repository.resolve(name) == commit, "\(name)")
        }
        let nothing = [
            "", "nowhere", "--upload-pack=touch", "--upload-pack", "main\n", "a\0b", "main~1", "HEAD@{0}", ":/first",
            "../../etc/passwd", "abc", tree, String(repeating: "0", count: 40), String(repeating: "x", count: 5000),
            "main..v1", "\u{1B}[31m",
        ]
        for name in nothing {
            #expect(try await repository.resolve(name) == nil, "\(name.debugDescription)")
        }
    }

    @Test func `an abbreviation that fits two objects is nothing`() async throws {
        let scratch = try Scratch.withCommit()
        // 2,000 blobs over 65,536 four-digit prefixes: about thirty prefixes have two.
        let lines = (0..<2000).map { "blob\ndata <<E\n\($0)\nE\n" }.joined()
        try scratch.write("import", lines)
        try Scratch.run(
            ["sh", "-c", "git -C \(scratch.repository) fast-import --quiet < \(scratch.path)/import"], output: nil)
        let objects = try scratch.git(
            in: "repo", "cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
        let prefixes = objects.split(separator: "\n").map { $0.prefix(4) }
        let twice = Dictionary(grouping: prefixes) { $0 }.first { $0.value.count > 1 }
        let prefix = String(try #require(twice?.key))
        #expect(try await GitRepository.open(at: scratch.repository).resolve(prefix) == nil)
    }

    @Test func `subjects are what the newer commit adds, newest first, at most so many`() async throws {
        let scratch = try Scratch.withCommit()
        let first = try scratch.git(in: "repo", "rev-parse", "HEAD")
        for number in 2...5 { try scratch.commit("commit \(number)") }
        let last = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let repository = try await GitRepository.open(at: scratch.repository)
        let subjects = try await repository.subjects(from: first, to: last, limit: 3)
        #expect(subjects.map(\.subject) == ["commit 5", "commit 4", "commit 3"])
        #expect(subjects.first?.commit == last)
        #expect(try await repository.subjects(from: last, to: first, limit: 3).isEmpty)
        #expect(try await repository.subjects(from: "gone", to: last, limit: 3).isEmpty)
    }
}
