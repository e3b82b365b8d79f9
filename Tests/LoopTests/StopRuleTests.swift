import Loop
import Testing

struct StopRuleTests {
    @Test("the rules have the names that the documents promise")
    func names() {
        #expect(
            StopRule.allCases.map(\.rawValue) == [
                "goal", "iterations", "time", "cost", "no-progress", "same-fix", "regression", "flaky-only", "no-fix",
                "fix-refused", "fix-failed", "blocked-on-deployment", "interrupted", "aborted", "needs-attention",
            ])
    }
}
