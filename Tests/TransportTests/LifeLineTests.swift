import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The shell that outlives this process; that it ends what a killed stagectl leaves is OrphanTests' to show.
@Suite struct LifeLineTests {
    @Test func `a watcher that reads no more is given up, and ends nothing that lives`() throws {
        let lifeLine = LifeLine()
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(nowhere) }
        let streams = Spawn.Streams(input: nil, output: nowhere, error: nowhere)
        let child = try Spawn.start(CommandLine(["/bin/sleep", "600"]), "/bin/sleep", streams).get()
        defer {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        lifeLine.add(child)
        let shell = try #require(lifeLine.shell)
        kill(shell, SIGSTOP)
        // No such group; a pipe holds 64 KiB on Linux.
        for _ in 0..<100_000 where lifeLine.shell != nil { lifeLine.remove(.max) }
        #expect(lifeLine.shell == nil)
        kill(shell, SIGCONT)
        #expect(waitpid(shell, nil, 0) == shell)
        #expect(waitpid(child, nil, WNOHANG) == 0, "the child is alive")
    }
}
