import JSON
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a pipeline passes besides the plain command, each through the real binary on plain processes.
@Suite(.serialized) struct FlagTests {
    private func withProject(port: Int, _ chapters: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            try await chapters(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func backend(_ document: JSONValue) throws -> JSONValue {
        try #require(document["services"]?.array?.first { $0["service"] == "backend" })
    }

    private func lastBackend(_ project: AcceptanceProject) async throws -> JSONValue {
        let history = try await project.json("history", exit: 0)
        return try backend(try #require(history["releases"]?[0]))
    }

    @Test func `a given image is not built, a skipped gate is not passed, an overridden one is written down`()
        async throws
    {
        try await withProject(port: 18500) { project in
            let image = try #require(try await lastBackend(project)["image"]?.string)
            let given = try await project.json(
                "deploy", "backend", "--image", image, "--set-env", "ROUND=1", "--report", "out/given", exit: 0)
            #expect(given["outcome"] == "promoted")
            #expect(try backend(given)["image"]?.string == image)
            #expect(given["steps"]?.array?.contains { $0["id"]?.string?.hasPrefix("build:") == true } == false)
            let written = try await project.shell("cat", "out/given/release.json").outputText
            #expect(try JSONValue(parsing: written)["run"] == given["run"])

            let skipped = try await project.json(
                "deploy", "backend", "--set-env", "SAMPLE_FAULT=ws-403", "--skip-smoke", "staging is down", exit: 0)
            #expect(skipped["outcome"] == "promoted")
            #expect(skipped["verdict"]?["result"] == "incomplete")
            #expect(skipped["verdict"]?["counts"]?["passed"] == 0)

            let overridden = try await project.json(
                "deploy", "backend", "--set-env", "SAMPLE_FAULT=ws-1011", "--override", "smoke=known, INC-7", exit: 0)
            #expect(overridden["outcome"] == "promoted")
            #expect(overridden["verdict"]?["result"] == "fail", "an override does not turn a failed check into a pass")
            #expect(overridden.serialized().contains("known, INC-7"))
        }
    }

    @Test func `a check that is overridden by name does not stop a release, and is written down`() async throws {
        try await withProject(port: 18536) { project in
            let broken = ["deploy", "backend", "--set-env", "SAMPLE_FAULT=missing-route"]
            _ = try await project.json("deploy", "auth", exit: 0)
            _ = try await project.json(broken[0], broken[1], broken[2], broken[3], exit: 3)
            let slip = try await project.json(
                broken[0], broken[1], "--override", "check:thread=known", exit: 64)
            #expect(slip["error"]?["hint"] == "did you mean `check:threads`?")
            let accepted = try await project.json(
                broken[0], broken[1], broken[2], broken[3], "--override", "check:threads=moved to /v2", exit: 0)
            #expect(accepted["outcome"] == "promoted" && accepted["verdict"]?["result"] == "incomplete")
            #expect(accepted["verdict"]?["counts"]?["waived"] == 1, "\(accepted)")
            #expect(accepted["overrides"]?["check:threads"] == "moved to /v2")
            // Another check that fails still stops it.
            _ = try await project.json(
                broken[0], broken[1], "--set-env", "SAMPLE_FAULT=ws-1011", "--override", "check:threads=known", exit: 3)
        }
    }

    @Test func `an older commit is refused, unless that is what is wanted; rollback goes to a commit or a revision`()
        async throws
    {
        try await withProject(port: 18510) { project in
            let first = try await lastBackend(project)
            let commit = try #require(first["commit"]?.string)
            let revision = try #require(first["revision"]?.string)
            try project.write("second\n", to: "image/VERSION")
            try await project.commit("second")
            let second = try backend(try await project.json("deploy", "backend", exit: 0))

            try await project.shell("git", "checkout", "--quiet", commit)
            let refused = try await project.json("deploy", "backend", "--set-env", "ROUND=1", exit: 5)
            #expect(refused["error"]?["category"] == "conflict")
            let allowed = try await project.json(
                "deploy", "backend", "--set-env", "ROUND=1", "--allow-older", exit: 0)
            #expect(try backend(allowed)["commit"]?.string == commit)

            let wanted = try #require(second["commit"]?.string?.prefix(10))
            let toCommit = try await project.json("rollback", "backend", "--to", String(wanted), exit: 0)
            #expect(try backend(toCommit)["revision"] == second["revision"])
            let toRevision = try await project.json("rollback", "backend", "--to", revision, exit: 0)
            #expect(try backend(toRevision)["revision"]?.string == revision)
            #expect(try await project.shares(of: "backend") == [revision: 100])
            _ = try await project.json("rollback", "backend", "--to", "nothing-like-it", exit: 64)
        }
    }

    @Test func `a lock is shown, refused and waited for`() async throws {
        try await withProject(port: 18520) { project in
            try await project.makeHealthPatient()
            let (reached, moments) = (Once(), AsyncStream<Void>.makeStream())
            let holder = Task {
                defer { moments.continuation.finish() }
                return try await project.stagectl("deploy", "backend", "--set-env", "ROUND=1") { _, line in
                    if line.contains("health:backend"), reached.first() { moments.continuation.yield() }
                }
            }
            for await _ in moments.stream {
                let locks = try await project.json("lock", "show", exit: 0)
                #expect(locks["locks"]?[0]?["service"] == "backend")
                #expect(locks["locks"]?[0]?["who"]?.string?.isEmpty == false)
                let refused = try await project.json("deploy", "backend", "--set-env", "ROUND=2", exit: 5)
                #expect(refused["error"]?["hint"]?.string?.contains("--wait-lock") == true)
                // Two that wait: whoever comes second must not plan on what the first one is about to change.
                async let one = project.json(
                    "deploy", "backend", "--set-env", "ROUND=3", "--wait-lock", "60s", exit: 0)
                async let other = project.json(
                    "deploy", "backend", "--set-env", "ROUND=4", "--wait-lock", "60s", exit: 0)
                #expect(try await one["outcome"] == "promoted")
                #expect(try await other["outcome"] == "promoted")
            }
            #expect(try await holder.value.exitCode == 0)
            #expect(try await project.json("lock", "show", exit: 0)["locks"] == [])
        }
    }

    @Test func `smoke by suite, priority, check, shard, tag and address`() async throws {
        try await withProject(port: 18530) { project in
            let all = try await project.json("smoke", "--list", exit: 0)
            #expect(all["checks"]?.array?.count == 3)
            let whole = try await project.json(
                "smoke", "backend", "--suite", "backend-smoke", "--priority", "P1", "--keep-going", "--junit",
                "junit.xml", "--report", "out", exit: 0)
            #expect(whole["counts"]?["passed"] == 3)
            let xml = try await project.shell("cat", "junit.xml", "out/junit.xml", "out/verdict.json").outputText
            #expect(xml.contains("<testsuites") && xml.contains("stagectl.verdict/v1"))

            var parts = 0
            for part in ["1/2", "2/2"] {
                let shard = try await project.json("smoke", "backend", "--list", "--shard", part, exit: 0)
                parts += shard["checks"]?.array?.count ?? 0
            }
            #expect(parts == 3, "every check is in exactly one shard")
            _ = try await project.json("smoke", "backend", "--only", "no-such-check", exit: 64)
            _ = try await project.json("smoke", "backend", "--suite", "no-such-suite", exit: 64)

            let lines = try await project.json("smoke", "backend", "--explain", exit: 0)
            #expect(lines.serialized().contains("curl"))
            let held = try await project.json(
                "deploy", "backend", "--no-traffic", "--tag", "green", "--set-env", "ROUND=1", exit: 0)
            let candidate = try backend(held)
            let tagged = try await project.json("smoke", "backend", "--tag", "green", exit: 0)
            #expect(tagged["result"] == "pass")
            let address = try #require(candidate["candidateUrl"]?.string)
            let addressed = try await project.stagectl("smoke", "backend", "--url", address, "-o", "json")
            #expect(try JSONValue(parsing: addressed.output)["counts"]?["total"] == 3)
            _ = try await project.json("smoke", "backend", "--tag", "no-such-tag", exit: 64)
        }
    }

    @Test func `a way back that some services do not have is refused for all of them at once`() async throws {
        try await withProject(port: 18560) { project in
            let before = try await project.shares(of: "backend")
            _ = try await project.json("deploy", "backend", "--set-env", "ROUND=1", exit: 0)
            let serving = try await project.shares(of: "backend")
            let refused = try await project.json("rollback", "--all", exit: 5)
            #expect(refused["error"]?["category"] == "conflict")
            #expect(refused["error"]?["details"]?.array?.map { $0["label"]?.string } == ["auth"])
            #expect(refused["error"]?["hint"] == "stagectl rollback backend")
            #expect(try await project.shares(of: "backend") == serving, "none was rolled back")
            _ = try await project.json("rollback", "backend", exit: 0)
            #expect(try await project.shares(of: "backend") == before)
        }
    }

    @Test func `a dry run says what would be done and does none of it`() async throws {
        try await withProject(port: 18564) { project in
            try await project.makeHealthPatient()
            let before = try await project.shares(of: "backend")
            let killed = Once()
            _ = try await project.stagectl("deploy", "backend", "--set-env", "ROUND=1") { process, line in
                if line.contains("…  health:backend"), killed.first() { kill(process, SIGKILL) }
            }
            let run = try await project.json("status", "backend", exit: 0)["services"]?[0]?["run"]?.string
            let forward = try await project.json("resume", "--dry-run", exit: 0)
            #expect(forward["schema"] == "stagectl.plan/v1" && forward["changes"] == true)
            #expect(forward["run"]?.string == run)
            let left = forward["steps"]?.array?.compactMap { $0["id"]?.string } ?? []
            #expect(left.first == "health:backend" && left.last == "record:backend", "\(left)")
            #expect(forward["steps"]?[0]?["needs"] == [], "what is done is nothing to wait for")
            let back = try await project.json("abort", "--dry-run", exit: 0)
            #expect(back["steps"]?.array?.compactMap { $0["id"]?.string } == ["restore:backend"])
            let baseline = try #require(before.keys.first)
            #expect(back["steps"]?[0]?["note"]?.string == "traffic as before: \(baseline) 100 %")
            let beside = try await project.stagectl("deploy", "backend", "--dry-run", "--set-env", "BESIDE=1")
            #expect(beside.errorText.contains("has not ended: resume or abort it first"), "\(beside.errorText)")
            let status = try await project.json("status", "backend", exit: 0)
            #expect(status["services"]?[0]?["run"]?.string == run, "it is still there to be taken up")
            _ = try await project.json("abort", exit: 0)
            _ = try await project.json("resume", "--dry-run", exit: 64)

            #expect(try await project.json("build", "backend", "--dry-run", exit: 0)["changes"] == false)
            try project.write("second\n", to: "image/VERSION")
            let build = try await project.json("build", "backend", "--dry-run", exit: 0)
            #expect(build["changes"] == true && build["built"] == false && build["image"] == .null)
            #expect(try await project.json("build", "backend", exit: 0)["built"] == true, "it was not built before")

            #expect(try await project.json("local", "up", "--dry-run", exit: 0)["changes"] == false)
            #expect(try await project.json("local", "down", "--dry-run", exit: 0)["changes"] == true)
            #expect(try await project.json("local", "reset", "--dry-run", exit: 0)["changes"] == true)
            #expect(try await project.json("local", "status", exit: 0)["running"] == true)
            _ = try await project.json("local", "down", exit: 0)
            #expect(try await project.json("local", "down", "--dry-run", exit: 0)["changes"] == false)
            #expect(try await project.json("local", "up", "--dry-run", exit: 0)["changes"] == true)
            #expect(try await project.json("local", "status", exit: 0)["running"] == false)
            let foreign = try await project.json(
                "local", "reset", "--dry-run", "--state", project.folder + "/image", exit: 64)
            #expect(foreign["error"]?["category"] == "usage", "a dry run refuses what the real one would")
        }
    }

    @Test func `a long build is folded away, and its whole output is kept`() async throws {
        try await withProject(port: 18580) { project in
            let services = try await project.shell("cat", "environments/services.yaml").outputText
            let loop = "for n in $(seq 500); do echo line-$n; done; exit 3"
            try project.write(
                services.replacing(
                    "process: [image/SampleService] }",
                    with: "process: [image/SampleService], before: [sh, -c, \"\(loop)\"] }"),
                to: "environments/services.yaml")
            try project.write("long\n", to: "image/VERSION")
            try await project.commit("a build that says much and fails")
            let result = try await project.stagectl("deploy", "backend")
            #expect(result.exitCode == 1)
            let shown = result.errorText.split(separator: "\n").filter { $0.contains("line-") }
            #expect(shown.contains { $0.hasSuffix("line-500") } && shown.count < 100, "the last lines, not all")
            let run = try await project.json("history", exit: 0)["releases"]?[0]?["run"]?.string ?? ""
            let log = ".stagectl/logs/\(run)/build-backend.log"
            #expect(result.errorText.contains(log), "\(result.errorText)")
            #expect(try await project.shell("grep", "-c", "^line-", log).outputText == "500\n")
        }
    }

    @Test func `what cannot be taken back is asked on a terminal, and only there`() async throws {
        try await withProject(port: 18568) { project in
            let reset = { (answer: String, flags: String) in
                // `script` gives the command a terminal; what it reads there is what is typed.
                try await project.shell(
                    "sh", "-c",
                    "export STAGECTL_LOCAL_PORT=18568 STAGECTL_LOCAL_INGRESS_PORT=18569; printf '\(answer)\\n' | "
                        + "script -qec '\(AcceptanceProject.products)/stagectl local reset \(flags)' /dev/null || true"
                ).outputText
            }
            let refused = try await reset("n", "")
            #expect(refused.contains("[y/N]") && refused.contains("nothing was changed"), "\(refused)")
            #expect(try await project.json("local", "status", exit: 0)["running"] == true)
            let asked = try await reset("y", "")
            #expect(asked.contains("[y/N]") && asked.contains("was removed"), "\(asked)")
            let told = try await reset("", "--yes")
            #expect(!told.contains("[y/N]") && told.contains("was removed"), "\(told)")
            #expect(try await project.json("local", "reset", exit: 0)["running"] == false)
        }
    }
}
