import SourceControl
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct DigestTests {
    private func digest(_ scratch: Scratch, _ paths: [String] = ["app"], root: String = "repo") async throws -> String {
        let repository = try await GitRepository.open(at: "\(scratch.path)/\(root)")
        return try await repository.digest(of: paths, relativeTo: "\(scratch.path)/\(root)")
    }

    @Test func `the same content has the same digest before and after its commit`() async throws {
        let scratch = try Scratch.withCommit()
        let before = try await digest(scratch)
        #expect(before.count == 40)

        try scratch.write("repo/app/main.txt", "two\n")
        try scratch.write("repo/app/deep/new.txt", "new\n")
        try scratch.git(in: "repo", "rm", "-q", "--cached", "app/run.sh")
        symlink("main.txt", "\(scratch.repository)/app/link")
        let dirty = try await digest(scratch)
        #expect(dirty != before)

        try scratch.git(in: "repo", "add", "-A")
        #expect(try await digest(scratch) == dirty, "staged")
        try scratch.commit("all of it")
        #expect(try await digest(scratch) == dirty, "committed")
    }

    @Test func `changed content, mode, name, link and deletion each change the digest`() async throws {
        let changes: [(String, (Scratch) throws -> Void)] = [
            ("content", { try $0.write("repo/app/main.txt", "changed\n") }),
            ("mode", { chmod("\($0.repository)/app/main.txt", 0o755) }),
            ("rename", { try $0.git(in: "repo", "mv", "app/main.txt", "app/other.txt") }),
            ("deletion", { unlink("\($0.repository)/app/main.txt") }),
            (
                "link",
                {
                    unlink("\($0.repository)/app/main.txt")
                    symlink("run.sh", "\($0.repository)/app/main.txt")
                }
            ),
            ("untracked", { try $0.write("repo/app/extra/x", "x") }),
        ]
        let scratch = try Scratch.withCommit()
        let clean = try await digest(scratch)
        var seen: Set<String> = [clean]
        for (name, change) in changes {
            try change(scratch)
            let changed = try await digest(scratch)
            #expect(seen.insert(changed).inserted, "\(name)")
            try scratch.git(in: "repo", "add", "-A")
            #expect(try await digest(scratch) == changed, "\(name), staged")
            try scratch.git(in: "repo", "reset", "-q", "--hard")
            #expect(try await digest(scratch) == clean, "\(name), undone")
        }
    }

    @Test func `what is outside the paths, or ignored, does not count`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/.git/info/exclude", "*.log\n")
        let before = try await digest(scratch)
        try scratch.write("repo/README", "other\n")
        try scratch.write("repo/app/build.log", "ignored\n")
        try scratch.write("repo/application/main.txt", "a neighbour whose name begins alike\n")
        #expect(try await digest(scratch) == before)
    }

    @Test func `an ignored folder that is named itself counts`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/.git/info/exclude", "dist/\n")
        try scratch.write("repo/dist/a", "1")
        let one = try await digest(scratch, ["app", "dist"])
        try scratch.write("repo/dist/a", "2")
        #expect(try await digest(scratch, ["app", "dist"]) != one)
    }

    @Test func `order, repetition and spelling of the paths do not matter`() async throws {
        let scratch = try Scratch.withCommit()
        let expected = try await digest(scratch, ["app", "README"])
        #expect(try await digest(scratch, ["./README", "app/", "app/main.txt"]) == expected)
        #expect(try await digest(scratch, ["../README", "."], root: "repo/app") == expected)
        #expect(try await digest(scratch, ["."]) == expected)
        #expect(try await digest(scratch, ["\(scratch.repository)/app", "README"]) == expected)
    }

    @Test func `a worktree with the same content has the same digest`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.git(in: "repo", "worktree", "add", "-q", "-b", "feature", "../tree")
        #expect(try await digest(scratch, root: "tree") == digest(scratch))
    }

    @Test func `names are literal, whatever they look like`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/a*/x", "1")
        try scratch.write("repo/:(glob)b/x", "1")
        let star = try await digest(scratch, ["a*"])
        try scratch.write("repo/app/main.txt", "changed\n")
        #expect(try await digest(scratch, ["a*"]) == star)
        #expect(try await digest(scratch, [":(glob)b"]).count == 40)
    }

    @Test func `line ends that git converts do not change the digest`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.write("repo/.gitattributes", "*.txt text\n")
        try scratch.commit("attributes")
        let before = try await digest(scratch)
        try scratch.write("repo/app/main.txt", "one\r\n")
        #expect(try await digest(scratch) == before)
    }

    @Test func `a repository inside counts by its content`() async throws {
        let scratch = try Scratch.withCommit()
        try scratch.git(in: "repo", "init", "-q", "app/nested")
        try scratch.write("repo/app/nested/file", "1")
        let one = try await digest(scratch)
        try scratch.write("repo/app/nested/file", "2")
        #expect(try await digest(scratch) != one)
    }

    @Test func `paths that are not there, or not in the repository, are errors`() async throws {
        let scratch = try Scratch.withCommit()
        await #expect(throws: SourceControlError.pathNotFound("nowhere")) { try await digest(scratch, ["nowhere"]) }
        await #expect(throws: SourceControlError.outsideRepository("../..")) { try await digest(scratch, ["../.."]) }
        await #expect(throws: SourceControlError.outsideRepository("/etc")) { try await digest(scratch, ["/etc"]) }
    }

    @Test func `a tree without commits has a digest already`() async throws {
        let scratch = try Scratch()
        try scratch.git("init", "-q", "repo")
        try scratch.write("repo/app/main.txt", "one\n")
        let before = try await digest(scratch)
        try scratch.commit("first")
        #expect(try await digest(scratch) == before)
    }
}
