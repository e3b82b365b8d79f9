import LocalCloudRun
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Images that only a registry has, as on Cloud Run: a real one (Debian's docker-registry, which `scripts/install-tools
/// --tests` starts).
@Suite("Images from a registry", .serialized, .timeLimit(.minutes(2)))
struct RegistryImageTests {
    private static let registry = "127.0.0.1:5000"

    @Test func `an image is pulled by its digest and runs; another digest is not there`() async throws {
        let fixture = try await RuntimeFixture.prepare("docker")
        guard let client = try? await RawClient.connect(5000),
            let answer = try? await client.request("GET", "/v2/", host: Self.registry), answer.status == 200
        else { try Test.cancel("no registry answers on \(Self.registry) (Debian: docker-registry)") }
        await client.close()

        let image = try await Self.pushed()
        #expect(try await Self.docker("image", "inspect", image) != 0, "the engine itself no longer has it")
        #expect(try await fixture.runtime.inspect(image: image).platform == "amd64/linux")
        let log = OutputLog()
        var specification = fixture.specification(owner: "contract-registry", script: "echo pulled", log: log)
        specification.image = image
        let instance = try await fixture.runtime.start(specification)
        #expect(await fixture.runtime.waitForExit(of: instance) == 0)
        #expect(log.output == ["pulled"])
        await fixture.runtime.stop(instance, grace: .zero)
        _ = try await Self.docker("image", "rm", "--force", image)

        let absent = image.prefix { $0 != "@" } + "@sha256:" + String(repeating: "0", count: 64)
        await #expect(throws: RuntimeError.imageNotFound(String(absent))) {
            try await fixture.runtime.inspect(image: String(absent))
        }
    }

    /// A new image that only the registry has, as `repository@digest`.
    private static func pushed() async throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/stagectl-registry-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let busybox = try #require(ChildProcess.locate("busybox"))
        try FileManager.default.copyItem(atPath: busybox, toPath: folder + "/busybox")
        let tag = "\(registry)/contract/\(folder.suffix(8).filter(\.isNumber)):latest"
        // The label makes it an image that no other test has.
        let dockerfile = "FROM scratch\nLABEL run=\"\(folder)\"\nCOPY busybox /busybox\nENTRYPOINT [\"/busybox\"]\n"
        try Data(dockerfile.utf8).write(to: URL(filePath: folder + "/Dockerfile"))
        #expect(try await docker("build", "--quiet", "--tag", tag, folder) == 0)
        #expect(try await docker("push", "--quiet", tag) == 0)
        let told = try await ChildProcess.run(
            CommandLine(["docker", "image", "inspect", "--format", "{{index .RepoDigests 0}}", tag]))
        #expect(try await docker("image", "rm", "--force", tag) == 0)
        return told.outputText.filter { !$0.isWhitespace }
    }

    private static func docker(_ arguments: String...) async throws -> Int32 {
        try await ChildProcess.run(CommandLine(["docker"] + arguments, deadline: .seconds(60))).exitCode
    }
}
