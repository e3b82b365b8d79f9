import SourceControl
import Testing

struct DifferenceTests {
    /// One of everything that can happen to a file.
    static func change(_ scratch: Scratch) throws {
        try scratch.write("repo/app/main.txt", "one\ntwo\n")
        try scratch.write("repo/app/new file.txt", "a\r\nb\r\n")
        try Scratch.run(
            [
                "sh", "-c",
                """
                cd \(scratch.repository) && chmod -x app/run.sh && mv README READ.md && ln -s app/main.txt link \
                && printf 'a\\0b' > image.bin && printf x > "$(printf 'caf\\351')" && rm gone.txt \
                && rm -r folder && ln -s /etc folder
                """,
            ], output: nil)
    }

    static func repository() throws -> Scratch {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/gone.txt", "bye\n")
        try scratch.write("repo/folder/inside.txt", "inside\n")
        try scratch.commit("more")
        return scratch
    }

    @Test func `every kind of change is a value`() async throws {
        let scratch = try Self.repository()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try Self.change(scratch)
        let difference = try await GitRepository.open(at: scratch.repository).difference(from: head)
        let told = difference.files.map { file in
            "\(file.path.text) \(file.kind.rawValue) +\(file.added) -\(file.removed)"
                + (file.isBinary ? " binary" : "") + (file.linkTarget.map { " -> \($0)" } ?? "")
                + (file.oldPath.map { " from \($0.text)" } ?? "")
        }
        #expect(
            told == [
                "READ.md renamed +0 -0 from README", "app/main.txt modified +1 -0", "app/new file.txt added +2 -0",
                "app/run.sh modified +0 -0", "\"caf\\351\" added +1 -0", "folder added +1 -0 -> /etc",
                "folder/inside.txt deleted +0 -1", "gone.txt deleted +0 -1", "image.bin added +0 -0 binary",
                "link added +1 -0 -> app/main.txt",
            ])
        let main = try #require(difference.files.first { $0.path.name == "app/main.txt" })
        #expect(main.addedLines == [.init(number: 2, text: "two")])
        let script = try #require(difference.files.first { $0.path.name == "app/run.sh" })
        #expect(script.oldMode == 0o100755 && script.mode == 0o100644)
    }

    @Test func `the tree is the one that git add would make`() async throws {
        let scratch = try Self.repository()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try Self.change(scratch)
        let difference = try await GitRepository.open(at: scratch.repository).difference(from: head)
        try scratch.git(in: "repo", "add", "-A")
        #expect(try scratch.git(in: "repo", "write-tree") == difference.tree)
    }

    @Test func `git applies the patch, whatever its configuration says of patches`() async throws {
        let scratch = try Self.repository()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.git(in: "repo", "config", "diff.noprefix", "true")
        try scratch.git(in: "repo", "config", "diff.context", "0")
        try Self.change(scratch)
        let repository = try await GitRepository.open(at: scratch.repository)
        let difference = try await repository.restore(
            to: head, branch: "main", keepingPatchIn: "\(scratch.path)/kept.patch")
        #expect(try scratch.git(in: "repo", "status", "--porcelain").isEmpty)
        try scratch.git(in: "repo", "apply", "-p1", "\(scratch.path)/kept.patch")
        try scratch.git(in: "repo", "add", "-A")
        #expect(try scratch.git(in: "repo", "write-tree") == difference.tree)
    }

    @Test func `the index is not believed: no flag, time stamp or staged lie hides a change`() async throws {
        let scratch = try Scratch.withCommit()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.git(in: "repo", "update-index", "--assume-unchanged", "README")
        try scratch.git(in: "repo", "update-index", "--skip-worktree", "app/main.txt")
        try scratch.write("repo/README", "cheat\n")
        try scratch.write("repo/app/main.txt", "two\n")
        let repository = try await GitRepository.open(at: scratch.repository)
        let difference = try await repository.difference(from: head)
        #expect(difference.files.map(\.path.text) == ["README", "app/main.txt"])
        #expect(try await repository.directoryState().hidden == ["README", "app/main.txt"])
    }

    @Test func `attributes that call text binary hide no line`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/.gitattributes", "*.txt -diff\n")
        let head = try scratch.commit("attributes")
        try scratch.write("repo/app/main.txt", "one\nsleep(5)\n")
        let difference = try await GitRepository.open(at: scratch.repository).difference(from: head)
        #expect(difference.files.first?.addedLines.map(\.text) == ["sleep(5)"])
    }

    @Test func `line ends are those that git would store`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.git(in: "repo", "config", "core.autocrlf", "true")
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        try scratch.write("repo/README", "read me\r\n")
        let repository = try await GitRepository.open(at: scratch.repository)
        #expect(try await repository.difference(from: head).isEmpty)
        try scratch.write("repo/README", "read me\r\nmore\r\n")
        #expect(try await repository.difference(from: head).files.first?.added == 1)
    }

    @Test func `the same change elsewhere in a file has the same identity, another one has not`() async throws {
        let scratch = try Scratch.withCommit()
        let head = try scratch.git(in: "repo", "rev-parse", "HEAD")
        let repository = try await GitRepository.open(at: scratch.repository)
        try scratch.write("repo/app/main.txt", "one\ntwo\n")
        let first = try await repository.difference(from: head).identity
        try scratch.write("repo/app/main.txt", "two\none\n")
        #expect(try await repository.difference(from: head).identity == first)
        try scratch.write("repo/app/main.txt", "one\nthree\n")
        #expect(try await repository.difference(from: head).identity != first)
    }

    @Test func `ignored files are no part, a repository inside is told, a changed submodule is a change`() async throws
    {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/.gitignore", "*.log\n")
        try scratch.git("init", "-q", "-b", "main", "library")
        try scratch.write("library/a", "a\n")
        try scratch.commit(in: "library", "library")
        try scratch.git(in: "repo", "submodule", "--quiet", "add", "file://\(scratch.path)/library", "sub")
        let head = try scratch.commit("submodule")
        try scratch.write("repo/x.log", "x\n")
        try scratch.git("init", "-q", "repo/inner")
        try scratch.write("repo/inner/file", "x\n")
        try scratch.commit(in: "repo/inner", "inner")
        try scratch.write("repo/sub/b", "b\n")
        try scratch.commit(in: "repo/sub", "moved")
        let difference = try await GitRepository.open(at: scratch.repository).difference(from: head)
        #expect(difference.files.map(\.path.text) == ["sub"])
        #expect(difference.files.first?.isSubmodule == true)
        #expect(difference.nested.map(\.text) == ["inner/"])
    }
}
