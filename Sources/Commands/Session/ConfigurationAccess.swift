import Configuration
import Releases
import Reporting
import Verification

/// Configuration's answers as failures of a command.
enum ConfigurationAccess {
    static func load(environment: String, folder: String?) throws -> LoadedConfiguration {
        let place: ConfigurationFolder
        if let folder {
            guard let named = ConfigurationFolder.named(folder) else {
                throw Failure(
                    .usage, "`\(folder)` is not a folder of configuration", hint: "--config takes environments/ itself")
            }
            place = named
        } else {
            place = try ConfigurationLoader.findRoot(from: ".").mapError(lift).get()
        }
        return try ConfigurationLoader(folder: place).load(environment: environment).mapError(lift).get()
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

    static func invalid(_ findings: [Finding]) -> Failure {
        Failure(
            .configuration, "the configuration has \(findings.count) finding\(findings.count == 1 ? "" : "s")",
            details: findings.prefix(50).map { .init("finding", FindingText.render($0)) },
            hint: "stagectl config validate")
    }
}

/// Suites of services, by name.
enum SuiteAccess {
    static func load(for services: [Service], configuration: LoadedConfiguration) throws -> [String: Suite] {
        var suites: [String: Suite] = [:]
        var findings: [Finding] = []
        for name in Set(services.flatMap(\.suites)).sorted() {
            let file = "\(configuration.folder.name)/suites/\(name).yaml"
            switch configuration.folder.contents(of: "suites/\(name).yaml") {
            case .missing: findings.append(Finding(file: file, line: 0, column: 0, message: "does not exist"))
            case .unreadable(let reason):
                findings.append(Finding(file: file, line: 0, column: 0, message: "cannot be read: \(reason)"))
            case .bytes(let bytes):
                switch SuiteLoader.load(bytes, file: file, name: name) {
                case .success(let suite): suites[name] = suite
                case .failure(let found): findings += found.findings
                }
            }
        }
        guard findings.isEmpty else { throw ConfigurationAccess.invalid(findings) }
        return suites
    }
}
