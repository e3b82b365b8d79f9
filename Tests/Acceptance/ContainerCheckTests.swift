import Foundation
import JSON
import Testing
import Transport

/// Checks that are images, on real engines: what they see, and that nothing of them is left whatever ends them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ContainerCheckTests {
    static let engines = ["docker", "podman"]

    /// From scratch, with one static executable.
    private static let image = "localhost/stagectl-container-check:test"

    @Test(arguments: engines) func `an image as a smoke test`(engine: String) async throws {
        guard await Self.answers(engine) else { return print("skipped: \(engine) does not answer") }
        try await Self.withProject(engine) { project in
            let sample = try await SamplePeer()
            for (check, code, words) in Self.cases {
                let result = try await measure(check, sample.base, project, engine, exit: code)
                let said = [result["summary"]?.string, result["cause"]?.string, result["fix"]?.string]
                    .compactMap(\.self).joined(separator: "\n")
                let status: JSONValue = code == 0 ? "passed" : words[0] == "error" ? "error" : "failed"
                #expect(result["status"] == status, "\(check): \(result)")
                for word in words where word != "error" { #expect(said.contains(word), "\(check): \(said)") }
                let image = result["evidence"]?["image"]?.string ?? ""
                #expect(image.hasPrefix("sha256:") == (status != "error"), "\(result)")
                #expect(try await Self.containers(engine).isEmpty, "\(check): a container is left")
            }
            await sample.stop()
        }
    }

    private static let cases: [(String, Int32, [String])] = [
        (
            "args: [wget, -q, -O, '-', '${target.url}/api/threads'] }, expect: { stdout: { contains: thread-1 } }", 0,
            []
        ),
        (
            "args: [sh, -c, 'echo $TARGET_URL'] }, expect: { stdout: { matches: '^http://127.0.0.1:[0-9]+\\n$' } }", 0,
            []
        ),
        ("args: [sh, -c, 'exit 125'] }, expect: { exit: 125 }", 0, []),
        (
            """
            env: { KEY: "${secrets.key}", LINES: "one\\ntwo" }, args: [sh, -c, 'echo "$KEY"; echo "$LINES"; exit 4'] }
            """, 3, ["exit code 4, wanted 0: two"]
        ),
        ("env: { KEY: '${secrets.key}' }, args: [sh, -c, 'echo bad $KEY >&2; exit 1'] }", 3, ["bad [redacted]"]),
        ("args: [wget, -q, -O, '-', '${target.url}/nowhere'] }", 3, ["exit code 1, wanted 0: wget:", "404"]),
        ("network: none, args: [wget, -q, -O, '-', '${target.url}/health'] }", 3, ["exit code 1"]),
        ("args: [sleep, '60'] }, timeout: 1s", 3, ["error", "did not end within 1000 ms and was removed"]),
        // A program that ignores SIGTERM goes as well.
        ("args: [sh, -c, 'trap : TERM; while :; do sleep 1; done'] }, timeout: 1s", 3, ["error", "was removed"]),
    ]

    @Test(arguments: engines) func `what cannot run is an error that says what to do`(engine: String) async throws {
        guard await Self.answers(engine) else { return print("skipped: \(engine) does not answer") }
        try await Self.withProject(engine) { project in
            for (check, words) in [
                ("entrypoint: /nowhere }", ["could not start image", "look at `entrypoint`"]),
                ("image: 127.0.0.1:9/no/such:1 }", ["is not here and cannot be fetched", "name or tag is wrong"]),
            ] {
                let result = try await measure(check, "http://127.0.0.1:9", project, engine, exit: 3)
                #expect(result["status"] == "error", "\(result)")
                let said = result.serialized()
                for word in words { #expect(said.contains(word), "\(said)") }
                #expect(try await Self.containers(engine).isEmpty)
            }
            let none = try await measure(
                "args: ['true'] }", "http://127.0.0.1:9", project, engine, variables: ["PATH": "/nonexistent"], exit: 3)
            #expect(none["status"] == "error")
            #expect(none.serialized().contains("no container engine answers: `\(engine)` is not installed"))
            #expect(none.serialized().contains("start docker or podman"))
        }
    }

    @Test func `a container that needs more memory than it may is named`() async throws {
        guard await Self.answers("docker") else { return print("skipped: docker does not answer") }
        try await Self.withProject("docker") { project in
            let result = try await measure(
                "memory: 16MiB, args: [sh, -c, 'x=$(head -c 64000000 /dev/zero | tr \"\\\\0\" a); echo $${#x}'] }",
                "http://127.0.0.1:9", project, "docker", exit: 3)
            guard result["status"] == "failed", result.serialized().contains("137") else {
                return print("skipped: this machine's docker enforces no limit of memory: \(result)")
            }
            #expect(result.serialized().contains("more memory than it may (16 MiB)"), "\(result)")
        }
    }

    @Test(arguments: engines) func `Ctrl-C removes it, and what a killed run left goes with the next`(
        engine: String
    ) async throws {
        guard await Self.answers(engine) else { return print("skipped: \(engine) does not answer") }
        try await Self.withProject(engine) { project in
            for signal in [SIGINT, SIGKILL] {
                try writeSuite("args: [sh, -c, 'trap : TERM; while :; do sleep 1; done'] }", project)
                let run = Task {
                    try await project.stagectl(
                        ["smoke", "backend", "--url", "http://127.0.0.1:9"],
                        environment: Self.variables(engine)
                    ) { _, _ in }
                }
                try await Self.wait { try await Self.containers(engine).count == 1 }
                let text = try String(contentsOf: URL(filePath: project.folder + "/.process"), encoding: .utf8)
                kill(try #require(Int32(text.filter(\.isNumber))), signal)
                let ended = try await run.value
                #expect(ended.exitCode == 128 + signal)
                if signal == SIGINT {
                    #expect(try await Self.containers(engine).isEmpty)
                } else {
                    #expect(try await Self.containers(engine).count == 1)
                    _ = try await measure("args: ['true'] }", "http://127.0.0.1:9", project, engine, exit: 0)
                    #expect(try await Self.containers(engine).isEmpty)
                }
            }
        }
    }

    // MARK: - The project and its engine

    private func measure(
        _ check: String, _ base: String, _ project: AcceptanceProject, _ engine: String,
        variables: [String: String] = [:], exit code: Int32
    ) async throws -> JSONValue {
        try writeSuite(check, project)
        let environment = Self.variables(engine).merging(variables) { $1 }
        let document = try await project.json("smoke", "backend", "--url", base, environment: environment, exit: code)
        #expect(!document.serialized().contains("hidden-value"))
        return try #require(document["checks"]?[0], "\(document)")
    }

    private func writeSuite(_ check: String, _ project: AcceptanceProject) throws {
        var given = check
        if !check.contains("image:") { given = "image: \(Self.image), " + given }
        if !check.contains("entrypoint:") { given = "entrypoint: /busybox, " + given }
        try project.write(
            """
            version: 1
            suite: backend-smoke
            priority: P1
            owner: team-backend
            secrets: { key: { from_env: NO_SUCH_VARIABLE, default: hidden-value } }
            checks:
              - { id: probed, container: { \(given) }

            """, to: "environments/suites/backend-smoke.yaml")
    }

    private static func variables(_ engine: String) -> [String: String] { ["STAGECTL_LOCAL_RUNTIME": engine] }

    private static func withProject(
        _ engine: String, _ body: (AcceptanceProject) async throws -> Void
    ) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18310)
        try project.write("FROM scratch\nCOPY busybox /busybox\n", to: "image/Smoke")
        let busybox = try await project.shell("sh", "-c", "command -v busybox").outputText.filter { $0 != "\n" }
        try await project.shell("cp", busybox, "image/busybox")
        try await project.shell(engine, "build", "--quiet", "--tag", image, "--file", "image/Smoke", "image")
        do {
            try await body(project)
        } catch {
            Issue.record("\(error)")
        }
        for container in try await containers(engine) { try await project.shell(engine, "rm", "--force", container) }
        try await project.shell(engine, "image", "rm", "--force", image)
        try await project.end()
    }

    private static func answers(_ engine: String) async -> Bool {
        let format = engine == "docker" ? "{{.Server.Version}}" : "{{.Version}}"
        let result = try? await ChildProcess.run(
            CommandLine([engine, "version", "--format", format], deadline: .seconds(10)))
        return result?.exitCode == 0
    }

    /// Of any check; nobody else may run some at the same time.
    private static func containers(_ engine: String) async throws -> [String] {
        let result = try await ChildProcess.run(
            CommandLine([engine, "ps", "--all", "--quiet", "--filter", "label=stagectl.check"]))
        return result.outputText.split(whereSeparator: \.isNewline).map(String.init)
    }

    private static func wait(for condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while try await !condition() {
            try #require(ContinuousClock.now < end, "it did not come to that")
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
