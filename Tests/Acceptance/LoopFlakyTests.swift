import JSON
import Testing
import Transport

/// What passes when it is asked again is nobody's to mend.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopFlakyTests {
    /// - Parameter program: of a check that fails now and then; it may use the file `$MARK`.
    private static func suite(_ program: String) -> String {
        """
        version: 1
        suite: backend-smoke
        priority: P1
        owner: team-backend
        checks:
          - id: threads
            http: GET /api/threads
            expect: { status: 200 }
          - id: moody
            command: { argv: [/bin/sh, -c, "\(program)"] }

        """
    }

    @Test func `a failure that passes when it is asked again is tried as a whole, and ends the loop where it stays so`()
        async throws
    {
        let scenario = try await LoopScenario(
            port: 19_688, faults: "", suite: Self.suite("true"), loop: "loop: { flaky_reruns: 1 }\n")
        let project = scenario.project
        do {
            let mark = project.folder + "/.stagectl/mark"
            let fix = "touch \(project.folder)/.stagectl/asked; echo mended >> image/VERSION"
            for (program, outcome, code) in [
                ("test -e \(mark) || { touch \(mark); exit 1; }", "goal", 0),
                ("if test -e \(mark); then rm \(mark); else touch \(mark); exit 1; fi", "flaky-only", 3),
            ] as [(String, String, Int32)] {
                _ = try await project.shell("rm", "-f", mark)
                try project.write(Self.suite(program), to: "environments/suites/backend-smoke.yaml")
                try project.write(outcome, to: "image/VERSION")
                try await project.commit(outcome)
                let ended = try await project.json("loop", "--fix", fix, exit: code)
                #expect(ended["outcome"]?.string == outcome, "\(ended.serialized(pretty: true))")
                #expect(ended["iterations"]?.array?.count == 1, "\(outcome)")
                #expect(ended["iterations"]?[0]?["flaky"]?.array == ["backend-smoke/moody"], "\(outcome)")
                #expect(ended["iterations"]?[0]?["fix"] ?? .null == .null, "\(outcome)")
                try await project.shell("test", "!", "-e", ".stagectl/asked")
                try await scenario.expectAsReported(ended)
            }
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
