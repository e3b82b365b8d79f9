#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A configuration that has no findings.
package struct LoadedConfiguration: Hashable, Sendable {
    package var environment: Environment
    package var folder: ConfigurationFolder
    /// The names of all environments.
    package var environments: [String]
    /// Environment over services, references filled in; what `config show` prints.
    package var merged: ConfigurationNode

    /// The folder that holds `environments/`.
    package var root: String { folder.root }

    /// Where each value comes from: `services.backend.port` → position.
    package var provenance: [String: SourcePosition] {
        Dictionary(merged.leaves().map { ($0.path, $0.node.position) }, uniquingKeysWith: { one, _ in one })
    }
}

/// Why there is no configuration.
package enum ConfigurationError: Error, Hashable, Sendable {
    /// No folder `environments/` here or above.
    case noFolder(from: String)
    case unknownEnvironment(name: String, nearest: String?, available: [String])
    case invalid(Findings)
}

/// Files → ``LoadedConfiguration``: the only part that reads; everything it calls is pure.
package struct ConfigurationLoader: Sendable {
    package var folder: ConfigurationFolder
    /// What `${env.NAME}` is taken from.
    package var variables: [String: String]
    package var outputs: KnownOutputs

    package init(
        folder: ConfigurationFolder, variables: [String: String] = Self.processVariables(),
        outputs: KnownOutputs = KnownOutputs()
    ) {
        self.folder = folder
        self.variables = variables
        self.outputs = outputs
    }

    package static func findRoot(from path: String) -> Result<ConfigurationFolder, ConfigurationError> {
        ConfigurationFolder.nearest(from: path).map { .success($0) } ?? .failure(.noFolder(from: path))
    }

    /// - Parameter needsServices: false for whoever is about to write the first one.
    package func load(
        environment name: String, needsServices: Bool = true
    ) -> Result<LoadedConfiguration, ConfigurationError> {
        let available = folder.environments
        guard StringRule.fileName.allows(name), name != "services",
            available.contains(name) || name == "reference"
        else {
            return .failure(
                .unknownEnvironment(name: name, nearest: NearestName.of(name, in: available), available: available))
        }
        let shared = read("services", .services)
        let own = read(name, .environment)
        if case .success(nil) = own {
            return .failure(
                .unknownEnvironment(name: name, nearest: NearestName.of(name, in: available), available: available))
        }
        return ConfigurationMerger.merge(
            environment: name, shared: shared, own: own, suites: folder.suites, variables: variables,
            outputs: outputs
        ).flatMap { environment, merged in
            environment.services.isEmpty && needsServices
                ? .failure(noServices(isMissing: shared)) : .success((environment, merged))
        }.map { environment, merged in
            LoadedConfiguration(environment: environment, folder: folder, environments: available, merged: merged)
        }.mapError { .invalid($0) }
    }

    /// Without a service there is nothing that any command could do: nearly always a file that is not where it should.
    private func noServices(isMissing shared: ConfigurationMerger.Read) -> Findings {
        var message = "names no service"
        if case .success(nil) = shared { message = "does not exist, so there is no service" }
        return Findings([
            Finding(
                file: "\(folder.name)/services.yaml", line: 0, column: 0, message: message,
                hint: "write `services:` there, with a service below it")
        ])
    }

    /// Nil for a file that does not exist.
    private func read(_ name: String, _ kind: ConfigurationFileKind) -> Result<ConfigurationDocument?, Findings> {
        let label = "\(folder.name)/\(name).yaml"
        switch folder.contents(of: "\(name).yaml") {
        case .missing: return .success(nil)
        case .unreadable(let reason):
            return .failure(
                Findings([Finding(file: label, line: 0, column: 0, message: "cannot be read: \(reason)")]))
        case .bytes(let bytes): return ConfigurationReader.read(bytes, file: label).map { $0 }
        }
    }

    /// The environment variables of this process.
    package static func processVariables() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return variables
    }
}
