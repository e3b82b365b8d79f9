import Clibcurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// posix_spawn with a session of its own, default signals and no descriptor but the three streams.
enum Spawn {
    /// Descriptors that become the child's streams; nil is /dev/null.
    struct Streams {
        var input: Int32?
        var output: Int32
        var error: Int32
    }

    /// The program's path, after everything about the command that C could not carry is refused.
    static func resolve(_ command: CommandLine) throws(ProcessError) -> String {
        guard let name = command.arguments.first, let program = ChildProcess.locate(name) else {
            throw .programNotFound(command.arguments.first ?? "")
        }
        let texts = command.arguments + command.environment.flatMap { [$0.key, $0.value] }
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw .couldNotStart(program: program, reason: "an argument or variable holds a zero byte")
        }
        if let folder = command.workingDirectory, folder.utf8.contains(0) {
            throw .couldNotStart(program: program, reason: "the working directory holds a zero byte")
        }
        guard !command.environment.keys.contains(where: { $0.isEmpty || $0.contains("=") }) else {
            throw .couldNotStart(program: program, reason: "a variable's name is empty or holds `=`")
        }
        return program
    }

    static func start(_ command: CommandLine, _ program: String, _ streams: Streams) -> Result<pid_t, ProcessError> {
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #else
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if let input = streams.input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, streams.output, 1)
        posix_spawn_file_actions_adddup2(&actions, streams.error, 2)
        var flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        #if canImport(Glibc)
        if let folder = command.workingDirectory { stagectl_add_chdir(&actions, folder) }
        // What another library opened without close-on-exec (a lock, a socket) must not live on in the child.
        stagectl_add_closefrom(&actions, 3)
        flags |= stagectl_spawn_setsid()
        #else
        if let folder = command.workingDirectory { posix_spawn_file_actions_addchdir_np(&actions, folder) }
        flags |= Int16(POSIX_SPAWN_SETSID) | Int16(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var reset = sigset_t()
        // A signal that this process ignores would stay ignored in the child.
        sigfillset(&reset)
        sigdelset(&reset, SIGKILL)
        sigdelset(&reset, SIGSTOP)
        posix_spawnattr_setsigdefault(&attributes, &reset)
        posix_spawnattr_setflags(&attributes, flags)

        var child: pid_t = 0
        let code = withCStrings(command.arguments) { arguments in
            withCStrings(mergedEnvironment(command)) { environment in
                posix_spawn(&child, program, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            return .failure(.couldNotStart(program: program, reason: ChildProcess.describe(code)))
        }
        return .success(child)
    }

    private static func mergedEnvironment(_ command: CommandLine) -> [String] {
        let additions = command.environment
        var entries: [String] = []
        if var entry = stagectl_environment() {
            while let text = entry.pointee {
                let line = String(cString: text)
                let name = line.prefix { $0 != "=" }
                if additions[String(name)] == nil, command.inherited?.contains(String(name)) ?? true {
                    entries.append(line)
                }
                entry += 1
            }
        }
        return entries + additions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    private static func withCStrings<Value>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
