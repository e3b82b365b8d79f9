import Configuration
import Testing
import Verification

/// Images as smoke tests, with an engine that tests play.
struct ContainerCheckTests {
    private struct FakeEngine: ContainerProbe {
        var outcome: ContainerProbeOutcome

        func run(_ request: ContainerProbeRequest) async -> ContainerProbeOutcome { outcome }
    }

    private struct Missing: Error {}

    private static func check(_ text: String) throws -> ContainerCheck {
        let suite = try suite(
            SuiteLoaderTests.head
                + "secrets: { key: { from_env: KEY, default: hidden-value } }\nchecks:\n  - { id: a, \(text) }\n")
        guard case .container(let check) = try #require(suite.checks.first).kind else { throw Missing() }
        return check
    }

    private static let scope = CheckScope(
        values: ["secrets.key": "hidden-value", "target.url": "https://api.example.com"],
        baseURL: "https://api.example.com")

    private static func ended(
        _ code: Int, _ output: String = "", errors: String = "", exceededMemory: Bool = false
    ) -> ContainerProbeOutcome {
        .ended(
            ContainerEnding(
                CommandEnding(
                    exitCode: code, output: Array(output.utf8), errorOutput: Array(errors.utf8), milliseconds: 20),
                imageID: "sha256:abc", exceededMemory: exceededMemory))
    }

    @Test(
        arguments: [
            ("{}", ended(0), .passed, nil), ("{ exit: [0, 7] }", ended(7), .passed, nil),
            (
                "{}", ended(1, errors: "first\nassertion 3 failed\n"), .failed,
                "exit code 1, wanted 0: assertion 3 failed"
            ),
            ("{ stdout: { contains: done } }", ended(0, "begun"), .failed, "the output does not contain `done`"),
            ("{ stderr: '' }", ended(0, errors: "w"), .failed, "the error output is `w`"),
            ("{ json: { $.ok: true } }", ended(0, "{\"ok\":false}"), .failed, "`$.ok` is `false`"),
            ("{ time: 10ms }", ended(0), .failed, "it took"),
            (
                "{}", ended(137, exceededMemory: true), .failed,
                "exit code 137 (it was ended for using more memory than it may (64 MiB)), wanted 0"
            ),
            (
                "{}", .notRun(.noEngine(tried: ["docker", "podman"], reason: "`docker` is not installed")), .error,
                "no container engine answers: `docker` is not installed"
            ),
            (
                "{}", .notRun(.noImage(reason: "manifest unknown")), .error,
                "image `smoke:1` is not here and cannot be fetched"
            ),
            (
                "{}", .notRun(.notStarted(engine: "podman", reason: "no such file")), .error,
                "podman could not start image"
            ),
            ("{}", .notRun(.timedOut(milliseconds: 300_000)), .error, "did not end within 300000 ms and was removed"),
            ("{}", .notRun(.cancelled), .error, "cancelled"),
        ] as [(String, ContainerProbeOutcome, Measurement.Outcome, String?)])
    func `how a container ends is how its check does`(
        _ expect: String, _ outcome: ContainerProbeOutcome, _ wanted: Measurement.Outcome, _ words: String?
    ) throws {
        let check = try Self.check("container: { image: 'smoke:1', memory: 64MiB }, expect: \(expect)")
        let measurement = try check.judge(outcome, to: try check.request(in: Self.scope), in: Self.scope)
        #expect(measurement.outcome == wanted)
        #expect(words.map { measurement.summary?.contains($0) == true } ?? true, "\(measurement.summary ?? "")")
        #expect(measurement.evidence.image == (wanted == .error ? "smoke:1" : "sha256:abc"))
        #expect((measurement.evidence.exitCode == nil) == (wanted == .error))
        if case .ended(let ending) = outcome {
            #expect((measurement.likely?.fix.contains("raise `memory`") == true) == ending.exceededMemory)
        }
        // What, why, next.
        if case .notRun(let problem) = outcome, problem != .cancelled {
            #expect(measurement.likely?.cause.isEmpty == false && measurement.likely?.fix.isEmpty == false)
        }
    }

    @Test func `no engine is an error of the run, never a pass`() async throws {
        let check = Self.suiteOfOne
        for probe in [nil, FakeEngine(outcome: .notRun(.noEngine(tried: ["docker"], reason: "gone")))] {
            let runner = SuiteRunner(
                http: FakeHTTP { _, _ in .answer() }, webSocket: FakeWebSocket(messages: []), tokens: FakeMinter(),
                secrets: EnvironmentSecretSource([:]), clock: ManualClock(), probes: CheckProbes(containers: probe))
            let run = await runner.run(
                [try check()], against: SuiteRunTarget(url: "http://127.0.0.1:9"),
                options: SuiteRunOptions(today: today))
            #expect(run.results.map(\.status) == [.error])
            #expect(VerdictDocument(run, suites: []).result != .pass)
        }
    }

    private static func suiteOfOne() throws -> Verification.Suite {
        try suite(SuiteLoaderTests.head + "checks:\n  - { id: a, container: { image: 'smoke:1' } }\n")
    }

    @Test func `what the container is given`() throws {
        let check = try Self.check(
            "container: { image: 'smoke:1', entrypoint: /smoke, args: ['--to', '${target.url}'], "
                + "env: { API_KEY: '${secrets.key}' }, memory: 64MiB, cpu: 0.5 }, timeout: 30s")
        let request = try check.request(in: Self.scope)
        #expect(request.arguments == ["--to", "https://api.example.com"])
        #expect(request.entrypoint == "/smoke")
        #expect(request.environment["API_KEY"] == "hidden-value")
        #expect(request.environment["TARGET_URL"] == "https://api.example.com")
        #expect(request.environment["TRACEPARENT"] == Self.scope.trace.header)
        #expect(request.environment["TARGET_AUTHORIZATION"] == nil)
        #expect((request.memoryBytes, request.cpus) == (64 << 20, 0.5))
        #expect(request.timeoutMilliseconds == 30_000)
        var closed = Self.scope
        closed.authentication = [HeaderField("X-Serverless-Authorization", "Bearer platform")]
        #expect(try check.request(in: closed).environment["TARGET_AUTHORIZATION"] == "Bearer platform")
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:8081", "", .host), ("http://backend.localhost:8081", "", .host),
            ("http://[::1]:8081", "", .host), ("https://api.example.com", "", .bridge),
            ("https://127.example.com", "", .bridge), ("http://127.0.0.1:8081", ", network: none", .none),
            ("https://api.example.com", ", network: host", .host),
        ] as [(String, String, ContainerProbeRequest.Network)])
    func `a target of this machine is reached over its own network`(
        _ url: String, _ text: String, _ network: ContainerProbeRequest.Network
    ) throws {
        let check = try Self.check("container: { image: 'smoke:1'\(text) }")
        #expect(try check.request(in: CheckScope(baseURL: url)).network == network)
    }

    /// Directly it is a finding when the suite is read.
    @Test(arguments: [
        "container: { image: a, args: ['${vars.all}'] }", "container: { image: 'a:${vars.all}' }",
        "container: { image: a, entrypoint: '${vars.all}' }", "command: { argv: [a, '${vars.all}'] }",
    ])
    func `no variable brings a secret into an argument`(_ text: String) async throws {
        let suite = try suite(
            SuiteLoaderTests.head
                + "secrets: { key: { from_env: KEY, default: hidden-value } }\nvars: { all: 'x-${secrets.key}' }\n"
                + "checks: [{ id: a, \(text) }]\n")
        var runner = runner(FakeHTTP { _, _ in .answer() })
        runner.probes = CheckProbes(commands: NeverRun(), containers: NeverRun())
        let run = await runner.run(
            [suite], against: SuiteRunTarget(url: "https://api.example.com"), options: .init(today: today))
        let result = try #require(run.results.first)
        #expect(result.status == .error)
        #expect(result.summary?.contains("`secrets.key` would be an argument") == true, "\(result.summary ?? "")")
        #expect(!String(describing: run.results).contains("hidden-value"))
    }

    private struct NeverRun: ContainerProbe, CommandProbe {
        func run(_ request: ContainerProbeRequest) async -> ContainerProbeOutcome { .ended(ContainerEnding(ended)) }
        func run(_ request: CommandProbeRequest) async -> CommandProbeOutcome { .ended(ended) }
        private var ended: CommandEnding { CommandEnding(exitCode: 0, milliseconds: 1) }
    }

    @Test(arguments: [
        ("container: {}", "missing `image`"), ("container: { image: '' }", "expected text"),
        ("container: { image: a, args: ['${secrets.key}'] }", "can be read by everybody on this machine"),
        ("container: { image: 'a:${secrets.key}' }", "can be read by everybody on this machine"),
        ("container: { image: a, entrypoint: '${secrets.key}' }", "can be read by everybody on this machine"),
        ("container: { image: a, network: mine }", "expected `host` or `bridge` or `none`"),
        ("container: { image: a, memory: 1MiB }", "less than 6MiB"),
        ("container: { image: a, cpu: 0 }", "a number from"),
        ("container: { image: a, env: { 'A=B': c } }", "is not the name of a variable"),
        ("container: { image: a, argv: [b] }", "unknown key `argv`"),
    ])
    func `what cannot be meant is a finding`(_ text: String, _ words: String) {
        let yaml =
            SuiteLoaderTests.head + "secrets: { key: { from_env: KEY } }\nchecks:\n  - { id: a, \(text) }\n"
        guard case .failure(let findings) = SuiteLoader.load(Array(yaml.utf8), file: "s.yaml") else {
            Issue.record("no finding")
            return
        }
        #expect(findings.findings.contains { $0.message.contains(words) }, "\(findings.findings.map(\.message))")
    }
}
