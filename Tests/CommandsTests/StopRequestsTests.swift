import Testing

@testable import Commands

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite struct StopRequestsTests {
    private static let sequences: [(signals: [(Int32, Int)], answers: [StopRequests.Answer])] = [
        ([(SIGINT, 0), (SIGINT, 1)], [.stopSafely, .stopNow]),
        ([(SIGTERM, 0), (SIGTERM, 5000)], [.stopSafely, .stopNow]),
        ([(SIGINT, 0), (SIGTERM, 1)], [.stopSafely, .stopNow]),
        // timeout(1) says it to its child and to the child's group.
        ([(SIGTERM, 0), (SIGTERM, 1), (SIGTERM, 5000)], [.stopSafely, .nothingNew, .stopNow]),
        // A closed terminal: the kernel, the shell, and a machine that goes down.
        ([(SIGHUP, 0), (SIGHUP, 900), (SIGTERM, 1000)], [.stopSafely, .nothingNew, .nothingNew]),
        ([(SIGHUP, 0), (SIGINT, 1), (SIGINT, 2)], [.stopSafely, .nothingNew, .stopNow]),
        ([(SIGINT, 0), (SIGHUP, 500)], [.stopSafely, .nothingNew]),
    ]

    @Test(arguments: sequences)
    func `the second one on purpose means now`(signals: [(Int32, Int)], answers: [StopRequests.Answer]) {
        var requests = StopRequests()
        let start = ContinuousClock.now
        for ((number, milliseconds), answer) in zip(signals, answers) {
            #expect(requests.take(number, at: start + .milliseconds(milliseconds)) == answer)
        }
        #expect(requests.first == signals.first?.0)
    }

    @Test func `whoever comes first has answered`() async {
        let answer = Answer()
        let given = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    var own = 0
                    answer.give { own = 1 }
                    return own
                }
            }
            return await group.reduce(0, +)
        }
        #expect(given == 1)
    }
}
