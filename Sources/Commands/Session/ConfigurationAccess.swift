import Configuration
import Releases
import Reporting
import Verification

/// Configuration's answers as failures of a command.
enum ConfigurationAccess {
    static func load(
        environment: String, folder: String?, needsServices: Bool = true, leavesUnknownOutputs: Bool = false
    ) throws -> LoadedConfiguration {
        let place = try place(folder)
        let outputs = KnownOutputs(
            RememberedOutputs.read(root: place.root, environment: environment), leavesUnknown: leavesUnknownOutputs,
            // Who looks at a root, or takes it away, need not agree with it.
            declared: leavesUnknownOutputs ? nil : OutputsOfRoot.declared(for: environment, in: place))
        return try ConfigurationLoader(folder: place, outputs: outputs)
            .load(environment: environment, needsServices: needsServices).mapError(lift).get()
    }

    /// The folder that `--config` names, else the nearest one upwards.
    static func place(_ folder: String?) throws -> ConfigurationFolder {
        guard let folder else { return try ConfigurationLoader.findRoot(from: ".").mapError(lift).get() }
        guard let named = ConfigurationFolder.named(folder) else {
            throw Failure(
                .usage, "`\(folder)` is not a folder of configuration", hint: "--config takes environments/ itself")
        }
        return named
    }

    /// Everything that is wrong in a folder: its environments, what they share, and every suite, used or not.
    ///
    /// - Returns: the environments, when there is nothing.
    static func loadAll(_ environments: [String], in folder: ConfigurationFolder) throws -> [LoadedConfiguration] {
        var loaded: [LoadedConfiguration] = []
        var findings: [Finding] = []
        for name in environments {
            // What an output is only Terraform knows; whether the files are right can be said without it.
            let outputs = KnownOutputs(leavesUnknown: true, declared: OutputsOfRoot.declared(for: name, in: folder))
            switch ConfigurationLoader(folder: folder, outputs: outputs).load(environment: name) {
            case .success(let configuration): loaded.append(configuration)
            case .failure(.invalid(let found)): findings += found.findings
            case .failure(let error): throw lift(error)
            }
        }
        for configuration in loaded { findings += SuiteAccess.findings(of: configuration) }
        let used = Set(loaded.flatMap(\.environment.services).flatMap(\.suites))
        for name in folder.suites where !used.contains(name) {
            if case .failure(let found) = SuiteAccess.read(name, in: folder) { findings += found.findings }
        }
        for name in Set(loaded.compactMap(\.environment.index)).sorted() {
            if case .failure(let found) = SuiteIndexAccess.read(name, in: folder) { findings += found.findings }
        }
        // What is wrong in services.yaml is wrong in each environment, and in a fragment wherever it is used.
        var known: Set<[String]> = []
        findings = findings.filter { known.insert([$0.file, "\($0.line):\($0.column)", $0.message]).inserted }
        guard findings.isEmpty else { throw invalid(findings, in: folder) }
        return loaded
    }

    static func lift(_ error: ConfigurationError) -> Failure {
        switch error {
        case .noFolder:
            return Failure(
                .configuration, "no folder `environments` here or above",
                hint: "change to a project that has one, or name it with --config")
        case .unknownEnvironment(let name, let nearest, let available):
            guard !available.isEmpty else {
                return Failure(
                    .usage, "no environment is called `\(SafeText.line(name))`: the folder holds none",
                    hint:
                        "write environments/\(StringRule.fileName.allows(name) ? name : "local").yaml, or name another "
                        + "folder with --config")
            }
            return Failure(
                .usage, "no environment is called `\(SafeText.line(name))`",
                details: [.init("environments", available.joined(separator: ", "))],
                hint: nearest.map { "did you mean `--env \($0)`?" } ?? "see environments/")
        case .invalid(let findings):
            return invalid(findings.findings)
        }
    }

    static func invalid(_ findings: [Finding], in folder: ConfigurationFolder? = nil) -> Failure {
        Failure(
            .configuration, "the configuration has \(Counted.text(findings.count, "finding"))",
            details: findings.prefix(50).map {
                .init(
                    "finding", FindingText.render($0),
                    at: SourcePosition(file: $0.file, line: $0.line, column: $0.column))
            },
            hint: folder.map { "mend them in \($0.path), then check again" } ?? "stagectl config validate")
    }
}

/// Suites of services, by name.
enum SuiteAccess {
    /// Read for the environment, with its waivers among their policies.
    static func load(for services: [Service], configuration: LoadedConfiguration) throws -> [String: Suite] {
        try complete(services, configuration).mapError { ConfigurationAccess.invalid($0.findings) }.get()
    }

    /// Everything that is wrong in the suites that an environment's services run, and in what it says to them.
    static func findings(of configuration: LoadedConfiguration) -> [Finding] {
        if case .failure(let found) = complete(configuration.environment.services, configuration) {
            return found.findings
        }
        return []
    }

    private static func complete(
        _ services: [Service], _ configuration: LoadedConfiguration
    ) -> Result<[String: Suite], Findings> {
        let folder = configuration.folder
        let environment = SuiteEnvironment(name: configuration.environment.name, root: configuration.merged)
        var suites: [String: Suite] = [:]
        var findings: [Finding] = []
        for name in Set(services.flatMap(\.suites)).sorted() {
            switch read(name, in: folder, for: environment) {
            case .success(let suite): suites[name] = suite
            case .failure(let found): findings += found.findings
            }
        }
        // A suite that cannot be read would make everything that is said about it fit nothing.
        guard findings.isEmpty else { return .failure(Findings(findings.map { withLine($0, folder) })) }
        return EnvironmentSuites.complete(suites, for: environment).mapError { found in
            Findings(found.findings.map { withLine($0, folder) })
        }
    }

    /// The line of an environment's file that a finding of a suite speaks of.
    private static func withLine(_ finding: Finding, _ folder: ConfigurationFolder) -> Finding {
        let prefix = folder.name + "/"
        guard finding.sourceLine == nil, finding.line > 0, finding.file.hasPrefix(prefix),
            case .bytes(let bytes) = folder.contents(of: String(finding.file.dropFirst(prefix.count))),
            case .success(let document) = ConfigurationReader.read(bytes, file: finding.file)
        else { return finding }
        return document.annotate([finding]).first ?? finding
    }

    /// Files that suites name: fragments, schemas, OpenAPI documents. Never outside the suites' folder.
    private static func files(of folder: ConfigurationFolder) -> SuiteFiles {
        SuiteFiles(fragmentNames: folder.fragments) { path in
            switch folder.contents(of: "suites/\(path)") {
            case .missing: .failure(SuiteFiles.Unreadable(reason: "`\(folder.name)/suites/\(path)` does not exist"))
            case .unreadable(let reason):
                .failure(SuiteFiles.Unreadable(reason: "`\(folder.name)/suites/\(path)` cannot be read: \(reason)"))
            case .bytes(let bytes): .success(bytes)
            }
        }
    }

    static func read(
        _ name: String, in folder: ConfigurationFolder, for environment: SuiteEnvironment? = nil
    ) -> Result<Suite, Findings> {
        let file = "\(folder.name)/suites/\(name).yaml"
        switch folder.contents(of: "suites/\(name).yaml") {
        case .missing: return .failure(Findings([Finding(file: file, line: 0, column: 0, message: "does not exist")]))
        case .unreadable(let reason):
            return .failure(
                Findings([Finding(file: file, line: 0, column: 0, message: "cannot be read: \(reason)")]))
        case .bytes(let bytes):
            return SuiteLoader.load(
                bytes, file: file, name: name, files: files(of: folder), environment: environment)
        }
    }
}
