import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sidecars, volumes and what only the cloud has, by deploys of the real binary to the local Cloud Run.
@Suite(.serialized) struct InstanceTests {
    private static let engines = [("docker", 18_740), ("podman", 18_760)]

    private func withProject(
        _ runtime: String, _ port: Int, _ story: (AcceptanceProject) async throws -> Void
    ) async throws {
        let canRun = if runtime == "process" { true } else { await answers(runtime) }
        guard canRun else {
            print("skipped: no \(runtime) answers, so instances ran on other runtimes alone")
            return
        }
        let project = try await AcceptanceProject(runtime: runtime, port: port)
        do {
            try await story(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func answers(_ engine: String) async -> Bool {
        let result = try? await ChildProcess.run(
            CommandLine([engine, "version", "--format", "{{.Server.Version}}"], deadline: .seconds(10)))
        return result?.exitCode == 0
    }

    private func services(_ keys: String) -> String {
        """
        services:
          auth:
            source: { paths: [image/Dockerfile], context: image, dockerfile: image/Dockerfile, process: [image/SampleService] }
            env: { SAMPLE_ROLE: auth }
            public: true
            probes: { startup: { tcp: true, period: 1s, failure_threshold: 9 } }
            health: { path: /health, samples: 2, interval: 20ms, window: 20s, timeout: 2s }
          shop:
            source: { paths: [image/Dockerfile], context: image, dockerfile: image/Dockerfile, process: [image/SampleService] }
            env: { SAMPLE_ROLE: backend, AUTH_URL: "http://127.0.0.1:\(Self.sidecarPort)" }
            public: true
            probes: { startup: { tcp: true, period: 1s, failure_threshold: 9 } }
            health: { path: /health, samples: 2, interval: 20ms, window: 20s, timeout: 2s }
        \(keys.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))

        """
    }

    private static let sidecarPort = 18_799

    private func sidecar(_ image: String) -> String {
        """
        labels: { team: shop }
        session_affinity: true
        startup_cpu_boost: true
        starts_after: [identity]
        sidecars:
          identity:
            image: \(image)
            args: [--port, "\(Self.sidecarPort)"]
            env: { SAMPLE_ROLE: auth, GREETING: "${services.auth.url}" }
            probes: { startup: { http: /ready, port: \(Self.sidecarPort), period: 1s, failure_threshold: 9 } }
        """
    }

    private func get(_ url: String) async throws -> (status: Int, body: JSONValue) {
        let response = try await HTTPClient().send(HTTPRequest("GET", url, timeout: .seconds(5)))
        return (response.status, (try? JSONValue(parsing: response.body)) ?? .null)
    }

    @Test(arguments: [("process", 18_720)] + engines)
    func `a sidecar starts first, is asked, and makes the next deploy unchanged`(
        runtime: String, port: Int
    ) async throws {
        try await withProject(runtime, port) { project in
            try project.write(services(""), to: "environments/services.yaml")
            let first = try await project.json("deploy", "auth", "--allow-dirty", exit: 0)
            let image = try #require(first["services"]?[0]?["image"]?.string)
            let keys = sidecar("\"\(image)\"") + "\ndepends_on: [auth]"
            try project.write(services(keys), to: "environments/services.yaml")
            let release = try await project.json("deploy", "shop", "--allow-dirty", exit: 0)
            #expect(release["outcome"] == "promoted", "\(release.serialized(pretty: true))")
            let url = try await project.loopbackURL(of: "shop")
            let answer = try await get(url + "/api/auth-status")
            #expect(answer.status == 200, "\(answer.body.serialized())")
            let again = try await project.json("deploy", "shop", "--allow-dirty", exit: 0)
            #expect(again["outcome"] == "unchanged")
            let greeting = try await project.stagectl("config", "show", "--origin")
            #expect(greeting.outputText.contains("sidecars:") && greeting.outputText.contains("services.yaml:"))
        }
    }

    @Test(arguments: engines)
    func `volumes are where they should be, and an import of it all is unchanged`(
        engine: String, port: Int
    ) async throws {
        try await withProject(engine, port + 2) { project in
            try project.write(services(""), to: "environments/services.yaml")
            let first = try await project.json("deploy", "auth", "--allow-dirty", exit: 0)
            let image = try #require(first["services"]?[0]?["image"]?.string)
            let shared = project.folder + "/shared"
            try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
            let keys = """
                volumes:
                  config: { secret: { name: app-config, items: { app.json: "2", deep/key: latest }, mode: "0440" }, mount: /etc/app }
                  scratch: { empty_dir: { medium: memory, size: 16Mi }, mount: /scratch }
                  files: { nfs: { server: localhost, path: \(shared), read_only: true }, mount: /files }
                """
            let text = services(
                sidecar("\"\(image)\"") + "\n    mounts: { scratch: /data }\ndepends_on: [auth]\n" + keys)
            try project.write(text, to: "environments/services.yaml")

            let refused = try await project.json("deploy", "shop", "--allow-dirty", exit: 65)
            let problems = refused["error"]?["details"]?.serialized() ?? ""
            #expect(problems.contains("secret:app-config/2") && problems.contains("install -D"), "\(problems)")
            for version in ["1", "2"] {
                let folder = project.folder + "/.stagectl/local/secrets/app-config"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try Data("value \(version)".utf8).write(to: URL(filePath: "\(folder)/\(version)"))
            }
            let release = try await project.json("deploy", "shop", "--allow-dirty", exit: 0)
            #expect(release["outcome"] == "promoted", "\(release.serialized(pretty: true))")

            let containers = try await containers(of: project, engine: engine, service: "shop")
            #expect(containers.count == 2, "\(containers)")
            let main = try #require(containers.first { !$0.name.hasSuffix("-identity") })
            let side = try #require(containers.first { $0.name.hasSuffix("-identity") })
            #expect(main.mounts == ["/etc/app", "/files", "/scratch"] && side.mounts == ["/data"])
            let value = try await project.shell(engine, "cp", "\(main.id):/etc/app/app.json", project.folder + "/seen")
            #expect(value.exitCode == 0)
            #expect(try String(contentsOfFile: project.folder + "/seen", encoding: .utf8) == "value 2")

            try await expectImportUnchanged(project)
        }
    }

    /// The file is written anew from what runs, and a deploy of that is unchanged.
    private func expectImportUnchanged(_ project: AcceptanceProject) async throws {
        let before = try await project.shell("cat", "environments/services.yaml").outputText
        let without = before.components(separatedBy: "  shop:").first ?? ""
        try project.write(without, to: "environments/services.yaml")
        let written = try await project.json("config", "import", "--from-service", "shop", "--write", exit: 0)
        let findings = written["findings"]?.array?.filter { $0["kind"] != "open" } ?? []
        #expect(findings == [], "\(written.serialized(pretty: true))")
        let plan = try await project.json("deploy", "shop", "--allow-dirty", "--dry-run", exit: 0)
        let text = try await project.shell("cat", "environments/services.yaml").outputText
        #expect(plan["changes"] == false, "\(text)")
    }

    private struct Seen: Sendable {
        var id: String
        var name: String
        var mounts: [String]
    }

    private func containers(
        of project: AcceptanceProject, engine: String, service: String
    ) async throws -> [Seen] {
        // By the first bytes of the digest of the path of its state.
        let digest = try await ChildProcess.run(
            CommandLine(["sha256sum"], input: Array((project.folder + "/.stagectl/local").utf8)))
        let owner = digest.outputText.prefix(12)
        let listed = try await project.shell(
            engine, "ps", "--quiet", "--no-trunc", "--filter", "label=stagectl.owner=\(owner)", "--filter",
            "label=stagectl.service=\(service)")
        var seen: [Seen] = []
        for id in listed.outputText.split(whereSeparator: \.isWhitespace).map(String.init) {
            let result = try await project.shell(engine, "inspect", id)
            let document = try JSONValue(parsing: result.output)[0]
            let name = document?["Config"]?["Labels"]?["stagectl.instance"]?.string ?? ""
            let mounts = document?["Mounts"]?.array?.compactMap { $0["Destination"]?.string } ?? []
            seen.append(Seen(id: id, name: name, mounts: mounts.sorted()))
        }
        return seen
    }

    @Test(
        "What only the cloud has fails, and says so",
        arguments: [
            ("volumes: { v: { bucket: assets, mount: /v } }", "a volume of `gcs` exists only in the cloud"),
            ("cloud_sql: [\"p:us-central1:i\"]", "a volume of `cloudSqlInstance` exists only in the cloud"),
            (
                "volumes: { v: { nfs: { server: 10.0.0.2, path: /e }, mount: /v } }",
                "`localhost` as server stands for a folder"
            ),
        ])
    func onlyTheCloud(keys: String, words: String) async throws {
        try await withProject("process", 18_724) { project in
            try project.write(services(keys), to: "environments/services.yaml")
            let release = try await project.json("deploy", "shop", "--allow-dirty", exit: 1)
            #expect(release["outcome"] == "failed")
            #expect(release.serialized().contains(words), "\(release.serialized(pretty: true))")
        }
    }

    @Test func `a plain process can mount nothing, and says what can`() async throws {
        try await withProject("process", 18_728) { project in
            try project.write(
                services("volumes: { v: { empty_dir: {}, mount: /v } }"), to: "environments/services.yaml")
            let release = try await project.json("deploy", "shop", "--allow-dirty", exit: 1)
            #expect(release.serialized().contains("docker and podman have"), "\(release.serialized(pretty: true))")
        }
    }
}
