import Synchronization
import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite(.timeLimit(.minutes(1)))
struct ChildProcessTests {
    private func shell(
        _ script: String, environment: [String: String] = [:], workingDirectory: String? = nil, input: [UInt8] = [],
        deadline: Duration? = .seconds(30), grace: Duration = .seconds(5), outputLimit: Int = 4 << 20,
        onLine: (@Sendable (OutputStream, String) -> Void)? = nil
    ) async throws -> ProcessResult {
        try await ChildProcess.run(
            CommandLine(
                ["sh", "-c", script], environment: environment, workingDirectory: workingDirectory, input: input,
                deadline: deadline, grace: grace, outputLimit: outputLimit), onLine: onLine)
    }

    private func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 && !isZombie(process) }

    private func isZombie(_ process: Int32) -> Bool {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self).contains(") Z ")
    }

    @Test func `output, error output and exit code come back`() async throws {
        let result = try await shell("echo out; echo err >&2; exit 7")
        #expect(result == ProcessResult(exitCode: 7, output: Array("out\n".utf8), errorOutput: Array("err\n".utf8)))
    }

    @Test func `a child that a signal ended has 128 and the signal`() async throws {
        #expect(try await shell("kill -9 $$").exitCode == 137)
    }

    @Test func `input, environment and folder reach the child`() async throws {
        let result = try await shell(
            "cat; echo $EXTRA; echo ${PATH:+path}; pwd", environment: ["EXTRA": "a b=c"], workingDirectory: "/",
            input: Array("in\n".utf8))
        #expect(result.outputText == "in\na b=c\npath\n/\n")
    }

    @Test func `no input is an empty one`() async throws {
        #expect(try await shell("wc -c").outputText.contains("0"))
    }

    @Test func `large input and output cross without a deadlock`() async throws {
        let input = [UInt8](repeating: 65, count: 3_000_000)
        let result = try await shell("cat", input: input)
        #expect(result.output == input)
    }

    @Test func `input that the child does not read does no harm`() async throws {
        let result = try await shell("exec 0<&-; echo done", input: [UInt8](repeating: 65, count: 3_000_000))
        #expect(result.exitCode == 0)
        #expect(result.outputText == "done\n")
    }

    @Test func `output over the limit is counted and dropped`() async throws {
        let result = try await shell("head -c 1000000 /dev/zero; echo e >&2", outputLimit: 1000)
        #expect(result.exitCode == 0)
        #expect(result.output.count == 1000)
        #expect(result.droppedBytes == 999_000)
        #expect(result.errorText == "e\n")
    }

    @Test func `lines come as they are written`() async throws {
        let lines = Mutex<[String]>([])
        let script = "printf 'one\\r\\n\\ntwo'; while [ ! -e \"$FLAG\" ]; do :; done; echo; echo bad >&2; printf last"
        let flag = "/tmp/stagectl-test-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(flag) }
        // The child goes on only after its first line has been seen.
        let result = try await shell(script, environment: ["FLAG": flag]) { stream, line in
            lines.withLock { $0.append("\(stream) \(line)") }
            if line == "one" { close(open(flag, O_CREAT | O_WRONLY, 0o600)) }
        }
        #expect(result.exitCode == 0)
        #expect(
            lines.withLock { $0.filter { $0.hasPrefix("output") } }
                == ["one", "", "two", "last"].map { "output \($0)" })
        #expect(lines.withLock { $0.contains("error bad") })
    }

    @Test func `the deadline ends the whole group, also one that ignores SIGTERM`() async throws {
        let start = ContinuousClock.now
        let result = try await shell(
            "trap '' TERM; echo $$; sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & wait; while :; do sleep 1; done",
            deadline: .milliseconds(300), grace: .milliseconds(200))
        #expect(result.timedOut)
        #expect(result.exitCode == 137)
        #expect(ContinuousClock.now - start < .seconds(25))
        let processes = result.outputText.split(separator: "\n").compactMap { Int32($0) }
        #expect(processes.count == 2)
        for process in processes { #expect(await eventually { !isAlive(process) }) }
    }

    @Test func `a grandchild gets its grace although the child ends at once`() async throws {
        let file = "/tmp/stagectl-test-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(file) }
        let script = """
            sh -c 'trap "sleep 0.2; echo cleaned > $FILE; exit" TERM; echo ready; while :; do sleep 0.05; done' &
            while :; do sleep 0.05; done
            """
        let ready = Mutex(false)
        let task = Task {
            try await shell(script, environment: ["FILE": file]) { _, line in
                if line == "ready" { ready.withLock { $0 = true } }
            }
        }
        #expect(await eventually { ready.withLock { $0 } })
        task.cancel()
        let result = try await task.value
        #expect(result.exitCode == 143)
        #expect(!result.timedOut)
        #expect(access(file, F_OK) == 0)
    }

    @Test func `a cancelled task starts nothing`() async throws {
        let file = "/tmp/stagectl-test-\(UInt32.random(in: 0 ... .max))"
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await shell("touch \(file)")
        }
        #expect(try await task.value.exitCode == 143)
        #expect(access(file, F_OK) != 0)
    }

    @Test func `a grandchild that holds the output open does not hold up the end`() async throws {
        let start = ContinuousClock.now
        let result = try await shell("sleep 30 & echo $!")
        #expect(result.exitCode == 0)
        #expect(ContinuousClock.now - start < .seconds(25))
        let grandchild = try #require(Int32(result.outputText.split(separator: "\n").first ?? ""))
        #expect(isAlive(grandchild), "what a program leaves running on purpose is its own affair")
        kill(grandchild, SIGKILL)
    }

    @Test func `the child has default signals, a session of its own and no other descriptor`() async throws {
        signal(SIGPIPE, SIG_IGN)
        let result = try await shell(
            "grep -E 'SigIgn|SigBlk' /proc/self/status; ls /proc/self/fd; cut -d' ' -f1,5,6 /proc/$$/stat; echo $$")
        let lines = result.outputText.split(separator: "\n")
        for line in lines.prefix(2) {
            // Signals 32 and 33 are glibc's own; its posix_spawn leaves them ignored.
            let mask = try #require(UInt64(line.split(separator: "\t").last ?? "", radix: 16))
            #expect(mask & 0x7FFF_FFFF == 0, "\(line)")
        }
        // The fourth is the folder that `ls` reads.
        #expect(lines.dropFirst(2).prefix(4).map(String.init) == ["0", "1", "2", "3"])
        let numbers = lines[lines.count - 2].split(separator: " ")
        #expect(Set(numbers).count == 1 && numbers.first == lines.last)
    }

    @Test func `what cannot be started is an error`() async throws {
        await #expect(throws: ProcessError.programNotFound("no-such-program-anywhere")) {
            try await ChildProcess.run(CommandLine(["no-such-program-anywhere"]))
        }
        await #expect(throws: ProcessError.programNotFound("")) { try await ChildProcess.run(CommandLine([])) }
        await #expect(throws: ProcessError.self) {
            try await ChildProcess.run(CommandLine(["true"], workingDirectory: "/no/such/folder"))
        }
        await #expect(throws: ProcessError.self) { try await ChildProcess.run(CommandLine(["true", "a\0b"])) }
        await #expect(throws: ProcessError.self) {
            try await ChildProcess.run(CommandLine(["true"], environment: ["A=B": "c"]))
        }
    }

    @Test func `programs are located as a shell does it`() throws {
        #expect(try #require(ChildProcess.locate("sh")).hasSuffix("/sh"))
        #expect(ChildProcess.locate("/bin/sh") == "/bin/sh")
        #expect(ChildProcess.locate("/etc/passwd") == nil)
        #expect(ChildProcess.locate("/bin") == nil)
        #expect(ChildProcess.locate("") == nil)
    }

    @Test func `a detached program runs on by itself, logs, and leaves no zombie`() async throws {
        let log = "/tmp/stagectl-test-\(UInt32.random(in: 0 ... .max)).log"
        defer { unlink(log) }
        let command = CommandLine(["sh", "-c", "echo out; echo err >&2; cat; exec sleep 30"])
        let process = try ChildProcess.spawnDetached(command, standardOutput: log)
        defer { kill(process, SIGKILL) }
        func written() -> String {
            guard let file = fopen(log, "r") else { return "" }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 512)
            return String(decoding: bytes[..<fread(&bytes, 1, 512, file)], as: UTF8.self)
        }
        #expect(await eventually { written() == "out\nerr\n" })
        #expect(getsid(process) == process)
        kill(process, SIGTERM)
        #expect(await eventually { kill(process, 0) != 0 })
    }
}
