import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A project of its own in a temporary folder: a git repository with the sample services, a state folder, a local
/// Cloud Run on ports of its own. The real binary drives it.
final class AcceptanceProject: Sendable {
    let folder: String
    let runtime: String
    private let port: Int
    private var ingressPort: Int { port + 1 }

    /// Folder of the binaries that were built together with this test.
    static let products: String = {
        let bundle = ProcessInfo.processInfo.arguments.first ?? ""
        let argument =
            bundle.hasSuffix(".xctest")
            ? bundle : ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") } ?? bundle
        return URL(filePath: argument).deletingLastPathComponent().path
    }()

    init(runtime: String, port: Int) async throws {
        self.runtime = runtime
        self.port = port
        folder = FileManager.default.temporaryDirectory.path + "/stagectl-acceptance-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: folder + "/environments/suites", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/image", withIntermediateDirectories: true)
        try write(
            "FROM scratch\nCOPY SampleService /SampleService\nENTRYPOINT [\"/SampleService\"]\n", to: "image/Dockerfile"
        )
        try await shell("strip", "-o", folder + "/image/SampleService", Self.products + "/SampleService")
        try write("image/SampleService\n.stagectl/\n.process\n", to: ".gitignore")
        try write("first\n", to: "image/VERSION")
        try write(Self.services(), to: "environments/services.yaml")
        try write("platform: local\nproject: local-project\nregion: us-central1\n", to: "environments/local.yaml")
        try write(Self.suite, to: "environments/suites/backend-smoke.yaml")
        try await shell("git", "init", "--quiet", "--initial-branch=main")
        try await commit("first")
    }

    func commit(_ subject: String) async throws {
        try await shell("git", "add", "--all")
        try await shell(
            "git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", subject)
    }

    func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + path))
    }

    @discardableResult
    func shell(_ arguments: String...) async throws -> ProcessResult {
        let result = try await ChildProcess.run(CommandLine(arguments, workingDirectory: folder))
        #expect(result.exitCode == 0, "\(arguments): \(result.errorText)")
        return result
    }

    /// Runs the binary in the project.
    func stagectl(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProcessResult {
        try await ChildProcess.run(
            CommandLine(
                [Self.products + "/stagectl"] + arguments, environment: variables(environment),
                workingDirectory: folder, deadline: .seconds(120)))
    }

    /// The one JSON document that it prints.
    func json(
        _ arguments: String..., environment: [String: String] = [:], exit code: Int32
    ) async throws -> JSONValue {
        try await json(arguments, environment: environment, exit: code)
    }

    func json(
        _ arguments: [String], environment: [String: String] = [:], exit code: Int32
    ) async throws -> JSONValue {
        let result = try await ChildProcess.run(
            CommandLine(
                [Self.products + "/stagectl"] + arguments + ["-o", "json"], environment: variables(environment),
                workingDirectory: folder, deadline: .seconds(120)))
        #expect(result.exitCode == code, "\(arguments): \(result.outputText) \(result.errorText)")
        return try JSONValue(parsing: result.output)
    }

    /// Runs the binary and calls `react` with its process number and every line that it prints, as it comes.
    func stagectl(
        _ arguments: String..., environment: [String: String] = [:],
        react: @escaping @Sendable (_ process: Int32, _ line: String) -> Void
    ) async throws -> ProcessResult {
        try await stagectl(arguments, environment: environment, react: react)
    }

    func stagectl(
        _ arguments: [String], environment: [String: String] = [:],
        react: @escaping @Sendable (_ process: Int32, _ line: String) -> Void
    ) async throws -> ProcessResult {
        let record = folder + "/.process"
        return try await ChildProcess.run(
            CommandLine(
                ["/bin/sh", "-c", "echo $$ >\(record); exec \"$0\" \"$@\"", Self.products + "/stagectl"] + arguments,
                environment: variables(environment), workingDirectory: folder, deadline: .seconds(120))
        ) { _, line in
            let text = (try? String(contentsOf: URL(filePath: record), encoding: .utf8)) ?? ""
            if let process = Int32(text.filter(\.isNumber)) { react(process, line) }
        }
    }

    func variables(_ more: [String: String]) -> [String: String] {
        [
            "STAGECTL_LOCAL_PORT": "\(port)", "STAGECTL_LOCAL_INGRESS_PORT": "\(ingressPort)",
            "STAGECTL_LOCAL_RUNTIME": runtime, "STAGECTL_STATE": folder + "/.stagectl",
        ].merging(more) { $1 }
    }

    static func dockerAnswers() async -> Bool {
        let result = try? await ChildProcess.run(
            CommandLine(["docker", "version", "--format", "{{.Server.Version}}"], deadline: .seconds(10)))
        return result?.exitCode == 0
    }

    /// Whether there is an engine, and a registry where `scripts/install-tools --tests` starts one.
    static func canPush() async -> Bool {
        let registry = try? await HTTPClient().send(
            HTTPRequest("GET", "http://127.0.0.1:5000/v2/", timeout: .seconds(5)))
        return await dockerAnswers() && registry?.status == 200
    }

    /// Revision and share of everything that serves.
    func shares(of service: String) async throws -> [String: Int64] {
        let document = try await json("traffic", "show", service, exit: 0)
        let entries = document["services"]?[0]?["traffic"]?.array ?? []
        return entries.reduce(into: [:]) { shares, entry in
            if let revision = entry["revision"]?.string, let percent = entry["percent"]?.integer, percent > 0 {
                shares[revision, default: 0] += percent
            }
        }
    }

    /// Where clients reach the service that resolve no `*.localhost`.
    func loopbackURL(of service: String) async throws -> String {
        let document = try await json("status", service, exit: 0)
        let urls = document["services"]?[0]?["urls"]?.array?.compactMap(\.string) ?? []
        return try #require(urls.first { $0.hasPrefix("http://127.0.0.1:") })
    }

    /// What runs as an instance of this project's services: containers by id, processes by number.
    func instances() async throws -> [String] {
        let words: [String]
        if runtime == "process" {
            // Found by where their program lies, which is the project's own store of images.
            let found = try await ChildProcess.run(CommandLine(["pgrep", "-f", "^\(folder)/.stagectl/"]))
            words = found.outputText.split(whereSeparator: \.isWhitespace).map(String.init)
        } else {
            let all = try await ChildProcess.run(
                CommandLine([
                    runtime, "ps", "--all", "--no-trunc", "--filter", "label=stagectl.owner", "--format",
                    "{{.ID}} {{.Label \"stagectl.owner\"}}",
                ]))
            // Instances belong to a state folder by the first bytes of its path's digest.
            let digest = try await ChildProcess.run(
                CommandLine(["sha256sum"], input: Array((folder + "/.stagectl/local").utf8)))
            let owner = digest.outputText.prefix(12)
            words = all.outputText.split(whereSeparator: \.isNewline).map(String.init)
                .filter { $0.hasSuffix(" " + owner) }
        }
        return words.sorted()
    }

    /// Commits a health window that lasts for seconds.
    func makeHealthPatient() async throws {
        let patient = Self.services().replacing(
            "samples: 3, interval: 20ms, window: 8s", with: "samples: 10, interval: 100ms, window: 20s")
        try write(patient, to: "environments/services.yaml")
        try await commit("patient")
    }

    /// Stops the server and removes everything.
    func end() async throws {
        let down = try await stagectl("local", "down")
        #expect(down.exitCode == 0, "\(down.errorText)")
        try FileManager.default.removeItem(atPath: folder)
    }

    /// - Parameter isPublic: whether the backend answers everybody.
    static func services(isPublic: Bool = true) -> String {
        """
        services:
          auth:
            source: { paths: [image/Dockerfile], context: image, dockerfile: image/Dockerfile, process: [image/SampleService] }
            env: { SAMPLE_ROLE: auth, JWT_SECRET: acceptance-secret }
            public: true
            identity: { header: x-revision }
            probes: { startup: { tcp: true, period: 1s, failure_threshold: 3 } }
            health: { path: /health, samples: 3, interval: 20ms, window: 8s, timeout: 2s }
          backend:
            source: { paths: [image/Dockerfile, image/VERSION], context: image, dockerfile: image/Dockerfile, process: [image/SampleService] }
            env: { SAMPLE_ROLE: backend, JWT_SECRET: acceptance-secret, AUTH_URL: "${services.auth.url}" }
            public: \(isPublic)
            identity: { header: x-revision }
            probes: { startup: { tcp: true, period: 1s, failure_threshold: 3 } }
            health: { path: /health, samples: 3, interval: 20ms, window: 8s, timeout: 2s }
            depends_on: [auth]
            timeout: 60m
            suites: [backend-smoke]

        """
    }

    private static let suite = """
        version: 1
        suite: backend-smoke
        priority: P1
        owner: team-backend
        checks:
          - id: version
            http: GET /version
            expect: { status: 200, json: { $.revision: "${deploy.revision}" } }
          - id: threads
            http: GET /api/threads
            expect: { status: 200 }
          - id: ws.echo
            ws: { path: /ws }
            auth: { kind: jwt, secret: jwt, claims: { sub: smoke } }
            script:
              - send: { json: { type: start_agent } }
              - receive_ordered: { within: 2s, count: 5, key: $.seq, strictly: increasing, no_gaps: true }
              - close: { code: 1000 }
        secrets: { jwt: { from_env: ACCEPTANCE_JWT, default: acceptance-secret } }

        """
}
