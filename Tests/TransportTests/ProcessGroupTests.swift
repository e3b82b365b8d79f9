import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a program and everything that it starts use, and what is left of them.
@Suite(.timeLimit(.minutes(1))) struct ProcessGroupTests {
    @Test func `memory and time are those of all processes together`() async throws {
        guard access("/proc/self/stat", R_OK) == 0 else { return print("skipped: this system has no /proc") }
        var command = CommandLine([
            "/bin/sh", "-c",
            // Two of them hold 24 MiB each at the same time, and use a while of a processor.
            "for n in 1 2; do (x=$(head -c 25165824 /dev/zero | tr '\\0' a); i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done;"
                + " sleep 0.5; echo ${#x}) & done; wait",
        ])
        command.isMetered = true
        let usage = try #require(try await ChildProcess.run(command).usage)
        #expect(usage.peakMemoryBytes > 48 << 20, "\(usage)")
        #expect(usage.cpuMilliseconds > 20 && usage.processes >= 3, "\(usage)")
    }

    @Test func `what a program left running ends with it, in whatever group`() async throws {
        var command = CommandLine([
            "/bin/sh", "-c", "sleep 600 >/dev/null 2>&1 & echo $!; set -m; sleep 600 >/dev/null 2>&1 & echo $!",
        ])
        command.leavesNothing = true
        let result = try await ChildProcess.run(command)
        let left = result.outputText.split(separator: "\n").compactMap { pid_t($0) }
        #expect(left.count == 2)
        // A zombie is gone as well; nobody may be left to reap it here.
        #expect(await eventually { left.allSatisfy { kill($0, 0) != 0 || ProcessGroupTests.isZombie($0) } })
    }

    @Test func `a program gets no variable that nobody named`() async throws {
        setenv("STAGECTL_TEST_SECRET", "s3cret", 1)
        defer { unsetenv("STAGECTL_TEST_SECRET") }
        var command = CommandLine(["/usr/bin/env"], environment: ["OWN": "1"])
        command.inherited = ["PATH"]
        let lines = try await ChildProcess.run(command).outputText.split(separator: "\n").map {
            $0.prefix { $0 != "=" }
        }
        #expect(Set(lines).isSubset(of: ["PATH", "OWN", "_"]) && lines.contains("OWN"), "\(lines)")
    }

    private static func isZombie(_ process: pid_t) -> Bool {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return true }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        guard fgets(&line, 512, file) != nil else { return true }
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z ")
    }
}
