import Releases
import Testing
import Transport

@testable import Images

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Archives of real trees, read back by tar and by Python's tarfile.
struct SourceArchiveTests {
    private func archive(_ folder: Folder, dockerfile: String = "Dockerfile") throws -> SourceArchive {
        try SourceArchive.make(
            context: folder.path, dockerfile: dockerfile.hasPrefix("/") ? dockerfile : "\(folder.path)/\(dockerfile)",
            service: "backend")
    }

    private func bytes(_ archive: SourceArchive) throws -> [UInt8] {
        try archive.file.read(at: 0, count: Int(archive.bytes) + 1)
    }

    private func save(_ archive: SourceArchive, in folder: Folder) throws -> String {
        let path = "\(folder.path)/source.tar.gz"
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        let content = try bytes(archive)
        #expect(fwrite(content, 1, content.count, file) == content.count)
        return path
    }

    private func names(_ archive: SourceArchive) async throws -> [String] {
        let place = try Folder()
        let result = try await ChildProcess.run(
            CommandLine(
                ["tar", "tzf", try save(archive, in: place), "--quoting-style=literal"], deadline: .seconds(60)))
        #expect(result.exitCode == 0, "\(result.errorText)")
        #expect(result.errorText.isEmpty)
        return result.outputText.split(separator: "\n").map(String.init)
    }

    private func tree(_ files: [String]) throws -> Folder {
        let folder = try Folder()
        for file in files + ["Dockerfile"] { try folder.write(file, "content of \(file)\n") }
        return folder
    }

    @Test func `the same tree gives the same bytes, whenever and wherever it is`() throws {
        func make(in order: [String]) throws -> SourceArchive {
            let folder = try Folder()
            for name in order { try folder.write(name, "content of \(name)\n", mode: name == "run" ? 0o700 : 0o640) }
            var times = [timeval(tv_sec: .random(in: 1...1_000_000), tv_usec: 0), timeval(tv_sec: 5, tv_usec: 0)]
            utimes("\(folder.path)/b", &times)
            return try archive(folder)
        }
        let first = try make(in: ["Dockerfile", "a", "b", "run", "x/c", "x/y/d"])
        let second = try make(in: ["x/y/d", "run", "x/c", "b", "a", "Dockerfile"])
        #expect(try bytes(first) == bytes(second))
        #expect(first.sha256 == second.sha256)
        #expect(first.sha256 == (try bytes(first)).sha256)
        let other = try tree(["a", "b"])
        #expect(try archive(other).sha256 != first.sha256)
    }

    @Test func `modes, owners and times are of the archive, content and links of the tree`() async throws {
        let folder = try tree(["a", "x/b"])
        try folder.write("run", "#!/bin/sh\n", mode: 0o4711)
        try folder.write("empty", "")
        mkdir("\(folder.path)/void", 0o700)
        symlink("../a", "\(folder.path)/x/link")
        symlink("nowhere", "\(folder.path)/dangling")
        let long = String(repeating: "long-name-", count: 20)
        try folder.write("x/\(long)", "long")
        symlink(long, "\(folder.path)/x/to-long")
        try folder.write("x/ünï\ncode", "text")
        let made = try archive(folder)
        let place = try Folder()
        let script = """
            import sys, tarfile
            for m in tarfile.open(sys.argv[1]):
                kind = "d" if m.isdir() else "l" if m.issym() else "f" if m.isreg() else "?"
                print(kind, oct(m.mode), m.uid, m.gid, m.mtime, repr(m.name), m.linkname, m.size)
            """
        let result = try await ChildProcess.run(
            CommandLine(["python3", "-c", script, try save(made, in: place)], deadline: .seconds(60)))
        #expect(result.exitCode == 0, "\(result.errorText)")
        let time = "0 0 315532800"
        #expect(
            result.outputText.split(separator: "\n").map(String.init) == [
                "f 0o644 \(time) 'Dockerfile'  22", "f 0o644 \(time) 'a'  13",
                "l 0o777 \(time) 'dangling' nowhere 0", "f 0o644 \(time) 'empty'  0", "f 0o755 \(time) 'run'  10",
                "d 0o755 \(time) 'void'  0", "d 0o755 \(time) 'x'  0", "f 0o644 \(time) 'x/b'  15",
                "l 0o777 \(time) 'x/link' ../a 0", "f 0o644 \(time) 'x/\(long)'  4",
                "l 0o777 \(time) 'x/to-long' \(long) 0", "f 0o644 \(time) 'x/ünï\\ncode'  4",
            ])
        #expect(made.entries == 12)
        let unpacked = try Folder()
        let unpacking = try await ChildProcess.run(
            CommandLine(["tar", "xzf", "\(place.path)/source.tar.gz", "-C", unpacked.path], deadline: .seconds(60)))
        #expect(unpacking.exitCode == 0 && unpacking.errorText.isEmpty, "\(unpacking.errorText)")
        #expect(try unpacked.read("x/\(long)") == "long")
        #expect(try unpacked.read("x/link") == "content of a\n")
    }

    @Test func `links that lead out, pipes and sockets stay out and are told`() async throws {
        let folder = try tree(["a", "x/b"])
        symlink("/etc/passwd", "\(folder.path)/absolute")
        symlink("../../outside", "\(folder.path)/x/up")
        symlink("x", "\(folder.path)/inside")
        symlink("x/up/../..", "\(folder.path)/by-way-of-another")
        mkfifo("\(folder.path)/pipe", 0o600)
        let made = try archive(folder)
        #expect(try await names(made) == ["Dockerfile", "a", "inside", "x/", "x/b"])
        #expect(
            made.notices == [
                "left out: `absolute` leads out of the context, to `/etc/passwd`",
                "left out: `by-way-of-another` leads out of the context, to `x/up/../..`",
                "left out: `pipe` is a pipe, a socket or a device",
                "left out: `x/up` leads out of the context, to `../../outside`",
            ])
    }

    @Test(arguments: [
        ("x/link", "../a", [:], true), ("x/link", "../../a", [:], false), ("link", "/a", [:], false),
        ("link", ".", [:], true), ("link", "..", [:], false), ("link", "a/../../b", [:], false),
        ("link", "d/..", ["d": "x/y"], true), ("link", "d/..", ["d": "."], false),
        ("x/link", "../d/../../a", ["d": "x/y/z"], true), ("link", "d", ["d": "/etc"], false),
        ("link", "a", ["a": "b", "b": "a"], true), ("link", "", [:], true),
    ])
    func `where a link leads is found by walking it`(
        path: String, target: String, links: [String: String], isInside: Bool
    ) {
        let answer = LinkTarget.staysInside(Array(path.utf8), target: Array(target.utf8)) { place in
            links[String(decoding: place, as: UTF8.self)].map { Array($0.utf8) }
        }
        #expect(answer == isInside)
    }

    @Test func `gcloudignore decides alone, with what it includes`() async throws {
        let folder = try tree([".git/config", ".gitignore", "a.log", "b.log", "secret", "src/main", "node_modules/x"])
        try folder.write(".gitignore", "*.log\n!b.log\n")
        try folder.write(".gcloudignore", "# ours\n.git\n#!include:.gitignore\nsecret\n/.g*\n")
        #expect(
            try await names(try archive(folder)) == [
                "Dockerfile", "b.log", "node_modules/", "node_modules/x", "src/", "src/main",
            ])
    }

    @Test func `without gcloudignore gitignore decides, and git's own files stay out`() async throws {
        let folder = try tree([".git/config", "a.log", "keep", "x/.gitignore", "x/b.log"])
        let plain = try archive(folder)
        #expect(try await names(plain).contains(".git/config") == false)
        #expect(plain.notices.isEmpty)
        try folder.write(".gitignore", "*.log\n")
        let made = try archive(folder)
        #expect(try await names(made) == ["Dockerfile", "keep", "x/"])
        #expect(made.notices == ["left out by .gitignore: 5 entries"])
    }

    @Test(arguments: ["../x", "/etc/passwd", "missing", ".."])
    func `gcloudignore includes only files beside it`(name: String) throws {
        let folder = try tree([])
        try folder.write(".gcloudignore", "#!include:\(name)\n")
        let failure = #expect(throws: Failure.self) { try archive(folder) }
        #expect(failure?.category == .configuration)
    }

    @Test func `what docker would not send is not uploaded, and its own files always are`() async throws {
        let folder = try tree(["a.md", "README.md", "dist/app", "dist/map", "src/main", ".stagectl/state.db"])
        try folder.write(".dockerignore", "*.md\n!README.md\ndist\n!dist/app\nDockerfile\n.dockerignore\n")
        #expect(
            try await names(try archive(folder)) == [
                ".dockerignore", "Dockerfile", "README.md", "dist/app", "src/", "src/main",
            ])
        // BuildKit would read this one instead, with other rules: what it leaves out is seen there.
        try folder.write("Dockerfile.dockerignore", "src\n")
        #expect(try await names(try archive(folder)).contains("dist/map"))
    }

    @Test func `a Dockerfile survives every rule, also in a folder that is left out`() async throws {
        let folder = try tree(["deploy/other", "deploy/Dockerfile", "a"])
        try folder.write(".gcloudignore", "*\n")
        let made = try archive(folder, dockerfile: "deploy/Dockerfile")
        #expect(try await names(made) == ["deploy/Dockerfile"])
        #expect(made.dockerfile == "deploy/Dockerfile")
    }

    @Test func `a Dockerfile from elsewhere comes along under a name of its own`() async throws {
        let (folder, other) = (try Folder(), try tree([]))
        try folder.write("a", "a")
        let made = try archive(folder, dockerfile: "\(other.path)/Dockerfile")
        #expect(try await names(made) == ["a", ".stagectl.Dockerfile"])
        #expect(made.dockerfile == ".stagectl.Dockerfile")
    }

    @Test func `no Dockerfile is a failure that names it`() throws {
        let folder = try Folder()
        let failure = #expect(throws: Failure.self) { try archive(folder) }
        #expect(failure?.summary.contains("\(folder.path)/Dockerfile") == true)
    }

    @Test(arguments: [
        ("/w/Dockerfile", "/w", "Dockerfile"), ("/w/a/../Dockerfile", "/w/.", "Dockerfile"),
        ("/w/a/Dockerfile", "/w/a/b/..", "Dockerfile"), ("/v/Dockerfile", "/w", nil), ("/w", "/w", nil),
        ("/ww/Dockerfile", "/w", nil), ("/w/../v/D", "/w", nil),
    ])
    func `a path below a folder`(file: String, folder: String, expected: String?) {
        #expect(SourceArchive.path(file, below: folder) == expected)
    }

    @Test func `a file that grows while it is read is noticed`() throws {
        let folder = try Folder()
        try folder.write("a", "one")
        let open = try OpenFolder(folder.path)
        try open.withFile(Array("a".utf8)) { file throws(PosixError) in
            #expect(!file.hasChanged())
            guard let stream = fopen("\(folder.path)/a", "a") else { return }
            fputs("two", stream)
            fclose(stream)
            #expect(file.hasChanged())
        }
    }

    @Test(.timeLimit(.minutes(2))) func `many files are one stream`() async throws {
        let folder = try tree([])
        for number in 0..<3000 { try folder.write("d\(number % 30)/f\(number)", "\(number)") }
        let made = try archive(folder)
        #expect(made.entries == 3031)
        #expect(try await names(made).count == 3031)
    }
}
