import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite(.timeLimit(.minutes(1)), .serialized)
struct SignalsTests {
    @Test func `each signal is one value`() async {
        let signals = Signals.stream([SIGUSR1, SIGUSR2])
        // Whatever the stream does, these must not end the test process afterwards.
        defer { for number in [SIGUSR1, SIGUSR2] { signal(number, SIG_IGN) } }
        var iterator = signals.makeAsyncIterator()
        kill(getpid(), SIGUSR1)
        #expect(await iterator.next() == SIGUSR1)
        kill(getpid(), SIGUSR2)
        #expect(await iterator.next() == SIGUSR2)
        kill(getpid(), SIGUSR1)
        #expect(await iterator.next() == SIGUSR1)
    }
}
