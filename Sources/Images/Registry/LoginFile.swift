import JSON

/// A file in which engines keep logins (`~/.docker/config.json`, containers-auth.json(5)), as a value.
struct LoginFile: Hashable {
    var json: JSONValue

    init(_ json: JSONValue = [:]) {
        if case .object = json { self.json = json } else { self.json = [:] }
    }

    /// What the file itself says; nil where a helper has it, or nobody.
    func login(for host: String) -> RegistryLogin? {
        for name in Self.names(of: host) {
            guard let entry = json["auths"]?[name] else { continue }
            if let encoded = entry["auth"]?.string, !encoded.isEmpty { return RegistryLogin(encoded: encoded) }
            if let user = entry["username"]?.string, let password = entry["password"]?.string {
                return RegistryLogin(user: user, password: password)
            }
        }
        return nil
    }

    /// The program `docker-credential-NAME` that knows the login.
    func helper(for host: String) -> String? {
        for name in Self.names(of: host) {
            if let helper = json["credHelpers"]?[name]?.string, !helper.isEmpty { return helper }
        }
        return json["credsStore"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The same file with a login of ours, which goes before any other for that registry.
    ///
    /// - Parameter dialect: Docker looks only into its store where there is one, unless a registry has an empty helper
    ///   (`docker/cli`, `cli/config/configfile`, `GetCredentialsStore`); Podman and Buildah would start a helper of
    ///   that empty name, and know no store.
    func adding(_ logins: [String: RegistryLogin], for dialect: ContainerEngine.Dialect) -> LoginFile {
        var file = self
        var entries = json["auths"]?.object ?? [:]
        var helpers = json["credHelpers"]?.object ?? [:]
        let hasStore = json["credsStore"]?.string.map { !$0.isEmpty } ?? false
        for (host, login) in logins {
            for name in Self.names(of: host) {
                entries[name] = nil
                helpers[name] = nil
            }
            entries[host] = ["auth": .string(login.encoded)]
            if dialect == .docker, hasStore { helpers[host] = "" }
        }
        file.json["auths"] = .object(entries)
        if !helpers.isEmpty || json["credHelpers"] != nil { file.json["credHelpers"] = .object(helpers) }
        return file
    }

    /// This file where it says something of a registry, else the other.
    func over(_ other: LoginFile) -> LoginFile {
        var file = other
        for key in ["auths", "credHelpers"] {
            let own = json[key]?.object ?? [:]
            guard !own.isEmpty else { continue }
            file.json[key] = .object((other.json[key]?.object ?? [:]).merging(own) { $1 })
        }
        if let store = json["credsStore"] { file.json["credsStore"] = store }
        return file
    }

    /// Docker writes a registry in several ways.
    private static func names(of host: String) -> [String] {
        var names = [host, "https://\(host)", "http://\(host)"]
        names += names.dropFirst().flatMap { ["\($0)/", "\($0)/v1/", "\($0)/v2/"] }
        if host == "docker.io" || host == "registry-1.docker.io" { names.append("https://index.docker.io/v1/") }
        return names
    }
}
