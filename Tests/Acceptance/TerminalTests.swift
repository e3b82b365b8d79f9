import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a person sees, in real pseudo-terminals of several sizes, read by a terminal emulator.
@Suite(.serialized) struct TerminalTests {
    @Test func `a release, its suites and its services are readable at any size, also while that changes`() async throws
    {
        guard await TerminalScreen.hasEmulator() else {
            return print("skipped: STAGECTL_PYTHON names no Python with pyte")
        }
        let project = try await AcceptanceProject(runtime: "process", port: 19740)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            try await project.makeHealthPatient()
            try await releases(project)
            try await suites(project)
            try await watches(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func releases(_ project: AcceptanceProject) async throws {
        for (number, size) in ["100x30", "40x15"].enumerated() {
            let seen = try await TerminalScreen.run(
                "deploy backend --set-env TRY=\(number)", at: size,
                [("health", "look"), ("/10", number == 0 ? "60x12" : "20x8")], in: project)
            #expect(seen.exit == 0)
            let row = try #require(
                seen.before.first?.first { $0.contains("backend") && $0.contains("health") && $0.contains(" s") })
            #expect(number == 1 || row.contains("✔") && row.contains("·"), "\(row)")
            // After the new size the list is there once, and what stays is not harmed.
            let screen = try #require(seen.after.last)
            #expect(screen.filter { $0.contains("health") && $0.contains("/10") }.count <= 1, "\(screen)")
            let ended = seen.left.filter { $0.hasPrefix("  ✔  ") }
            #expect(seen.left.filter { $0.contains("◌") || $0.contains("waiting") }.isEmpty, "\(seen.left)")
            #expect(
                ended.filter { $0.contains("health:") }.count == 1
                    && ended.contains { $0.contains("record:") || size == "40x15" })
        }
        // Ctrl-C: what stays says so, and nothing that moved is left.
        let cut = try await TerminalScreen.run(
            "deploy backend --set-env TRY=3", at: "80x24", [("/10", "interrupt")], in: project)
        #expect(cut.exit == 130)
        #expect(
            cut.left.contains("stopping safely (again to stop now)")
                && !cut.left.contains { $0.contains("◌") || $0.contains("^C") })
        // Without Unicode and without colours everything is ASCII.
        let plain = try await TerminalScreen.run(
            "deploy backend --set-env TRY=4 --no-color", at: "80x24", [("health 0", "look")],
            environment: ["LC_ALL": "C"], in: project)
        #expect(plain.exit == 0 && plain.left.contains { $0.hasPrefix("  +  health:backend") })
        #expect((plain.left + plain.after.joined()).allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }, "\(plain.left)")
    }

    /// A failure is told once, and only when the bars are gone.
    private func suites(_ project: AcceptanceProject) async throws {
        let failing = try await project.shell("cat", "environments/suites/backend-smoke.yaml").outputText
            .replacing(
                "- id: threads\n    http: GET /api/threads\n    expect: { status: 200 }",
                with: """
                    - id: threads
                        http: GET /api/threads
                        expect: { status: 418 }
                    """)
        try project.write(failing, to: "environments/suites/backend-smoke.yaml")
        let seen = try await TerminalScreen.run("smoke backend", at: "60x20", in: project)
        #expect(seen.exit == 3)
        #expect(seen.left.filter { $0.contains("✘ backend-smoke/threads") }.count == 1, "\(seen.left)")
        #expect(seen.left.filter { $0.contains("418") }.count == 1, "\(seen.left)")
        #expect(seen.left.contains { $0.hasPrefix("  trace ") } && !seen.left.contains { $0.contains("░") })
        // The same in the log of GitHub Actions.
        let log = try await project.stagectl(
            "smoke", "backend", environment: ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": ""])
        let lines = log.errorText.split(separator: "\n").map(String.init)
        #expect(lines.contains("::group::backend-smoke") && lines.contains("::endgroup::"), "\(lines)")
        #expect(
            lines.contains {
                $0.hasPrefix(
                    "::error file=environments/suites/backend-smoke.yaml,line=9,col=9,title=backend-smoke/threads failed::"
                )
            }, "\(lines)")
        #expect(!log.errorText.contains("\u{1B}"))
    }

    private func watches(_ project: AcceptanceProject) async throws {
        let seen = try await TerminalScreen.run(
            "status --watch --interval 1", at: "140x30", [("Ctrl-C ends", "40x15"), ("Ctrl-C ends", "interrupt")],
            in: project)
        #expect(seen.exit == 130)
        #expect(seen.before[0].contains { $0.hasPrefix("SERVICE  READY") })
        #expect(
            seen.before[1].contains("backend") && seen.before[1].contains { $0.hasPrefix("  ready") },
            "\(seen.before[1])")
        let refused = try await project.stagectl("status", "--watch", "-o", "json")
        #expect(refused.exitCode == 64 && refused.errorText.contains("--watch"))
        // Elsewhere a block is printed when something has changed, and only then.
        let log = try await ChildProcess.run(
            CommandLine(
                [
                    "timeout", "-s", "INT", "4", AcceptanceProject.products + "/stagectl", "status", "--watch",
                    "--interval", "1",
                ],
                environment: project.variables([:]), workingDirectory: project.folder, deadline: .seconds(60)))
        #expect(
            log.outputText.split(separator: "\n").filter { $0.hasPrefix("SERVICE") }.count == 1, "\(log.outputText)")
    }
}
