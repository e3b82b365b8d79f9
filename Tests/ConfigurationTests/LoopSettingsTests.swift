import Configuration
import Testing

@Suite struct LoopSettingsTests {
    private func settings(_ text: String) throws -> LoopSettings? {
        try load(environment: minimal + "loop: \(text)\n").get().loop
    }

    @Test func `a silent file leaves the loop its usual bounds`() throws {
        #expect(try load(environment: minimal).get().loop == nil)
        let usual = LoopSettings()
        #expect(usual.maxIterations == 10 && usual.deadlineSeconds == 7200 && usual.noProgress == 3)
        #expect(usual.protectedBranches.contains("main") && usual.branch == "loop/{run}" && usual.signOff)
        #expect(try settings("{}") == usual)
    }

    @Test func `every key is read in its unit`() throws {
        let read = try #require(
            try settings(
                """
                { branch: fixes/{run}, protected_branches: [trunk], allow: ["src/**"], deny: ["src/db/**"], \
                max_files: 2, max_lines: 30, fix_timeout: 1m, max_iterations: 4, deadline: 1h, max_cost: 2.5, \
                cost_per_iteration: "0.25", no_progress: 1, flaky_reruns: 0, ready_wait: 0s, sign_off: false, \
                before_deploy: [make test, { run: [swift, test], timeout: 5m }] }
                """.replacing("{run}", with: "x"))
        )
        var wanted = LoopSettings()
        wanted.branch = "fixes/x"
        wanted.protectedBranches = ["trunk"]
        wanted.allow = ["src/**"]
        wanted.deny = ["src/db/**"]
        (wanted.maxFiles, wanted.maxLines, wanted.fixTimeoutSeconds) = (2, 30, 60)
        (wanted.maxIterations, wanted.deadlineSeconds) = (4, 3600)
        (wanted.maxCost, wanted.costPerIteration) = (2.5, 0.25)
        (wanted.noProgress, wanted.flakyReruns, wanted.readyWaitSeconds, wanted.signOff) = (1, 0, 0, false)
        wanted.beforeDeploy = [
            LoopSettings.Command(arguments: ["/bin/sh", "-c", "make test"]),
            LoopSettings.Command(arguments: ["swift", "test"], timeoutSeconds: 300),
        ]
        #expect(read == wanted)
    }

    @Test(arguments: [
        "{ max_cost: much }", "{ max_cost: -1 }", "{ cost_per_iteration: 1e3 }", "{ branch: a..b }",
        "{ branch: \"-x\" }", "{ branch: a/ }", "{ max_iterations: 0 }", "{ deadline: 7d }", "{ max_files: 0 }",
        "{ before_deploy: [{ timeout: 1m }] }", "{ allow: src }", "{ iterations: 3 }",
    ])
    func `a bound that cannot be is a finding`(_ text: String) {
        #expect(headlines(environment: minimal + "loop: \(text)\n").count == 1, "\(text)")
    }
}
