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

/// `stagectl build --builder cloud-build` as it is typed, against a stub of Google that holds every request against
/// Google's discovery documents.
@Suite(.serialized) struct CloudBuildTests {
    /// A project whose staging environment is in the stub.
    private struct Project {
        let stub: GoogleStub
        let folder: String

        init() async throws {
            stub = try GoogleStub()
            folder =
                FileManager.default.temporaryDirectory.path + "/stagectl-cloud-build-\(UInt32.random(in: 0 ... .max))"
            for part in ["environments", "image"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
            }
            try write("FROM scratch\nCOPY app /app\n", to: "image/Dockerfile")
            try write("app\n", to: "image/app")
            try write("*.log\n", to: "image/.gitignore")
            try write("password\n", to: "image/debug.log")
            try write(
                """
                services:
                  backend:
                    source: { paths: [image], context: image, dockerfile: image/Dockerfile, args: { PRICE: "5$" } }

                """, to: "environments/services.yaml")
            try write(
                """
                platform: google
                project: p
                region: us-central1
                registry: 127.0.0.1:\(stub.port)/services
                cloud_build: { region: europe-west1, timeout: 5m }

                """, to: "environments/staging.yaml")
        }

        func write(_ text: String, to path: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
        }

        func end() {
            stub.goOn()
            stub.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }

        func command(_ arguments: [String]) -> CommandLine {
            CommandLine(
                [AcceptanceProject.products + "/stagectl", "build", "backend", "-e", "staging"]
                    + ["--builder", "cloud-build", "-o", "json"] + arguments,
                environment: [
                    "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD": stub.base + "/",
                    "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": stub.base + "/storage/v1/",
                    "CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING": stub.base + "/",
                    "STAGECTL_ACCESS_TOKEN": "stub-token", "STAGECTL_STATE": folder + "/.stagectl",
                ], workingDirectory: folder, deadline: .seconds(60))
        }

        func build(_ arguments: String..., exit code: Int32) async throws -> JSONValue {
            let result = try await ChildProcess.run(command(arguments))
            #expect(result.exitCode == code, "\(result.outputText) \(result.errorText)")
            #expect(!result.errorText.contains("stub-token"))
            return try JSONValue(parsing: result.output)
        }
    }

    private func withProject(_ body: (Project) async throws -> Void) async throws {
        let project = try await Project()
        defer { project.end() }
        try await body(project)
        #expect(project.stub.problems.isEmpty)
    }

    @Test func `an image is built once, and the source sent once`() async throws {
        try await withProject { project in
            let digest = "sha256:" + String(repeating: "ab", count: 32)
            let first = try await project.build(exit: 0)
            #expect(first["image"] == .string("127.0.0.1:\(project.stub.port)/services/backend@\(digest)"))
            #expect(first["built"] == true)
            let again = try await project.build(exit: 0)
            #expect(again["built"] == false)
            #expect(project.stub.builds.count == 1)
            let forced = try await project.build("--force", exit: 0)
            #expect(forced["built"] == true)
            #expect(project.stub.count("POST", "/upload/") == 1)
            let build = try #require(project.stub.builds.first)
            #expect(build["timeout"] == "300s")
            #expect(build["steps"]?[0]?["args"]?.array?.contains("PRICE=5$$") == true)
            #expect(project.stub.count("POST", "/v1/projects/p/locations/europe-west1/builds") == 2)
        }
    }

    @Test func `a build that fails shows its log and ends with 1`() async throws {
        try await withProject { project in
            project.stub.set {
                $0.statuses = ["WORKING", "FAILURE"]
                $0.log = ["", "COPY failed\n"]
                $0.exitCode = 2
            }
            let document = try await project.build(exit: 1)
            #expect(document["error"]?["category"] == "release")
            #expect(document["error"]?["summary"]?.string?.hasSuffix("with exit code 2") == true)
            let details = document["error"]?["details"]?.array?.compactMap { $0["value"]?.string } ?? []
            #expect(details.contains("COPY failed"))
        }
    }

    @Test func `Ctrl-C cancels the build and says so`() async throws {
        try await withProject { project in
            project.stub.set { $0.statuses = ["WORKING"] }
            let result = try await run(project, signal: SIGINT) { project.stub.count("GET", "/builds/build-") > 0 }
            #expect(result.exitCode == 130, "\(result.errorText)")
            #expect(project.stub.cancelled.count == 1)
            #expect(result.errorText.contains("is cancelled"), "\(result.errorText)")
        }
    }

    @Test func `a kill in the middle of an upload leaves no object, and the next one sends it whole`() async throws {
        try await withProject { project in
            // Nothing that gzip could make small: three parts of 8 MiB.
            var value: UInt64 = 1
            let noise = (0..<(20 << 17)).flatMap { _ -> [UInt8] in
                value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return withUnsafeBytes(of: (value ^ (value >> 29)).littleEndian) { Array($0) }
            }
            try Data(noise).write(to: URL(filePath: project.folder + "/image/app"))
            project.stub.fail(.init("PUT", "/session/", .stall, after: 1))
            let killed = try await run(project, signal: SIGKILL) { project.stub.isStalled }
            #expect(killed.exitCode == 128 + SIGKILL)
            project.stub.goOn()
            #expect(project.stub.objects.isEmpty)
            #expect(project.stub.builds.isEmpty)
            let document = try await project.build(exit: 0)
            #expect(document["built"] == true)
            let objects = project.stub.objects.filter { $0.key.hasPrefix("p_cloudbuild/source/sha256-") }
            let (name, object) = try #require(objects.first)
            #expect(objects.count == 1)
            let sum = try await ChildProcess.run(
                CommandLine(["sha256sum"], input: object.bytes, deadline: .seconds(120)))
            #expect(name == "p_cloudbuild/source/sha256-\(sum.outputText.prefix(64)).tar.gz")
        }
    }

    /// Runs the binary and sends it a signal once `condition` holds.
    private func run(
        _ project: Project, signal: Int32, when condition: @escaping @Sendable () -> Bool
    ) async throws -> ProcessResult {
        let record = project.folder + "/.process"
        var command = project.command([])
        command.arguments = ["/bin/sh", "-c", "echo $$ >\(record); exec \"$0\" \"$@\""] + command.arguments
        let signalling = Task {
            let end = ContinuousClock.now + .seconds(300)
            while !condition(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
            let text = (try? String(contentsOf: URL(filePath: record), encoding: .utf8)) ?? ""
            if let process = Int32(text.filter(\.isNumber)) { kill(process, signal) }
        }
        let result = try await ChildProcess.run(command)
        try await signalling.value
        return result
    }
}
