import JSON
import Synchronization
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `logs` with the real binary, and what the request log proves about a service that does not say who it is.
@Suite(.serialized) struct LogsTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"

    private func withProject(port: Int, _ chapters: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            try await makeSilent(project)
            try await chapters(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// One service, whose answers are not asked for the revision.
    private func makeSilent(_ project: AcceptanceProject) async throws {
        try project.write(
            """
            services:
              auth:
                source: { paths: [image/Dockerfile, image/VERSION], context: image, dockerfile: image/Dockerfile, process: [image/SampleService] }
                env: { SAMPLE_ROLE: auth, JWT_SECRET: acceptance-secret }
                public: true
                probes: { startup: { tcp: true, period: 1s, failure_threshold: 3 } }
                health: { path: /health, samples: 3, interval: 20ms, window: 8s, timeout: 2s }
                suites: [auth-smoke]

            """, to: "environments/services.yaml")
        try await project.shell("rm", "environments/suites/backend-smoke.yaml")
        try project.write(
            """
            version: 1
            suite: auth-smoke
            priority: P1
            owner: team-auth
            checks:
              - { id: health, http: GET /health, expect: { status: 200 } }
              - { id: missing, http: GET /nothing-here, expect: { status: 404 } }

            """, to: "environments/suites/auth-smoke.yaml")
        try await project.commit("one service that does not say who it is")
    }

    private func note(_ step: String, of release: JSONValue) -> String? {
        release["steps"]?.array?.first { $0["id"]?.string == step }?["note"]?.string
    }

    private func lines(_ project: AcceptanceProject, _ arguments: String...) async throws -> [JSONValue] {
        let command = [AcceptanceProject.products + "/stagectl", "logs", "auth", "-o", "json"] + arguments
        let result = try await ChildProcess.run(
            CommandLine(
                command, environment: project.variables([:]), workingDirectory: project.folder,
                deadline: .seconds(60)))
        #expect(result.exitCode == 0, "\(arguments): \(result.errorText)")
        return try result.outputText.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test func `the request log proves who answered, and every flag of logs selects`() async throws {
        try await withProject(port: 18640) { project in
            let release = try await project.json("deploy", "auth", exit: 0)
            #expect(release["outcome"] == "promoted")
            let revision = try #require(release["services"]?[0]?["revision"]?.string)
            #expect(note("health:auth", of: release)?.contains("identity by the request log") == true, "\(release)")
            #expect(note("smoke:auth", of: release)?.contains("identity by the request log") == true, "\(release)")
            let health = try await project.json("health", "auth", exit: 0)
            #expect(health["services"]?[0]?["identity"] == "identity by the request log")
            #expect(health["services"]?[0]?["samples"]?[0]?["witness"] == "request-log")
            #expect(health["services"]?[0]?["samples"]?[0]?["revision"]?.string == revision)
            let smoke = try await project.json("smoke", "auth", exit: 0)
            #expect(smoke["identity"] == "identity by the request log")
            #expect(smoke["checks"]?[0]?["evidence"]?["witness"] == "request-log")

            let url = try await project.loopbackURL(of: "auth")
            try await project.shell(
                "curl", "-sS", "-o", "/dev/null", "-H", "traceparent: 00-\(Self.trace)-b7ad6b7169203331-01",
                url + "/asked-by-trace")

            let plain = try await lines(project)
            #expect(!plain.isEmpty && plain.allSatisfy { $0["stream"] != "requests" })
            let keys = ["insertId", "instance", "request", "revision", "severity", "stream", "text", "time", "trace"]
            #expect(plain.allSatisfy { $0.object?.keys.sorted() == keys })
            #expect(plain.allSatisfy { $0["revision"]?.string == revision })

            for form in [
                Self.trace, "projects/local-project/traces/\(Self.trace)", "00-\(Self.trace)-b7ad6b7169203331-01",
            ] {
                let traced = try await lines(project, "--trace", form)
                #expect(traced.count == 1, "\(form)")
                #expect(traced.first?["request"]?["status"] == 404)
                #expect(traced.first?["revision"]?.string == revision)
            }
            let requests = try await lines(project, "--requests", "--revision", revision)
            #expect(requests.count > plain.count)
            let severe = try await lines(project, "--requests", "--severity", "warning")
            #expect(!severe.isEmpty && severe.count < requests.count)
            #expect(severe.allSatisfy { $0["severity"] != "INFO" && $0["severity"] != "DEFAULT" })
            #expect(try await lines(project, "--requests", "--since", "1h").count == requests.count)
            #expect(try await lines(project, "--since", "2100-01-01T00:00:00Z").isEmpty)
            #expect(try await lines(project, "--requests", "--limit", "1").count == 1)

            let text = try await project.stagectl("logs", "auth", "--trace", Self.trace)
            #expect(text.outputText.contains("GET /asked-by-trace 404 in "))
            for wrong in [
                ["--since", "yesterday"], ["--severity", "loud"], ["--trace", "abc"], ["--limit", "0"],
                ["--revision", "auth-00099-zzz"],
            ] {
                let refused = try await project.json("logs", "auth", wrong[0], wrong[1], exit: 64)
                #expect(refused["error"]?["category"] == "usage", "\(wrong)")
            }
        }
    }

    @Test func `a log is followed while it grows, until Ctrl-C or until nobody reads`() async throws {
        try await withProject(port: 18644) { project in
            _ = try await project.json("deploy", "auth", "--skip-smoke", "not asked for", exit: 0)
            let url = try await project.loopbackURL(of: "auth")
            let sent = Mutex(false)
            let seen = Mutex<[String]>([])
            let followed = try await project.stagectl("logs", "auth", "--follow", "--requests", "-o", "json") {
                process, line in
                // The first line is one of the log so far; only then is there something new.
                if !sent.withLock({
                    let before = $0; $0 = true; return before
                }) {
                    let address = url + "/while-followed"
                    Task { try? await project.shell("curl", "-sS", "-o", "/dev/null", address) }
                }
                seen.withLock { $0.append(line) }
                if line.contains("/while-followed") { kill(process, SIGINT) }
            }
            #expect(followed.exitCode == 130, "\(followed.errorText)")
            let lines = seen.withLock { $0 }.compactMap { try? JSONValue(parsing: $0) }
            #expect(lines.filter { $0["request"]?["url"]?.string?.hasSuffix("/while-followed") == true }.count == 1)
            let identifiers = lines.compactMap { $0["insertId"]?.string }
            #expect(Set(identifiers).count == identifiers.count, "no entry twice")

            let binary = AcceptanceProject.products + "/stagectl"
            let quiet = try await ChildProcess.run(
                CommandLine(
                    [
                        "/bin/bash", "-c",
                        "\(binary) logs auth --follow --requests 2>errors | head -n 1; echo ${PIPESTATUS[0]}; cat errors",
                    ], environment: project.variables([:]), workingDirectory: project.folder, deadline: .seconds(60)))
            #expect(quiet.outputText.split(separator: "\n").dropFirst() == ["0"], "\(quiet.outputText)")
        }
    }

    @Test func `answers of the old revision at a late tag are told from the candidate's`() async throws {
        try await withProject(port: 18648) { project in
            let first = try await project.json("deploy", "auth", "--tag", "next", exit: 0)
            let old = try #require(first["services"]?[0]?["revision"]?.string)
            // The tag moves, and the data plane follows seconds later: until then the old revision answers there.
            try project.write("second\n", to: "image/VERSION")
            try await project.commit("second")
            try project.write(
                #"{"seed": 1, "rules": [{"id": "late", "on": {"service": "auth"}, "effect": {"slowDataPlane": "3s"}}]}"#,
                to: ".stagectl/rules.json")
            _ = try await project.json("local", "faults", "set", ".stagectl/rules.json", exit: 0)
            let second = try await project.json("deploy", "auth", "--tag", "next", exit: 0)
            let new = try #require(second["services"]?[0]?["revision"]?.string)
            #expect(new != old && second["outcome"] == "promoted")
            #expect(note("health:auth", of: second)?.contains("identity by the request log") == true)
            // Three samples take less than a tenth of a second; those of the old revision did not count.
            let seconds = second["steps"]?.array?.first { $0["id"] == "health:auth" }?["seconds"]?.double ?? 0
            #expect(seconds > 1, "\(second["steps"] ?? .null)")
        }
    }
}
