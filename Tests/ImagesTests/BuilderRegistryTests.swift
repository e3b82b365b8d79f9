import Images
import Releases
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct BuilderRegistryTests {
    private let missing = ContainerEngine(name: "docker", program: "/nonexistent/docker")

    @Test func `every builder's file is in the registry, under its own name`() async throws {
        let sources = #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Sources/Images/Builders"
        let stream = try #require(opendir("/" + sources))
        defer { closedir(stream) }
        var files: Set<String> = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix("Builder.swift"), name != "LocalBuilder.swift" { files.insert(String(name.dropLast(6))) }
        }
        let registry = BuilderRegistry(processStore: "/nonexistent")
        #expect(Set(registry.builders.map { String(describing: type(of: $0)) }) == files)
        #expect(registry.names == ["docker", "podman", "buildah", "cloud-build", "process"])
        for name in registry.names {
            #expect(try await registry.builder(named: name).name == name)
        }
    }

    @Test func `an unknown name is a usage error that lists the known ones`() async throws {
        let failure = await #expect(throws: Failure.self) {
            try await BuilderRegistry(processStore: "/nonexistent").builder(named: "dcoker")
        }
        #expect(failure?.category == .usage)
        #expect(failure?.hint == "choose one of `auto`, `docker`, `podman`, `buildah`, `cloud-build`, `process`")
    }

    @Test func `auto takes the first that answers`() async throws {
        let folder = try Folder()
        try folder.write("yes", "#!/bin/sh\necho 1.0\n", mode: 0o755)
        try folder.write("no", "#!/bin/sh\nexit 1\n", mode: 0o755)
        func chosen(docker: String, podman: String, buildah: String = "missing") async throws -> String {
            let registry = BuilderRegistry(
                processStore: folder.path,
                docker: ContainerEngine(name: "docker", program: "\(folder.path)/\(docker)"),
                podman: ContainerEngine(name: "podman", program: "\(folder.path)/\(podman)"),
                buildah: ContainerEngine(
                    name: "buildah", program: "\(folder.path)/\(buildah)", dialect: .buildah))
            return try await registry.builder(named: "auto").name
        }
        #expect(try await chosen(docker: "yes", podman: "yes") == "docker")
        #expect(try await chosen(docker: "no", podman: "yes") == "podman")
        #expect(try await chosen(docker: "missing", podman: "no", buildah: "yes") == "buildah")
        #expect(try await chosen(docker: "missing", podman: "no") == "process")
    }

    @Test func `a build with secrets goes to the first that can be given them`() async throws {
        let folder = try Folder()
        try folder.write("plain", "#!/bin/sh\ncase $1 in version|info) echo 1;; *) exit 1;; esac\n", mode: 0o755)
        try folder.write("able", "#!/bin/sh\necho --secret\n", mode: 0o755)
        func registry(podman: String) -> BuilderRegistry {
            BuilderRegistry(
                processStore: folder.path, docker: ContainerEngine(name: "docker", program: "\(folder.path)/plain"),
                podman: ContainerEngine(name: "podman", program: "\(folder.path)/\(podman)", dialect: .podman),
                buildah: ContainerEngine(name: "buildah", program: "\(folder.path)/plain", dialect: .buildah))
        }
        #expect(try await registry(podman: "able").builder(named: "auto", takingSecrets: true).name == "podman")
        #expect(try await registry(podman: "able").builder(named: "auto").name == "docker")
        let named = await #expect(throws: Failure.self) {
            try await registry(podman: "able").builder(named: "docker", takingSecrets: true)
        }
        #expect(named?.category == .unavailable)
        #expect(named?.hint == "--builder podman")
        let nobody = await #expect(throws: Failure.self) {
            try await registry(podman: "plain").builder(named: "auto", takingSecrets: true)
        }
        #expect(nobody?.hint == "install buildah, or docker's buildx plugin")
    }
}
