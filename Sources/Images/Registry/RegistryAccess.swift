import JSON
import Releases
package import Transport

/// Registries as builders need them: questions, and logins for the engines that move the layers.
package struct RegistryAccess: Sendable {
    package let client: RegistryClient
    let logins: RegistryLogins

    package init(logins: RegistryLogins = RegistryLogins(), exchange: @escaping RegistryClient.Exchange) {
        self.logins = logins
        client = RegistryClient(logins: logins, exchange: exchange)
    }

    package init(logins: RegistryLogins = RegistryLogins(), http: HTTPClient = HTTPClient()) {
        self.init(logins: logins) { request throws(TransportError) in try await http.send(request) }
    }

    /// Does something with an engine that is logged in to these registries as far as stagectl has short-lived logins:
    /// they stand in a private file for as long as it takes, beside the user's own for every other registry.
    ///
    /// - Parameters:
    ///   - required: the registry without whose login it makes no sense; others may be public.
    ///   - work: gets the variables that the engine is started with.
    func withLogins<Result>(
        for hosts: Set<String>, required: String? = nil, dialect: ContainerEngine.Dialect,
        _ work: ([String: String]) async throws -> Result
    ) async throws -> Result {
        let found = try await logins.shortLivedLogins(for: hosts, required: required)
        guard !found.isEmpty else { return try await work([:]) }
        let folder = try PrivateFolder()
        defer { folder.remove() }
        let file = logins.file(of: dialect).adding(found, for: dialect)
        let path: String
        do throws(PosixError) {
            path = try folder.write(Array(file.json.serialized().utf8), to: "config.json")
        } catch {
            throw Failure(
                .unavailable, "the login for a registry cannot be handed over",
                details: [.init("path", error.path), .init("reason", error.reason)],
                hint: "see whether the disk is full")
        }
        guard dialect == .docker else { return try await work(["REGISTRY_AUTH_FILE": path]) }
        linkSettings(into: folder)
        return try await work(["DOCKER_CONFIG": folder.path])
    }

    /// Contexts, plugins and certificates are in the same folder as Docker's logins.
    private func linkSettings(into folder: PrivateFolder) {
        guard let home = logins.dockerFolder else { return }
        for name in (try? PosixFile.names(in: Array(home.utf8))) ?? [] where name != Array("config.json".utf8) {
            PosixFile.link(Array("\(home)/".utf8) + name, as: Array("\(folder.path)/".utf8) + name)
        }
    }
}

/// The registries that a build reads from, as far as its Dockerfile says.
enum BaseImageHosts {
    /// Hosts in the words of a Dockerfile and of build arguments that look like an image's name.
    static func named(in dockerfile: String, arguments: [String: String]) -> Set<String> {
        let lines = dockerfile.split(whereSeparator: \.isNewline).filter { line in
            let word = line.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }.uppercased()
            return word == "FROM" || word == "COPY" || word == "ARG" || word == "RUN"
        }
        let words = lines.flatMap { $0.split { $0.isWhitespace || $0 == "=" || $0 == "," || $0 == "\"" } }.map(
            String.init)
        return Set((words + arguments.values).compactMap { RegistryAddress($0)?.host })
    }
}
