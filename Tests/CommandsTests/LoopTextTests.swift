import Loop
import Releases
import Testing
import Verification

@testable import Commands

/// What a loop says on the terminal, and the exit code of each end.
@Suite struct LoopTextTests {
    @Test(arguments: [
        (1, "1 file, +1 -0", "1 check", "at most 1 iteration,"), (2, "2 files", "2 checks", "2 iterations,"),
    ])
    func `one is one, and more are several`(number: Int, files: String, checks: String, iterations: String) {
        let names = (0..<number).map { "f\($0)" }
        #expect(LoopText.fix(FixRecord(files: names, added: number, removed: 0)).contains("  \(files)"))
        let failed = names.map {
            FailedCheck(id: $0, suite: "s", priority: .p1, service: "backend", httpStatus: 404, message: "status 404")
        }
        let lines = LoopText.causes(Causes.groups(of: CauseFacts(failed: failed)))
        #expect(lines.count == 1 && lines[0].hasSuffix("  \(checks)"), "\(lines)")
        let order = LoopOrder(run: "r1", environment: "local", limits: LoopLimits(iterations: number))
        #expect(LoopText.beginning(order, isResumed: false).contains(iterations))
    }

    @Test func `every rule has its exit code`() {
        for rule in StopRule.allCases {
            let document = LoopDocument(LoopProgress(), outcome: StopRecord(rule, "why"))
            let code: Int32 =
                switch rule {
                case .goal, .aborted: 0
                case .time: 75
                case .attention: 6
                case .interrupted: 130
                default: 3
                }
            #expect(LoopResult.status(document).rawValue == code, "\(rule)")
        }
        // What stood in the way of a loop that could not begin, or go on, has its own.
        for (category, code) in [(Failure.Category.conflict, 5), (.permission, 4), (.release, 1)]
            as [(Failure.Category, Int32)]
        {
            let stop = StopRecord(.blocked, "why", failure: Failure(category, "x"))
            #expect(LoopResult.status(LoopDocument(LoopProgress(), outcome: stop)).rawValue == code)
        }
    }
}
