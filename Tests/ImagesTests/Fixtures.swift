import Configuration
import Images
import Releases
import Synchronization
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A temporary folder, gone with the value.
final class Folder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/stagectl-images-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let folder = realpath(template, nil) else {
            throw Failure(.internalError, "no temporary folder")
        }
        defer { free(folder) }
        path = String(cString: folder)
    }

    deinit {
        // A folder of a test is small and flat: nothing but `rm` is needed, and nobody waits for it.
        _ = try? ChildProcess.spawnDetached(CommandLine(["rm", "-rf", path]), standardOutput: "/dev/null")
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
        let parts = name.split(separator: "/")
        for count in 1..<max(parts.count, 1) {
            mkdir("\(path)/" + parts.prefix(count).joined(separator: "/"), 0o755)
        }
        guard let stream = fopen("\(path)/\(name)", "w") else { throw Failure(.internalError, "cannot write \(name)") }
        fputs(text, stream)
        fclose(stream)
        chmod("\(path)/\(name)", mode)
    }

    func read(_ name: String) throws -> String {
        let file = name.hasPrefix("/") ? name : "\(path)/\(name)"
        guard let stream = fopen(file, "r") else { throw Failure(.internalError, "cannot read \(name)") }
        defer { fclose(stream) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&buffer, 1, buffer.count, stream)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

extension Folder {
    /// The whole file, whatever its length.
    func readAll(_ name: String) throws -> String {
        guard let stream = fopen("\(path)/\(name)", "r") else { throw Failure(.internalError, "cannot read \(name)") }
        defer { fclose(stream) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { content += buffer.prefix(count) }
        return String(decoding: content, as: UTF8.self)
    }
}

/// Collects what a builder prints.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
}

func request(
    _ service: String = "backend", root: String, repository: String? = nil, digest: String = "0123456789abcdef",
    before: [String] = [], process: [String]? = nil, arguments: [String: String] = [:], pushes: Bool = false
) -> BuildRequest {
    BuildRequest(
        service: service,
        source: SourceSettings(paths: ["."], arguments: arguments, before: before, process: process),
        repository: repository ?? service, root: root, sourceDigest: digest, pushes: pushes)
}

/// Real engines are used where they answer; elsewhere those tests are skipped, with this as the reason.
enum Machine {
    static let hasDocker = answers(["docker", "version"])
    static let hasPodman = answers(["podman", "version"])
    static let hasBuildah = answers(["buildah", "info"])
    static let hasSkopeo = answers(["skopeo", "--version"])
    /// A program that needs no libraries, for images from scratch.
    static let busybox = ["/bin/busybox", "/usr/bin/busybox"].first { (path: String) in access(path, X_OK) == 0 }
    static let isLinuxOnIntel: Bool = {
        #if os(Linux) && arch(x86_64)
        true
        #else
        false
        #endif
    }()
    static let hasRegistry = answers(["curl", "-fsS", "-m", "2", "http://127.0.0.1:5000/v2/"])

    private static func answers(_ command: [String]) -> Bool {
        guard let program = ChildProcess.locate(command[0]) else { return false }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        var child: pid_t = 0
        var status: Int32 = 0
        return posix_spawn(&child, program, &actions, nil, &argv, environ) == 0
            && waitpid(child, &status, 0) == child && status == 0
    }
}
