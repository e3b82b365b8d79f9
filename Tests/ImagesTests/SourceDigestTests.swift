import Images
import Releases
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct SourceDigestTests {
    private func sample() throws -> Folder {
        let folder = try Folder()
        try folder.write("app/a.txt", "a")
        try folder.write("app/sub/b.txt", "b")
        try folder.write("Dockerfile", "FROM scratch")
        return folder
    }

    @Test func `equal trees have equal digests, wherever they are`() throws {
        let one = try sample()
        let two = try sample()
        let digest = try SourceDigest.ofFiles(["app", "Dockerfile"], root: one.path)
        #expect(digest.count == 64)
        #expect(try SourceDigest.ofFiles(["Dockerfile", "app"], root: two.path) == digest)
    }

    @Test func `content, name, mode, link and place each change the digest`() throws {
        let folder = try sample()
        var seen: Set<String> = [try SourceDigest.ofFiles(["app"], root: folder.path)]
        let changes: [(String, () throws -> Void)] = [
            ("content", { try folder.write("app/a.txt", "b") }),
            ("mode", { chmod("\(folder.path)/app/a.txt", 0o755) }),
            ("name", { _ = rename("\(folder.path)/app/a.txt", "\(folder.path)/app/c.txt") }),
            ("place", { _ = rename("\(folder.path)/app/c.txt", "\(folder.path)/app/sub/c.txt") }),
            ("link", { symlink("sub", "\(folder.path)/app/link") }),
            ("empty file", { try folder.write("app/empty", "") }),
        ]
        for (name, change) in changes {
            try change()
            #expect(seen.insert(try SourceDigest.ofFiles(["app"], root: folder.path)).inserted, "\(name)")
        }
    }

    @Test func `a link counts as a link, even a loop or one to nowhere`() throws {
        let folder = try sample()
        symlink(".", "\(folder.path)/app/loop")
        symlink("/nonexistent", "\(folder.path)/app/dangling")
        #expect(try SourceDigest.ofFiles(["app"], root: folder.path).count == 64)
    }

    @Test func `version control and stagectl's own state do not count`() throws {
        let folder = try sample()
        let digest = try SourceDigest.ofFiles(["."], root: folder.path)
        try folder.write(".git/index", "x")
        try folder.write(".stagectl/journal", "x")
        #expect(try SourceDigest.ofFiles(["."], root: folder.path) == digest)
    }

    @Test func `pipes are passed over instead of waited for`() throws {
        let folder = try sample()
        let digest = try SourceDigest.ofFiles(["app"], root: folder.path)
        #expect(mkfifo("\(folder.path)/app/pipe", 0o644) == 0)
        #expect(try SourceDigest.ofFiles(["app"], root: folder.path) == digest)
    }

    @Test func `a path that is not there is a configuration error`() throws {
        let folder = try sample()
        let failure = #expect(throws: Failure.self) { try SourceDigest.ofFiles(["nowhere"], root: folder.path) }
        #expect(failure?.category == .configuration)
        #expect(failure?.summary == "source path `nowhere` cannot be read")
    }
}
