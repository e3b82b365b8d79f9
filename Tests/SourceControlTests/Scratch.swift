#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct CommandFailed: Error {
    var command: [String]
    var output: String
}

/// A temporary folder in which the real `git` is run; gone with the value.
final class Scratch: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/stagectl-git-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let folder = realpath(template, nil) else {
            throw CommandFailed(command: ["mkdtemp"], output: "")
        }
        defer { free(folder) }
        path = String(cString: folder)
    }

    deinit {
        _ = try? Self.run(["rm", "-rf", path], output: nil)
    }

    /// A repository with one commit: `app/main.txt`, `app/run.sh` (executable), `README`.
    static func withCommit() throws -> Scratch {
        let scratch = try Scratch()
        try scratch.git("init", "-q", "-b", "main", "repo")
        try scratch.write("repo/app/main.txt", "one\n")
        try scratch.write("repo/app/run.sh", "#!/bin/sh\n")
        try scratch.write("repo/README", "read me\n")
        chmod("\(scratch.path)/repo/app/run.sh", 0o755)
        try scratch.commit("first commit")
        return scratch
    }

    var repository: String { "\(path)/repo" }

    /// Runs git in `folder` (relative to the scratch) and returns its trimmed output.
    @discardableResult
    func git(in folder: String = ".", _ arguments: String...) throws -> String {
        let output = "\(path)/.git-output"
        let base = ["git", "-C", "\(path)/\(folder)", "-c", "user.name=A", "-c", "user.email=a@example.com"]
        try Self.run(base + ["-c", "protocol.file.allow=always"] + arguments, output: output)
        return try Self.text(output)
    }

    @discardableResult
    func commit(in folder: String = "repo", _ message: String) throws -> String {
        try git(in: folder, "add", "-A")
        try git(in: folder, "commit", "-q", "--allow-empty", "-m", message)
        return try git(in: folder, "rev-parse", "HEAD")
    }

    func write(_ name: String, _ text: String) throws {
        let file = "\(path)/\(name)"
        let folder = file.split(separator: "/").dropLast().joined(separator: "/")
        try Self.run(["mkdir", "-p", "/" + folder], output: nil)
        guard let stream = fopen(file, "w") else { throw CommandFailed(command: ["fopen", file], output: "") }
        fputs(text, stream)
        fclose(stream)
    }

    static func run(_ command: [String], output: String?) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        // The machine's own git configuration must not decide a test.
        var environment = ["GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=/nonexistent", "LC_ALL=C"]
        environment.append("PATH=" + (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"))
        var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        var status: Int32 = 0
        guard posix_spawnp(&child, command[0], &actions, nil, &argv, &envp) == 0, waitpid(child, &status, 0) == child,
            status == 0
        else { throw CommandFailed(command: command, output: (try? output.map(text)) ?? "") }
    }

    static func text(_ file: String) throws -> String {
        guard let stream = fopen(file, "r") else { throw CommandFailed(command: ["fopen", file], output: "") }
        defer { fclose(stream) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&buffer, 1, buffer.count, stream)
        var text = String(decoding: buffer.prefix(count), as: UTF8.self)
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
