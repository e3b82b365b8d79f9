import Configuration
import Releases
import Transport

/// The build itself, with what it needs for as long as it lasts.
extension ContainerEngineBuilder {
    func execute(_ request: BuildRequest, output: @escaping @Sendable (String) -> Void) async throws {
        let file = absolute(request.source.dockerfile, in: request.root)
        let dockerfile = (try? PosixFile.contents(of: file, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
        var means = BuildMeans(mark: Self.makeMark())
        // Trying what works costs a second: only for builds that start something.
        if Dockerfile.runsCommands(dockerfile ?? "") { means.arguments = await abilities.runArguments() }
        let values = try BuildSecretValues(request.source.secrets ?? [], root: request.root)
        guard values.isEmpty else {
            try await withSecrets(values, request, means, dockerfile, output)
            return
        }
        try await run(request, means, hosts: hosts(of: request, dockerfile), hiding: values, output)
    }

    private func withSecrets(
        _ values: BuildSecretValues, _ request: BuildRequest, _ means: BuildMeans, _ dockerfile: String?,
        _ output: @escaping @Sendable (String) -> Void
    ) async throws {
        var means = means
        switch await abilities.secretMeans() {
        case .flag?: break
        case .buildKit?: means.usesBuildKit = true
        case nil:
            try await requireAnswer()
            throw Failure(
                .unavailable, "builder `\(name)` cannot give a build secrets on this machine",
                details: [.init("service", request.service)],
                hint: "choose one that can, such as `--builder buildah`"
                    + (engine.dialect == .docker ? ", or install docker's buildx plugin" : ""))
        }
        let folder = try PrivateFolder()
        // Also when the task was cancelled: nothing below leaves before the engine has ended.
        defer { folder.remove() }
        do {
            means.secrets = try values.write(to: folder)
        } catch let error as PosixError {
            throw Failure(
                .unavailable, "build secrets cannot be handed over",
                details: [.init("path", error.path), .init("reason", error.reason)],
                hint: "see whether the disk is full")
        }
        try await run(request, means, hosts: hosts(of: request, dockerfile), hiding: values, output)
    }

    private func run(
        _ request: BuildRequest, _ means: BuildMeans, hosts: Set<String>, hiding values: BuildSecretValues,
        _ output: @escaping @Sendable (String) -> Void
    ) async throws {
        let tail = LineTail()
        let arguments = arguments.build(request, means)
        let result: ProcessResult
        do {
            result = try await registry.withLogins(for: hosts, dialect: engine.dialect) { environment in
                try await takeCache(of: request, environment, output)
                let all = environment.merging(means.environment) { $1 }
                return try await shell.run(arguments, deadline: deadline, environment: all) { _, line in
                    let line = values.masked(line)
                    tail.append(line)
                    output(line)
                }
            }
        } catch {
            let leftovers = BuildLeftovers(arguments: self.arguments, shell: shell)
            // A cancelled task starts no program any more, not even one that cleans up.
            await Task.detached { await leftovers.remove(mark: means.mark) }.value
            throw error
        }
        guard result.exitCode == 0 else {
            try await requireAnswer()
            throw failure(of: request, tail)
        }
        try await leaveCache(of: request, output)
    }

    /// What an engine says of a file that is not there names no key of the configuration.
    private func failure(of request: BuildRequest, _ tail: LineTail) -> Failure {
        let source = request.source
        for (key, path, isThere) in [
            ("dockerfile", source.dockerfile, PosixFile.isFile), ("context", source.context, PosixFile.isFolder),
        ] where !isThere(absolute(path, in: request.root)) {
            return Failure(
                .configuration,
                "service `\(request.service)` has no \(key == "context" ? "build context" : "Dockerfile")"
                    + " at `\(path)`", hint: "correct `source.\(key)` of the service")
        }
        return Failure(
            .release, "image build of `\(request.service)` failed", details: tail.details,
            hint: "correct `\(source.dockerfile)`, then `stagectl build \(request.service)`")
    }

    private func hosts(of request: BuildRequest, _ dockerfile: String?) -> Set<String> {
        var hosts = BaseImageHosts.named(in: dockerfile ?? "", arguments: request.source.arguments)
        if let cache = EngineArguments.cacheRepository(for: request), let address = RegistryAddress(cache) {
            hosts.insert(address.host)
        }
        return hosts
    }

    // MARK: - Docker's cache

    /// The classic builder takes layers only from images that are here. There is none before the first build.
    private func takeCache(
        of request: BuildRequest, _ environment: [String: String], _ output: @escaping @Sendable (String) -> Void
    ) async throws {
        guard engine.dialect == .docker, let repository = EngineArguments.cacheRepository(for: request) else { return }
        let image = EngineArguments.cacheImage(repository)
        let pulled = try await shell.run(arguments.pull(image), deadline: deadline, environment: environment)
        if pulled.exitCode != 0 { output("no build cache in \(image)") }
    }

    /// A cache that could not be kept makes the next build slower, and this one no worse.
    private func leaveCache(of request: BuildRequest, _ output: @escaping @Sendable (String) -> Void) async throws {
        guard engine.dialect == .docker, let repository = EngineArguments.cacheRepository(for: request),
            let address = RegistryAddress(repository)
        else { return }
        let image = EngineArguments.cacheImage(repository)
        let pushed = try await registry.withLogins(for: [address.host], dialect: engine.dialect) { environment in
            _ = try await shell.run(
                arguments.tag(EngineArguments.sourceTag(for: request), as: image), deadline: .seconds(60))
            return try await shell.run(arguments.push(image), deadline: deadline, environment: environment)
        }
        if pushed.exitCode != 0 { output("the build cache could not be kept in \(image)") }
    }

    private static func makeMark() -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<16).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }
}

/// What must be known of a Dockerfile before its build.
enum Dockerfile {
    /// Whether it starts a program; what a base image brings along (`ONBUILD`) is not seen.
    static func runsCommands(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            let word = line.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
            return word.uppercased() == "RUN"
        }
    }
}
