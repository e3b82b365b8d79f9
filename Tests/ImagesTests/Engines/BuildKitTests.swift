import Configuration
import Releases
import Testing
import Transport

@testable import Images

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Build secrets through a real BuildKit: of a client that has it built in (before 23.0), or of one with buildx.
@Suite(.serialized) struct BuildKitTests {
    /// Every `docker` of the path, and Debian's own, which another may hide; each file once.
    private static let clients: [String] = {
        let folders = (RegistryLogins.processVariable("PATH") ?? "").split(separator: ":").map(String.init)
        var seen: Set<String> = []
        return (folders + ["/usr/bin"]).compactMap { folder in
            let path = folder + "/docker"
            guard access(path, X_OK) == 0, let whole = realpath(path, nil) else { return nil }
            defer { free(whole) }
            return seen.insert(String(cString: whole)).inserted ? path : nil
        }
    }()

    private static let canBuild: Bool = {
        let canBuild = Machine.hasDocker && Machine.busybox != nil && !clients.isEmpty
        if !canBuild { print("skipped: builds with BuildKit need docker and a static busybox") }
        return canBuild
    }()

    private static func engine(_ program: String) -> ContainerEngine {
        var engine = ContainerEngine.docker
        engine.program = program
        return engine
    }

    /// Not one that says so alone: its engine must answer, too.
    private static func withBuildKit() async -> ContractEngine? {
        for client in clients {
            let contract = ContractEngine(engine: engine(client))
            let builder = ContainerEngineBuilder(engine: contract.engine, preparation: Preparation())
            if await builder.takesBuildSecrets(), await builder.answers() { return contract }
        }
        print("skipped: no docker of this machine has BuildKit (\(clients.joined(separator: ", ")) were asked)")
        return nil
    }

    /// A secret is no part of what BuildKit knows a step by: without a file of its own, a build would take the result of
    /// one before.
    private static let dockerfile = """
        FROM scratch
        COPY busybox /bin/sh
        COPY busybox /bin/sha256sum
        COPY busybox /bin/cat
        COPY unique /unique
        RUN --mount=type=secret,id=token sha256sum /run/secrets/token > /sum; cat /run/secrets/token; echo
        """

    private static func context() throws -> Folder {
        let folder = try ContractEngine.context(dockerfile)
        try folder.write("context/unique", folder.path)
        return folder
    }

    @Test(.enabled(if: canBuild), arguments: clients)
    func `what a client is asked is what it can do`(client: String) async throws {
        let folder = try Self.context()
        try folder.write("secret", "canary")
        let says = await EngineAbilities(Self.engine(client)).secretMeans() == .buildKit
        let tag = "buildkit-trial-\(String(folder.path.suffix(6)).lowercased())"
        let tried = try await ChildProcess.run(
            CommandLine(
                [
                    client, "build", "--quiet", "--secret", "id=token,src=\(folder.path)/secret", "--tag", tag,
                    "\(folder.path)/context",
                ], environment: ["DOCKER_BUILDKIT": "1"], deadline: .seconds(120)))
        #expect(says == (tried.exitCode == 0), "\(client): \(tried.errorText)")
        _ = try await ChildProcess.run(CommandLine([client, "image", "rm", "--force", tag]))
    }

    @Test(.enabled(if: canBuild))
    func `no layer, no history and no log of a BuildKit build holds its secret`() async throws {
        guard let contract = await Self.withBuildKit() else { return }
        let folder = try Self.context()
        let secret = "canary-\(Int.random(in: 1...Int.max))"
        let engine = try contract.inside(folder)
        try folder.write("outside/secret", secret)
        var request = contractRequest(folder)
        request.source.secrets = [BuildSecret(id: "token", origin: .file("\(folder.path)/outside/secret"))]
        let lines = Lines()
        let builder = ContainerEngineBuilder(
            engine: engine, preparation: Preparation(), registry: registryAccess())
        let image = try await builder.build(request) { lines.append($0) }
        #expect(lines.all.contains { $0.contains("(hidden)") }, "the build could read it: \(lines.all)")
        #expect(!lines.all.contains { $0.contains(secret) })

        let calls = try folder.readAll("calls")
        #expect(calls.contains("--secret id=token,src=") && !calls.contains(secret))
        for call in calls.split(whereSeparator: \.isWhitespace) where call.hasPrefix("id=token,src=") {
            #expect(!PosixFile.isFile(String(call.dropFirst(13))), "gone after the build")
        }

        // The whole image, configuration and history and every layer, whichever way its engine packs them.
        let id = "sha256:" + (try #require(ImageDigest(reference: image.reference.value))).hex
        let packed = try await run(contract, "image", "save", "--output", "\(folder.path)/image.tar", id)
        #expect(packed.exitCode == 0, "\(packed.errorText)")
        try folder.write("image/made", "")
        _ = try await ChildProcess.run(
            CommandLine([
                "tar", "--extract", "--file", "\(folder.path)/image.tar", "--directory", "\(folder.path)/image",
            ]))
        try await unpackLayers(of: "\(folder.path)/image")
        #expect(try await found(secret, in: "\(folder.path)/image") == false)
        #expect(
            try await found(Array(secret.utf8).sha256, in: "\(folder.path)/image"), "but what was made of it")
        let history = try await run(contract, "history", "--no-trunc", id)
        #expect(history.outputText.contains("run/secrets/token") && !history.outputText.contains(secret))
        let inspected = try await run(contract, "image", "inspect", id)
        #expect(inspected.exitCode == 0 && !inspected.outputText.contains(secret))
        try await expectNothingInBuildKit(secret, contract)
        _ = try await run(contract, "image", "rm", "--force", id)
    }

    /// What BuildKit itself keeps: its cache's records, where this process may read them.
    private func expectNothingInBuildKit(_ secret: String, _ contract: ContractEngine) async throws {
        let root = try await run(contract, "info", "--format", "{{.DockerRootDir}}").outputText.filter { !$0.isNewline }
        guard access("\(root)/buildkit", R_OK | X_OK) == 0 else {
            print("not looked into: \(root)/buildkit cannot be read here")
            return
        }
        #expect(try await found(secret, in: "\(root)/buildkit") == false)
    }

    /// Archives within the archive, compressed or not, each into a folder of its own.
    private func unpackLayers(of folder: String) async throws {
        let script = """
            find "$1" -type f | while read -r file; do
                if tar --list --file "$file" >/dev/null 2>&1; then
                    mkdir "$file.unpacked" && tar --extract --file "$file" --directory "$file.unpacked"
                fi
            done
            """
        let result = try await ChildProcess.run(CommandLine(["sh", "-c", script, "sh", folder]))
        #expect(result.exitCode == 0, "\(result.errorText)")
    }

    private func found(_ text: String, in folder: String) async throws -> Bool {
        try await ChildProcess.run(CommandLine(["grep", "-rqaF", text, folder])).exitCode == 0
    }

    private func run(_ contract: ContractEngine, _ arguments: String...) async throws -> ProcessResult {
        try await run(contract, arguments)
    }

    private func run(_ contract: ContractEngine, _ arguments: [String]) async throws -> ProcessResult {
        try await ChildProcess.run(CommandLine([contract.engine.program] + arguments, deadline: .seconds(120)))
    }
}
