import GoogleCloudStub
import JSON
import Synchronization
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A Google project in which everything is as a deploy needs it, but for what a test says; and a folder of
/// configuration that points at it.
final class OrderlyGoogle: Sendable {
    struct World: Sendable {
        /// Permissions that nobody has.
        var lacking: Set<String> = []
        var disabledAPIs: Set<String> = []
        /// Requests whose path holds the word get this status.
        var statuses: [(word: String, status: Int)] = []
        /// Seconds that the server's clock is ahead.
        var ahead = 0
        var readers = ["serviceAccount:run@p.iam.gserviceaccount.com"]
        /// What is answered where the path ends like this.
        var answers: [(suffix: String, body: JSONValue)] = []
    }

    static let apis = [
        "run", "artifactregistry", "secretmanager", "logging", "iamcredentials", "cloudbuild", "storage", "vpcaccess",
        "compute", "sqladmin",
    ].map {
        $0 + ".googleapis.com"
    }
    let folder: String
    private let state = Mutex((world: World(), asked: [String]()))
    private let server = Mutex<LoopbackHTTP?>(nil)

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/stagectl-doctor-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder + "/environments", withIntermediateDirectories: true)
        try write(
            """
            services:
              backend:
                source: { paths: [environments] }
                service_account: run@p.iam.gserviceaccount.com
                env: { JWT: { secret: jwt } }

            """, to: "environments/services.yaml")
        try write(
            "platform: google\nproject: p\nregion: us-central1\nregistry: us-central1-docker.pkg.dev/p/services\n",
            to: "environments/staging.yaml")
        try write("platform: local\nproject: p\nregion: us-central1\n", to: "environments/local.yaml")
        let started = try LoopbackHTTP { [weak self] request in self?.handle(request) ?? .hangUp }
        server.withLock { $0 = started }
    }

    /// Ends whatever happens in the chapters.
    static func with(_ chapters: (OrderlyGoogle) async throws -> Void) async throws {
        let google = try OrderlyGoogle()
        do {
            try await chapters(google)
        } catch {
            Issue.record("\(error)")
        }
        google.end()
    }

    /// Names of the findings of `doctor` in one state.
    static func findings(_ document: JSONValue, _ state: String) -> [String] {
        (document["findings"]?.array ?? []).filter { $0["state"]?.string == state }.compactMap { $0["id"]?.string }
    }

    func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
    }

    func set(_ change: (inout World) -> Void) { state.withLock { change(&$0.world) } }

    /// `METHOD /path` of every request so far.
    var asked: [String] { state.withLock { $0.asked } }

    var port: Int { server.withLock { $0?.port ?? 0 } }

    func stop() { server.withLock { $0 }?.stop() }

    func end() {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: - Running

    /// Without any program in the path, so that the same is found on every machine.
    func variables(_ more: [String: String] = [:]) -> [String: String] {
        var variables = [
            "STAGECTL_ACCESS_TOKEN": "stub-token", "STAGECTL_STATE": "\(folder)/.stagectl", "PATH": "/nonexistent",
            "HOME": folder, "GCE_METADATA_HOST": "127.0.0.1:1", "NO_PROXY": "127.0.0.1",
        ]
        let base = server.withLock { $0?.base } ?? ""
        for api in [
            "RUN", "LOGGING", "IAMCREDENTIALS", "SERVICEUSAGE", "IAM", "SECRETMANAGER", "ARTIFACTREGISTRY",
            "CLOUDRESOURCEMANAGER", "VPCACCESS", "COMPUTE", "SQL",
        ] {
            variables["CLOUDSDK_API_ENDPOINT_OVERRIDES_\(api)"] = base + "/"
        }
        return variables.merging(more) { $1 }
    }

    func stagectl(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProcessResult {
        try await ChildProcess.run(
            CommandLine(
                [AcceptanceProject.products + "/stagectl"] + arguments, environment: variables(environment),
                workingDirectory: folder, deadline: .seconds(60)))
    }

    func json(
        _ arguments: String..., environment: [String: String] = [:], exit code: Int32
    ) async throws -> JSONValue {
        let result = try await ChildProcess.run(
            CommandLine(
                [AcceptanceProject.products + "/stagectl"] + arguments + ["-o", "json"],
                environment: variables(environment), workingDirectory: folder, deadline: .seconds(60)))
        #expect(result.exitCode == code, "\(arguments): \(result.outputText) \(result.errorText)")
        return try JSONValue(parsing: result.output)
    }

    // MARK: - Serving

    private func handle(_ request: LoopbackHTTP.Request) -> LoopbackHTTP.Reply {
        let world = state.withLock { state in
            state.asked.append("\(request.method) \(request.path)")
            return state.world
        }
        let date = Self.date(ahead: world.ahead)
        if let status = world.statuses.first(where: { request.path.contains($0.word) })?.status {
            let error: JSONValue = [
                "error": ["code": .integer(Int64(status)), "status": "X", "message": .string("status \(status)")]
            ]
            return .answer(status: status, headers: [("Date", date)], body: Array(error.serialized().utf8))
        }
        guard let body = answer(to: request, world) else {
            let missing: JSONValue = ["error": ["message": "no", "status": "NOT_FOUND"]]
            return .answer(status: 404, headers: [("Date", date)], body: Array(missing.serialized().utf8))
        }
        return .answer(status: 200, headers: [("Date", date)], body: Array(body.serialized().utf8))
    }

    private func answer(to request: LoopbackHTTP.Request, _ world: World) -> JSONValue? {
        let path = request.path
        if let body = world.answers.first(where: { path.hasSuffix($0.suffix) })?.body { return body }
        if path.hasSuffix(":testIamPermissions") {
            let asked = (try? JSONValue(parsing: request.body))?["permissions"]?.array ?? []
            return ["permissions": .array(asked.filter { !world.lacking.contains($0.string ?? "") })]
        }
        if path.hasSuffix(":getIamPolicy") {
            guard path.contains("/secrets/") else { return [:] }
            return [
                "bindings": [
                    [
                        "role": "roles/secretmanager.secretAccessor",
                        "members": .array(world.readers.map(JSONValue.string)),
                    ]
                ]
            ]
        }
        if path.hasSuffix("/services:batchGet") {
            return [
                "services": .array(
                    Self.apis.map { name in
                        [
                            "name": .string("projects/42/services/\(name)"),
                            "state": .string(world.disabledAPIs.contains(name) ? "DISABLED" : "ENABLED"),
                        ]
                    })
            ]
        }
        if path.contains("/versions/") { return ["state": "ENABLED"] }
        if path.contains("/serviceAccounts/") { return ["email": "run@p.iam.gserviceaccount.com"] }
        if path.contains("/repositories/") { return ["format": "DOCKER"] }
        if path.hasSuffix("/revisions") { return ["revisions": []] }
        if path.hasPrefix("/v2/"), path.hasSuffix("/services/backend"), request.method == "GET" {
            return [
                "name": "projects/p/locations/us-central1/services/backend", "generation": "1",
                "observedGeneration": "1", "uri": "https://backend.example",
                "terminalCondition": ["type": "Ready", "state": "CONDITION_SUCCEEDED"],
            ]
        }
        return path.hasPrefix("/v3/projects/") ? ["name": "projects/42"] : nil
    }

    /// RFC 9110's preferred form.
    private static func date(ahead: Int) -> String {
        var seconds = time(nil) + ahead
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 64)
        strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
