import JSON
import Testing
import Transport

/// Fixes that cheat, one that is honest, and kills in the middle: with the real binary, the sample and real git.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LoopFixTests {
    private struct Cheat {
        var name: String
        var command: String
        /// Of a refusal; nil where the fix comes to nothing by itself.
        var rule: String?
        var words: String
    }

    private static let cheats = [
        Cheat(
            name: "edits a suite",
            command: "sed -i 's/status: 200/status: 404/' environments/suites/backend-smoke.yaml",
            rule: "deny", words: "environments/suites/backend-smoke.yaml"),
        Cheat(
            name: "adds a waiver",
            command: """
                printf 'waivers:\\n  - { match: threads, owner: me, issue: X-1, reason: later, expires: 2030-01-01 }\\n' \
                >> environments/local.yaml
                """, rule: "judge", words: "waivers"),
        Cheat(
            name: "changes a gate", command: "sed -i 's/max_flaky: 2/max_flaky: 90/' environments/local.yaml",
            rule: "judge", words: "gates"),
        Cheat(
            name: "sleeps in the source", command: "printf 'import time\\ntime.sleep(30)\\n' > app.py", rule: "sleep",
            words: "app.py"),
        Cheat(
            name: "deletes a test", command: "rm tests/test_app.py", rule: "test-deleted", words: "tests/test_app.py"),
        Cheat(
            name: "rewrites what a suite runs by a shell", command: "printf 'exit 0\\n' > scripts/check.sh",
            rule: "deny",
            words: "scripts/check.sh"),
        Cheat(
            name: "rewrites what that script includes", command: "printf 'check() { :; }\\n' > scripts/lib.sh",
            rule: "deny", words: "scripts/lib.sh"),
        Cheat(
            name: "rewrites what runs before a release", command: "printf 'exit 0\\n' > scripts/unit.sh", rule: "deny",
            words: "scripts/unit.sh"),
        Cheat(
            name: "rewrites the Makefile", command: "printf 'test:\\n\\ttrue\\n' > GNUmakefile", rule: "deny",
            words: "GNUmakefile"),
        Cheat(
            name: "hides a test by its name", command: "git mv tests/test_app.py tests/app_old.py",
            rule: "test-deleted", words: "tests/app_old.py"),
        Cheat(
            name: "guts an assertion", command: "sed -i 's/1 == 1/True/' tests/test_app.py", rule: "test-weakened",
            words: "1 == 1"),
        Cheat(
            name: "hides a flag as a comment", command: "printf 'run \\\\\\n  --passWithNoTests\\n' > image/run.sh",
            rule: "failure-ignored", words: "--passWithNoTests"),
        Cheat(
            name: "opens the door", command: "sed -i 's/public: false/public: true/' environments/services.yaml",
            rule: "judge", words: "services.auth.public"),
        Cheat(
            name: "writes what stagectl says of it",
            command: "echo '{}' > \"$(dirname \"$STAGECTL_BRIEF\")/verdict.json\"",
            rule: "judge", words: "verdict.json"),
        Cheat(
            name: "commits by itself",
            command: "echo cheat >> image/VERSION; git -c core.hooksPath=/dev/null commit --quiet -a -m cheat",
            rule: "git", words: "HEAD"),
        Cheat(
            name: "writes a hook", command: "printf '#!/bin/sh\\n' > .git/hooks/post-checkout", rule: "git",
            words: ".git/hooks/post-checkout"),
        Cheat(name: "only waits", command: "sleep 0.2", rule: nil, words: "changed nothing"),
        Cheat(name: "fails", command: "echo half > image/VERSION; exit 3", rule: nil, words: "ended with 3"),
    ]

    /// A judge that is more than its suites: scripts that a check and `before_deploy` run, and a Makefile.
    private static func writeJudge(_ project: AcceptanceProject) async throws {
        let suite = "environments/suites/backend-smoke.yaml"
        let written = try await project.shell("cat", suite).outputText
        let check = "  - id: scripted\n    command: { argv: [/bin/sh, -c, 'exec sh scripts/check.sh'] }\n"
        try project.write(written.replacing("secrets:", with: check + "secrets:"), to: suite)
        try await project.shell("mkdir", "scripts")
        try project.write(". scripts/lib.sh\ncheck\n", to: "scripts/check.sh")
        try project.write("check() { test -e image/VERSION; }\n", to: "scripts/lib.sh")
        try project.write("test -e image/VERSION\n", to: "scripts/unit.sh")
        try project.write("unit:\n\t@test -e image/VERSION\n", to: "Makefile")
    }

    static func broken(_ project: AcceptanceProject, loop: String) async throws {
        let services = AcceptanceProject.services().replacing(
            "SAMPLE_ROLE: backend", with: "SAMPLE_ROLE: backend, SAMPLE_FAULT: missing-route"
        ).replacing("public: true", with: "public: false", maxReplacements: 1)
        try project.write(services, to: "environments/services.yaml")
        try project.write(
            """
            platform: local
            project: local-project
            region: us-central1
            gates: { max_flaky: 2 }
            loop: \(loop)

            """, to: "environments/local.yaml")
        try await project.shell("mkdir", "tests")
        try project.write("def test_app():\n    assert 1 == 1\n", to: "tests/test_app.py")
        try await project.shell("git", "config", "user.name", "Ada L")
        try await project.shell("git", "config", "user.email", "ada@example.com")
        try await project.commit("a route is missing")
    }

    private static let honest = """
        sed -i 's/, SAMPLE_FAULT: missing-route//' environments/services.yaml
        printf '{"cost": 0.1, "summary": "the route is back"}' > "$STAGECTL_FIX_RESULT"
        """

    @Test func `a fix that cheats is refused and put back, one that mends it is committed`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18870)
        do {
            try await Self.writeJudge(project)
            try await Self.broken(
                project, loop: "{ flaky_reruns: 0, before_deploy: [sh scripts/unit.sh, make --silent unit] }")
            let head = try await project.shell("git", "rev-parse", "HEAD").outputText
            for cheat in Self.cheats { try await refuse(cheat, project, head: head) }
            try await mend(project, head: head)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func refuse(_ cheat: Cheat, _ project: AcceptanceProject, head: String) async throws {
        let document = try await project.json("loop", "--fix", cheat.command, exit: 3)
        let fix = document["iterations"]?[0]?["fix"] ?? .null
        let told = "\(cheat.name): \(document["outcome"] ?? .null) \(fix)"
        #expect(document["outcome"]?.string == (cheat.rule == nil ? "fix-failed" : "fix-refused"), "\(told)")
        if let rule = cheat.rule {
            let refusals = fix["refusals"]?.array ?? []
            #expect(refusals.contains { $0["rule"]?.string == rule && "\($0)".contains(cheat.words) }, "\(told)")
        } else {
            #expect("\(document)".contains(cheat.words), "\(told)")
        }
        // The tree, the branch and the commit are as they were, whoever asks.
        #expect(try await project.shell("git", "status", "--porcelain").outputText.isEmpty, "\(told)")
        #expect(try await project.shell("git", "rev-parse", "HEAD").outputText == head, "\(told)")
        let branch = try await project.shell("git", "branch", "--show-current").outputText
        #expect(branch.hasPrefix("loop/") && document["branch"]?.string == branch.filter { $0 != "\n" }, "\(told)")
        try await project.shell("test", "!", "-e", ".git/hooks/post-checkout")
    }

    private func mend(_ project: AcceptanceProject, head: String) async throws {
        let command =
            Self.honest + "\nprintf 'def test_more():\\n    assert 2 == 2\\n' > tests/test_more.py"
            + "\nenv > .stagectl/seen; test -s \"$STAGECTL_BRIEF\"; test -s \"$STAGECTL_BRIEF_JSON\""
        let secrets = ["STAGECTL_ACCESS_TOKEN": "top-secret", "ACCEPTANCE_JWT": "acceptance-secret"]
        let document = try await project.json(
            ["loop", "--fix", command], environment: secrets, exit: 0)
        #expect(document["outcome"] == "goal", "\(document)")
        let seen = try await project.shell("cat", ".stagectl/seen").outputText
        #expect(!seen.contains("top-secret") && !seen.contains("acceptance-secret"))
        #expect(seen.contains("STAGECTL_BRIEF=/"))
        let log = try await project.shell("git", "log", "-1", "--format=%P%n%B").outputText
        let run = document["run"]?.string ?? ""
        #expect(log.hasPrefix(head) && log.contains("loop(1): fixes backend P1/"), "\(log)")
        #expect(log.contains("Stagectl-Loop: \(run)/1\nSigned-off-by: Ada L <ada@example.com>"), "\(log)")
        #expect(log.contains("The fix says: the route is back"), "\(log)")
        try await project.shell("git", "fsck", "--strict", "--no-dangling")
        #expect(try await project.shell("git", "status", "--porcelain").outputText.isEmpty)
    }

    @Test func `kill -9 in the fix and in the commit, and resume makes the one commit`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18874)
        do {
            try await Self.broken(project, loop: "{ flaky_reruns: 0 }")
            let command = """
                if [ -e .stagectl/second ]; then
                \(Self.honest)
                else touch .stagectl/second; echo junk > image/VERSION; echo half-done; sleep 60; fi
                """
            let first = try await project.stagectl(["loop", "--fix", command], killedAt: "│ half-done")
            #expect(first.exitCode == 137)
            #expect(try await project.shell("git", "status", "--porcelain").outputText.contains("image/VERSION"))
            let second = try await project.stagectl(["resume"], killedAt: "  commit   ")
            #expect(second.exitCode == 137, "\(second.errorText)")
            #expect(second.errorText.contains("interrupted.patch"), "\(second.errorText)")
            let document = try await project.json("resume", exit: 0)
            #expect(document["outcome"] == "goal", "\(document)")
            let log = try await project.shell("git", "log", "--format=%s", "main..").outputText
            #expect(log.split(separator: "\n").count == 1, "\(log)")
            #expect(try await project.shell("git", "status", "--porcelain").outputText.isEmpty)
            try await project.shell("git", "fsck", "--strict", "--no-dangling")
            // The fix that was cut left nothing behind that runs.
            let left = try await ChildProcess.run(CommandLine(["pgrep", "-f", "echo half-done; sleep 60"]))
            #expect(left.outputText.isEmpty)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `ten iterations alone end as their report says`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18878)
        do {
            try await Self.broken(project, loop: "{ flaky_reruns: 0, no_progress: 20, max_iterations: 10 }")
            let document = try await project.json(
                "loop", "--fix", "echo \"$STAGECTL_BRIEF\" >> image/VERSION", exit: 3)
            #expect(document["outcome"] == "iterations", "\(document)")
            #expect(document["iterations"]?.array?.count == 10)
            let run = try #require(document["run"]?.string)
            let log = try await project.shell(
                "git", "log", "--format=%H %(trailers:key=Stagectl-Loop,valueonly)", "main.."
            )
            .outputText.split(separator: "\n").map(String.init)
            let commits = (document["iterations"]?.array ?? []).compactMap { $0["fix"]?["commit"]?.string }
            #expect(log.reversed() == commits.enumerated().map { "\($0.element) \(run)/\($0.offset + 1)" })
            #expect(commits.count == 9)
            // Git, the API and the locks say what the report says.
            #expect(document["tree"]?["clean"]?.bool == true)
            #expect(document["tree"]?["head"]?.string == commits.last)
            #expect(try await project.shell("git", "status", "--porcelain").outputText.isEmpty)
            #expect(
                try await project.shell("git", "branch", "--show-current").outputText
                    == "\(document["branch"]?.string ?? "")\n")
            let locks = try await project.json("lock", "show", exit: 0)
            #expect((locks["locks"]?.array ?? []).isEmpty && (document["locks"]?.array ?? []).isEmpty, "\(locks)")
            for service in document["traffic"]?.array ?? [] {
                let name = try #require(service["service"]?.string)
                let told = (service["traffic"]?.array ?? []).reduce(into: [String: Int64]()) { shares, entry in
                    if let revision = entry["revision"]?.string, let percent = entry["percent"]?.integer, percent > 0 {
                        shares[revision, default: 0] += percent
                    }
                }
                #expect(try await project.shares(of: name) == told, "\(service)")
            }
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
