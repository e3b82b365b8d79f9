import JSON
import Releases
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// All logins that there are: the short-lived ones that stagectl gets itself, and the engines' own.
package struct RegistryLogins: Sendable {
    private static let maximumFileBytes = 1 << 20

    private let shortLived: any RegistryCredentials
    private let environment: @Sendable (String) -> String?

    /// - Parameter environment: reads an environment variable; `HOME`, `DOCKER_CONFIG` and the like say where logins are.
    package init(
        shortLived: any RegistryCredentials = NoRegistryCredentials(),
        environment: @escaping @Sendable (String) -> String? = RegistryLogins.processVariable
    ) {
        self.shortLived = shortLived
        self.environment = environment
    }

    package static let processVariable: @Sendable (String) -> String? = { name in
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The login for a registry, nil for none. Throws `permission` where there should be a short-lived one and neither
    /// that nor another is there.
    func login(for host: String) async throws -> RegistryLogin? {
        do {
            if let login = try await shortLived.login(for: host) { return login }
        } catch let failure as Failure where failure.category == .permission {
            if let login = await ownLogin(for: host) { return login }
            throw failure
        }
        return await ownLogin(for: host)
    }

    /// The short-lived ones alone: the engines find their own themselves. Where `isRequired`, none throws as in
    /// ``login(for:)``; else a registry is asked without one, as public images need none.
    func shortLivedLogins(for hosts: Set<String>, required: String?) async throws -> [String: RegistryLogin] {
        var result: [String: RegistryLogin] = [:]
        for host in hosts.sorted() {
            do {
                result[host] = try await shortLived.login(for: host)
            } catch let failure as Failure where failure.category == .permission {
                if host == required, await ownLogin(for: host) == nil { throw failure }
            }
        }
        return result
    }

    // MARK: - The engines' own

    /// Docker's folder of settings.
    var dockerFolder: String? {
        environment("DOCKER_CONFIG") ?? environment("HOME").map { "\($0)/.docker" }
    }

    /// The files that an engine reads, the first one that names a registry counts.
    func files(of dialect: ContainerEngine.Dialect) -> [String] {
        let docker = dockerFolder.map { ["\($0)/config.json"] } ?? []
        guard dialect != .docker else { return docker }
        // containers-auth.json(5)
        if let file = environment("REGISTRY_AUTH_FILE") { return [file] }
        let runtime = environment("XDG_RUNTIME_DIR") ?? "/run/containers/\(getuid())"
        let home = environment("XDG_CONFIG_HOME") ?? environment("HOME").map { "\($0)/.config" }
        return ["\(runtime)/containers/auth.json"] + (home.map { ["\($0)/containers/auth.json"] } ?? []) + docker
    }

    func file(of dialect: ContainerEngine.Dialect) -> LoginFile {
        files(of: dialect).reversed().reduce(LoginFile()) { below, path in
            guard let bytes = try? PosixFile.contents(of: path, limit: Self.maximumFileBytes),
                let json = try? JSONValue(parsing: bytes)
            else { return below }
            return LoginFile(json).over(below)
        }
    }

    private func ownLogin(for host: String) async -> RegistryLogin? {
        let file = file(of: .podman).over(file(of: .docker))
        if let login = file.login(for: host) { return login }
        guard let helper = file.helper(for: host), !helper.contains("/") else { return nil }
        return await ask(helper, for: host)
    }

    /// The protocol of docker-credential-helpers: the registry on standard input, a document on standard output.
    private func ask(_ helper: String, for host: String) async -> RegistryLogin? {
        let command = CommandLine(
            ["docker-credential-\(helper)", "get"], input: Array(host.utf8), deadline: .seconds(20),
            outputLimit: 1 << 20)
        guard let result = try? await ChildProcess.run(command), result.exitCode == 0,
            let json = try? JSONValue(parsing: result.output), let user = json["Username"]?.string,
            let secret = json["Secret"]?.string, !secret.isEmpty
        else { return nil }
        return RegistryLogin(user: user, password: secret)
    }
}
