import Configuration
import Releases
import Testing
import Transport

@testable import Images

/// What every engine's builder does in the same way. Nothing is pulled: images begin from scratch.
@Suite(.serialized) struct BuilderContractTests {
    private static let canBuild: Bool = {
        let canBuild = !ContractEngine.all.isEmpty && Machine.busybox != nil
        if !canBuild { print("skipped: the builder contract needs docker, podman or buildah, and a static busybox") }
        return canBuild
    }()

    private func builder(_ engine: ContainerEngine) -> ContainerEngineBuilder {
        ContainerEngineBuilder(engine: engine, preparation: Preparation(), registry: registryAccess())
    }

    @Test(.enabled(if: canBuild), arguments: ContractEngine.all)
    func `stages, odd arguments, platform and cache`(contract: ContractEngine) async throws {
        let folder = try ContractEngine.context(
            """
            FROM scratch AS tools
            COPY busybox /bin/sh
            ARG ODD
            RUN echo "$ODD" > /odd
            FROM scratch AS service
            COPY --from=tools /odd /odd
            ARG ODD
            LABEL odd=$ODD
            FROM scratch AS unwanted
            COPY nothing /nothing
            """)
        let engine = try contract.inside(folder)
        let builder = builder(engine)
        var request = contractRequest(folder)
        request.source.target = "service"
        let odd = #"a=b 'c' "d" $HOME `e` \f ü --g"#
        request.source.arguments = ["ODD": odd]
        let image = try await builder.build(request) { _ in }
        let facts = try #require(try await builder.facts(of: EngineArguments.sourceTag(for: request)))
        #expect(image.reference.value == "\(request.repository)@sha256:\(facts.id)")
        #expect(facts.platform == "linux/amd64")
        #expect(try await builder.holds(image.reference))

        let report = try #require(await builder.report(on: image.reference))
        #expect(report.layers.count == 1)
        #expect(report.bytes == image.bytes)
        #expect(!report.isCompressed)
        #expect(try await label("odd", of: facts.id, engine) == odd)

        let lines = Lines()
        #expect(try await builder.build(request) { lines.append($0) } == image, "the same source is the same image")
        #expect(lines.all.contains { $0.contains("Using cache") })
        await removeImages(folder, engine, image.reference)
    }

    private func label(_ name: String, of id: String, _ engine: ContainerEngine) async throws -> String {
        let arguments = EngineArguments(engine)
        let question =
            engine.dialect == .buildah
            ? arguments.command([
                "inspect", "--type", "image", "--format", "{{index .OCIv1.Config.Labels \"\(name)\"}}", id,
            ])
            : arguments.command([
                "image", "inspect", "--format", "{{index .Config.Labels \"\(name)\"}}", "sha256:\(id)",
            ])
        let text = try await ChildProcess.run(CommandLine(question)).outputText
        return String(text.prefix { !$0.isNewline })
    }

    @Test(.enabled(if: canBuild), arguments: ContractEngine.all)
    func `a Dockerfile that fails is told by its last lines, and one that is missing is a mistake in the configuration`(
        contract: ContractEngine
    ) async throws {
        let folder = try ContractEngine.context(
            "FROM scratch\nCOPY busybox /bin/sh\nRUN echo the-last-word; exit 7\n")
        let engine = try contract.inside(folder)
        var request = contractRequest(folder)
        let failure = await #expect(throws: Failure.self) { try await builder(engine).build(request) { _ in } }
        #expect(failure?.category == .release)
        #expect(failure?.details.contains { $0.value.contains("the-last-word") } == true)
        #expect(try await containers(engine).isEmpty)

        request.source.dockerfile = "missing"
        let missing = await #expect(throws: Failure.self) { try await builder(engine).build(request) { _ in } }
        #expect(missing?.category == .configuration)
        request.source.dockerfile = "Dockerfile"
        request.source.target = "no-such-stage"
        let target = await #expect(throws: Failure.self) { try await builder(engine).build(request) { _ in } }
        #expect(target?.category == .release)
    }

    @Test(.enabled(if: canBuild), .timeLimit(.minutes(2)), arguments: ContractEngine.all)
    func `a cancelled build ends what it started and leaves nothing`(contract: ContractEngine) async throws {
        let seconds = Int.random(in: 100_000...999_999)
        let folder = try ContractEngine.context(
            "FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/sleep\nRUN /bin/sleep \(seconds)\n")
        try folder.write("context/secret", "canary-of-a-cancelled-build")
        let engine = try contract.inside(folder)
        var request = contractRequest(folder)
        if engine.dialect != .docker {
            request.source.secrets = [BuildSecret(id: "token", origin: .file("secret"))]
        }
        let before = Set((try? PosixFile.names(in: Array("/run/runc".utf8))) ?? [])
        let builder = builder(engine)
        let task = Task { [request] in try await builder.build(request) { _ in } }
        try await waitUntil("the build runs its command", within: .seconds(300)) {
            try await isRunning("/bin/sleep \(seconds)")
        }
        task.cancel()
        let result = await task.result
        #expect(throws: CancellationError.self) { try result.get() }
        try await waitUntil("the build's command is gone") { try await !isRunning("/bin/sleep \(seconds)") }
        try await waitUntil("the build's containers are gone") { try await containers(engine).isEmpty }
        let states = PosixFile.isFolder("/run/runc") ? try PosixFile.names(in: Array("/run/runc".utf8)) : []
        #expect(Set(states).subtracting(before).allSatisfy { !$0.starts(with: Array("buildah-".utf8)) })
        for call in try folder.readAll("calls").split(whereSeparator: \.isWhitespace)
        where call.hasPrefix("id=token,src=") {
            #expect(!PosixFile.isFile(String(call.dropFirst(13))))
        }
    }

    @Test func `only the folders that Buildah makes for a command are looked into`() {
        #expect(BuildLeftovers.isBundle("buildah730311996"))
        for other in ["buildah", "buildah-1", "buildahx1", "xbuildah1", "buildah٣", "../buildah1"] {
            #expect(!BuildLeftovers.isBundle(other), "\(other)")
        }
    }

    private func isRunning(_ command: String) async throws -> Bool {
        // The shell that a Dockerfile's line is given to has the same words in its own arguments.
        try await ChildProcess.run(CommandLine(["pgrep", "-f", command])).exitCode == 0
    }

    /// What builds of this storage, or of this repository, have left.
    private func containers(_ engine: ContainerEngine) async throws -> [Substring] {
        let arguments = EngineArguments(engine)
        let question =
            switch engine.dialect {
            case .docker: ["true"]
            case .podman: arguments.command(["ps", "--all", "--external", "--quiet"])
            case .buildah: arguments.command(["containers", "--quiet"])
            }
        return try await ChildProcess.run(CommandLine(question)).outputText.split(whereSeparator: \.isNewline)
    }

    @Test(.enabled(if: canBuild && !ContractEngine.takingSecrets.isEmpty), arguments: ContractEngine.takingSecrets)
    func `a secret is there for the build, and nowhere afterwards`(contract: ContractEngine) async throws {
        let folder = try ContractEngine.context(
            """
            FROM scratch
            COPY busybox /bin/sh
            COPY busybox /bin/sha256sum
            COPY busybox /bin/cat
            RUN --mount=type=secret,id=token sha256sum /run/secrets/token > /sum; cat /run/secrets/token; echo
            """)
        let secret = "canary-\(Int.random(in: 1...Int.max))"
        try folder.write("outside/secret", secret)
        let engine = try contract.inside(folder)
        var request = contractRequest(folder)
        request.source.secrets = [BuildSecret(id: "token", origin: .file("\(folder.path)/outside/secret"))]
        let lines = Lines()
        let builder = builder(engine)
        let image = try await builder.build(request) { lines.append($0) }
        #expect(lines.all.contains("(hidden)"), "the build could read it, and its output does not show it")
        #expect(!lines.all.contains { $0.contains(secret) })

        let calls = try folder.readAll("calls")
        #expect(calls.contains("--secret id=token,src="))
        #expect(!calls.contains(secret))
        #expect(try await found(secret, in: "\(folder.path)/storage") == false, "neither layers nor metadata")
        #expect(try await found(Array(secret.utf8).sha256, in: "\(folder.path)/storage"), "but what was made of it")
        let report = try #require(await builder.report(on: image.reference))
        #expect(!"\(report)".contains(secret))
        for call in calls.split(whereSeparator: \.isWhitespace) where call.hasPrefix("id=token,src=") {
            #expect(!PosixFile.isFile(String(call.dropFirst(13))))
        }
    }

    private func found(_ text: String, in folder: String) async throws -> Bool {
        try await ChildProcess.run(CommandLine(["grep", "-rqaF", text, folder])).exitCode == 0
    }

    @Test(.enabled(if: Machine.hasDocker && canBuild))
    func `docker without BuildKit says who can take a secret`() async throws {
        let builder = builder(.docker)
        guard await !builder.takesBuildSecrets() else {
            print("skipped: this docker has BuildKit")
            return
        }
        let folder = try ContractEngine.context("FROM scratch\nCOPY busybox /x\n")
        var request = contractRequest(folder)
        request.source.secrets = [BuildSecret(id: "token", origin: .file("Dockerfile"))]
        let failure = await #expect(throws: Failure.self) { try await builder.build(request) { _ in } }
        #expect(failure?.category == .unavailable)
        #expect(failure?.hint?.contains("--builder buildah") == true)
    }
}
