import Configuration
import JSON
import Releases
import Testing
import Transport

@testable import Images

/// Pushes into Debian's `docker-registry`, looked at with `skopeo`.
@Suite(.serialized) struct RegistryPushTests {
    private static let canPush: Bool = {
        let canPush =
            !ContractEngine.all.isEmpty && Machine.busybox != nil && TestRegistry.isInstalled && Machine.hasSkopeo
        if !canPush { print("skipped: pushes need an engine, a static busybox, docker-registry and skopeo") }
        return canPush
    }()

    private func builder(_ engine: ContainerEngine, _ logins: ScriptedLogins = .init()) -> ContainerEngineBuilder {
        ContainerEngineBuilder(engine: engine, preparation: Preparation(), registry: registryAccess(logins))
    }

    private let dockerfile =
        "FROM scratch\nCOPY busybox /bin/sh\nCOPY Dockerfile /made\nUSER 65532\nEXPOSE 8080\nENTRYPOINT [\"/bin/sh\"]\n"

    @Test(.enabled(if: canPush), arguments: ContractEngine.all)
    func `a short-lived token pushes, and a second push of the same digest uploads no blob`(
        contract: ContractEngine
    ) async throws {
        let registry = try await TestRegistry(protected: true)
        let folder = try ContractEngine.context(dockerfile)
        let engine = try contract.inside(folder)
        let logins = ScriptedLogins(
            logins: [registry.host: RegistryLogin(user: TestRegistry.user, password: TestRegistry.password)])
        let builder = builder(engine, logins)
        let request = contractRequest(folder, repository: "\(registry.host)/team/backend", pushes: true)
        let image = try await builder.build(request) { _ in }
        let lines = Lines()
        let pushed = try await builder.push(image) { lines.append($0) }
        let uploads = try registry.uploads
        #expect(uploads > 0)

        let inspected = try await inspect(pushed)
        #expect(pushed.value.hasSuffix("@\(inspected["Digest"]?.string ?? "")"))
        #expect(inspected["Labels"]?["dev.stagectl.service"]?.string == "backend")
        #expect(inspected["Architecture"]?.string == "amd64")

        #expect(try await builder.push(image) { _ in } == pushed)
        #expect(try registry.uploads == uploads, "every blob was there already")
        #expect(try await builder.push(BuiltImage(reference: pushed)) { _ in } == pushed)
        #expect(try registry.uploads == uploads)

        #expect(try await builder.holds(pushed))
        #expect(
            try await builder.holds(ImageReference("\(request.repository)@sha256:\(String(repeating: "0", count: 64))"))
                == false)
        let tag =
            "\(request.repository):id-\(String(image.reference.value.split(separator: ":").last?.prefix(12) ?? ""))"
        #expect(try await builder.resolve(tag) == pushed)

        let report = try #require(await builder.report(on: pushed))
        #expect(report.isCompressed)
        #expect(report.layers.count == 2)
        #expect(report.layers.compactMap(\.bytes).reduce(0, +) == report.bytes)
        #expect(report.bytes < image.bytes ?? 0, "compressed")
        #expect(report.user == "65532")
        #expect(report.exposedPorts == ["8080/tcp"])
        #expect(report.entrypoint == ["/bin/sh"])

        try expectNoLeak(folder, lines)
        await removeImages(folder, engine, image.reference)
    }

    /// The login was a private file while it was needed, never an argument or a line, and is gone.
    private func expectNoLeak(_ folder: Folder, _ lines: Lines) throws {
        let calls = try folder.readAll("calls").split(separator: "\n")
        let encoded = RegistryLogin(user: TestRegistry.user, password: TestRegistry.password).encoded
        #expect(
            !(calls.map(String.init) + lines.all).contains {
                $0.contains(TestRegistry.password) || $0.contains(encoded)
            })
        let pushes = calls.filter { $0.contains(" push ") || $0.hasPrefix("push ") }
        #expect(!pushes.isEmpty)
        for push in pushes {
            let words = push.split(separator: "|").last?.split(separator: " ") ?? []
            #expect(words.first == "600")
            #expect(words.count == 2 && !PosixFile.isFile(String(words[1])))
        }
    }

    private func inspect(_ image: ImageReference) async throws -> JSONValue {
        let credentials = "\(TestRegistry.user):\(TestRegistry.password)"
        let result = try await ChildProcess.run(
            CommandLine(["skopeo", "inspect", "--tls-verify=false", "--creds", credentials, "docker://\(image.value)"]))
        #expect(result.exitCode == 0, "\(result.errorText)")
        return try JSONValue(parsing: result.output)
    }

    @Test(.enabled(if: canPush), arguments: ContractEngine.all)
    func `a token that the registry does not take is about permission`(contract: ContractEngine) async throws {
        let registry = try await TestRegistry(protected: true)
        let folder = try ContractEngine.context(dockerfile)
        let engine = try contract.inside(folder)
        let request = contractRequest(folder, repository: "\(registry.host)/team/backend", pushes: true)
        for logins in [
            ScriptedLogins(logins: [registry.host: RegistryLogin(user: "oauth2accesstoken", password: "stale")]),
            .init(),
        ] {
            let builder = builder(engine, logins)
            let image = try await builder.build(request) { _ in }
            let failure = await #expect(throws: Failure.self) { try await builder.push(image) { _ in } }
            #expect(failure?.category == .permission)
            #expect(failure?.details.first == .init("status", "401"))
            await removeImages(folder, engine, image.reference)
        }
    }

    @Test(.enabled(if: canPush), arguments: ContractEngine.all)
    func `layers of one machine are the cache of another`(contract: ContractEngine) async throws {
        let registry = try await TestRegistry(protected: false)
        let text = "FROM scratch\nCOPY busybox /bin/sh\nRUN echo made > /made\n"
        let one = try ContractEngine.context(text)
        var request = contractRequest(one, repository: "\(registry.host)/team/backend", pushes: true)
        request.source.cache = "registry"
        let first = try await builder(contract.inside(one)).build(request) { _ in }
        await removeImages(one, try contract.inside(one), first.reference)
        let cache = ImageReference("\(registry.host)/team/backend/cache:cache")
        if contract.engine.dialect == .docker {
            _ = try await ChildProcess.run(CommandLine(["docker", "image", "rm", "--force", cache.value]))
        }

        let other = try Folder()
        let lines = Lines()
        let second = try await builder(contract.inside(other)).build(request) { lines.append($0) }
        #expect(lines.all.contains { $0.contains("Using cache") || $0.contains("Cache pulled from remote") })
        await removeImages(other, try contract.inside(other), second.reference)
        if contract.engine.dialect == .docker {
            _ = try await ChildProcess.run(CommandLine(["docker", "image", "rm", "--force", cache.value]))
        }
    }

    @Test(.enabled(if: TestRegistry.isInstalled))
    func `the registry alone says whether a push would be let in`() async throws {
        let registry = try await TestRegistry(protected: true)
        let address = try #require(RegistryAddress("\(registry.host)/team/backend"))
        let good = ScriptedLogins(
            logins: [registry.host: RegistryLogin(user: TestRegistry.user, password: TestRegistry.password)])
        #expect(try await registryAccess(good).client.pushRefusal(address) == nil)
        #expect(try await registryAccess().client.pushRefusal(address)?.category == .permission)
    }
}
