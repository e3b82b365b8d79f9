import Configuration
import Images
import Releases
import Testing
import Transport

/// The builder contract against real engines. `FROM scratch` needs no network.
@Suite(.serialized) struct ContainerEngineBuilderTests {
    private static let engines =
        (Machine.hasDocker ? [ContainerEngine.docker] : [])
        + (Machine.hasPodman ? [ContainerEngine.podman] : [])
    private static let hasEngine: Bool = {
        if engines.isEmpty { print("skipped: neither docker nor podman answers on this machine") }
        return !engines.isEmpty
    }()
    private static let hasRegistry: Bool = {
        let canPush = Machine.hasDocker && Machine.hasRegistry
        if !canPush { print("skipped: push needs docker and a registry on 127.0.0.1:5000 (docker-registry)") }
        return canPush
    }()

    private func builder(_ engine: ContainerEngine) -> ContainerEngineBuilder {
        ContainerEngineBuilder(engine: engine, preparation: Preparation())
    }

    private func remove(_ engine: ContainerEngine, _ image: BuiltImage) async throws {
        let id = image.reference.value.split(separator: "@")[1]
        _ = try await ChildProcess.run(CommandLine([engine.program, "image", "rm", "--force", String(id)]))
    }

    @Test(.enabled(if: hasEngine, "needs docker or podman"), arguments: engines)
    func `an image is built, pinned by its id, and held`(engine: ContainerEngine) async throws {
        let folder = try Folder()
        try folder.write("Dockerfile", "FROM scratch\nARG WHAT\nLABEL what=$WHAT\nCOPY made /made\n")
        let unique = String(folder.path.suffix(6)).lowercased()
        let request = request(
            "images-\(unique)", root: folder.path, before: ["sh", "-c", "echo preparing; echo \(unique) > made"],
            arguments: ["WHAT": unique])
        let lines = Lines()
        let builder = builder(engine)
        let image = try await builder.build(request) { lines.append($0) }
        #expect(image.reference.value.hasPrefix("images-\(unique)@sha256:"))
        #expect(try #require(image.bytes) > 0)
        #expect(lines.all.contains("preparing"))
        #expect(lines.all.contains { $0.contains("COPY made /made") || $0.contains("COPY made") })
        #expect(try await builder.holds(image.reference))

        let again = try await builder.build(request) { _ in }
        #expect(again == image, "the same source is the same image")

        let tag = "images-\(unique):src-0123456789ab"
        #expect(try await builder.resolve(tag) == image.reference)
        #expect(try await builder.resolve(image.reference.value) == image.reference)

        try await remove(engine, image)
        await #expect(throws: Failure.self) { try await builder.resolve(tag) }
        #expect(try await builder.holds(image.reference) == false)
        #expect(try await builder.holds(ImageReference("no digest")) == false)
    }

    @Test(.enabled(if: hasEngine, "needs docker or podman"), arguments: engines)
    func `a Dockerfile that fails is a failed release with its last lines`(engine: ContainerEngine) async throws {
        let folder = try Folder()
        try folder.write("Dockerfile", "FROM scratch\nCOPY missing-file /x\n")
        let failure = await #expect(throws: Failure.self) {
            try await builder(engine).build(request(root: folder.path)) { _ in }
        }
        #expect(failure?.category == .release)
        #expect(failure?.summary == "image build of `backend` failed")
        #expect(failure?.details.contains { $0.value.contains("missing-file") } == true)
        #expect(failure.map { $0.details.count <= 15 } == true)
    }

    @Test(.enabled(if: hasEngine, "needs docker or podman"), arguments: engines)
    func `a missing Dockerfile or context is a mistake in the configuration`(engine: ContainerEngine) async throws {
        let folder = try Folder()
        var wanted = request(root: folder.path)
        let failure = await #expect(throws: Failure.self) { try await builder(engine).build(wanted) { _ in } }
        #expect(failure?.category == .configuration && failure?.hint == "correct `source.dockerfile` of the service")

        try folder.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /x\n")
        wanted.source.context = "missing"
        let other = await #expect(throws: Failure.self) { try await builder(engine).build(wanted) { _ in } }
        #expect(other?.category == .configuration && other?.hint == "correct `source.context` of the service")
    }

    @Test func `an engine that is not installed is unavailable`() async throws {
        let engine = ContainerEngine(name: "docker", program: "/nonexistent/docker")
        let folder = try Folder()
        let builder = builder(engine)
        let failure = await #expect(throws: Failure.self) {
            try await builder.build(request(root: folder.path)) { _ in }
        }
        #expect(failure?.category == .unavailable)
        #expect(failure?.hint?.contains("--builder") == true)
        #expect(await builder.answers() == false)
    }

    @Test(.enabled(if: Machine.hasDocker, "needs docker"))
    func `an engine that does not run is unavailable, not a failed build`() async throws {
        var engine = ContainerEngine.docker
        engine.environment["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
        let folder = try Folder()
        try folder.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /x\n")
        let failure = await #expect(throws: Failure.self) {
            try await builder(engine).build(request(root: folder.path)) { _ in }
        }
        #expect(failure?.category == .unavailable)
        #expect(failure?.summary == "`docker` does not answer")
    }

    @Test func `an image for another platform is refused`() async throws {
        let folder = try Folder()
        let id = String(repeating: "a", count: 64)
        // Stands in for an engine on another architecture, which this machine is not.
        try folder.write(
            "engine", "#!/bin/sh\ncase $1 in image) echo sha256:\(id) 5 linux/arm64;; esac\n", mode: 0o755)
        let engine = ContainerEngine(name: "docker", program: "\(folder.path)/engine")
        let failure = await #expect(throws: Failure.self) {
            try await builder(engine).build(request(root: folder.path)) { _ in }
        }
        #expect(failure?.category == .release)
        #expect(failure?.summary.contains("`linux/arm64`") == true)
    }

    @Test(.timeLimit(.minutes(1))) func `a cancelled build ends as cancelled, not as failed`() async throws {
        let folder = try Folder()
        try folder.write("engine", "#!/bin/sh\necho started\nexec sleep 300\n", mode: 0o755)
        let engine = ContainerEngine(name: "docker", program: "\(folder.path)/engine")
        let builder = builder(engine)
        let request = request(root: folder.path)
        let (started, signal) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await builder.build(request) { _ in signal.finish() }
                }
            }
            for await _ in started {}
            group.cancelAll()
        }
    }

    @Test(.enabled(if: hasRegistry, "needs docker and a registry on 127.0.0.1:5000"))
    func `a push gives the registry's digest, and a second push the same`() async throws {
        let folder = try Folder()
        let unique = String(folder.path.suffix(6)).lowercased()
        try folder.write("Dockerfile", "FROM scratch\nCOPY content /content\n")
        try folder.write("content", unique)
        let builder = builder(.docker)
        let image = try await builder.build(
            request(root: folder.path, repository: "127.0.0.1:5000/stagectl-\(unique)", pushes: true)
        ) { _ in }
        let pushed = try await builder.push(image) { _ in }
        #expect(pushed.value.hasPrefix("127.0.0.1:5000/stagectl-\(unique)@sha256:"))
        #expect(pushed != image.reference)
        #expect(try await builder.push(image) { _ in } == pushed)
        #expect(try await builder.push(BuiltImage(reference: pushed)) { _ in } == pushed)
        #expect(try await builder.holds(pushed))
        let name = image.reference.value.split(separator: "@")[0]
        #expect(try await builder.resolve("\(name):src-0123456789ab") == pushed)
        try await remove(.docker, image)
    }

    @Test(.enabled(if: Machine.hasDocker, "needs docker"))
    func `a registry that does not answer fails the push`() async throws {
        let folder = try Folder()
        try folder.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /x\n")
        let builder = builder(.docker)
        let image = try await builder.build(request(root: folder.path, repository: "127.0.0.1:1/nobody")) { _ in }
        let failure = await #expect(throws: Failure.self) { try await builder.push(image) { _ in } }
        #expect(failure?.category == .release)
        #expect(failure?.details.isEmpty == false)
        try await remove(.docker, image)
    }
}
