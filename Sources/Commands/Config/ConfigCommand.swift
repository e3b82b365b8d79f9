import ArgumentParser
import Configuration
import JSON
import Reporting
import Verification

/// `stagectl config …`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "The configuration in environments/.",
        subcommands: [
            ConfigValidateCommand.self, ConfigShowCommand.self, ConfigSchemaCommand.self, ConfigImportCommand.self,
        ])
}

/// `stagectl config validate`
struct ConfigValidateCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check every environment (or the one of --env), its Terraform root and every suite.",
        discussion: "All findings at once, each with its place.")
    static let schema = "stagectl.config/v1"

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) async throws -> CommandResult {
        let folder = try ConfigurationAccess.place(global.config)
        let isOneMeant = global.environment != nil || ProcessEnvironment.nonEmpty("STAGECTL_ENV") != nil
        let names = isOneMeant || folder.environments.isEmpty ? [session.environmentName] : folder.environments
        let loaded = try ConfigurationAccess.loadAll(names, in: folder)
        for configuration in loaded {
            if let failure = InfrastructureConsistency.failure(of: configuration) { throw failure }
        }
        let services = Set(loaded.flatMap { $0.environment.services.map(\.name) }).sorted()
        return CommandResult(
            [
                "schema": .string(Self.schema), "valid": true, "environment": .string(session.environmentName),
                "environments": .array(names.map(JSONValue.string)),
                "services": .array(services.map(JSONValue.string)),
                "suites": .array(folder.suites.map(JSONValue.string)), "error": .null,
            ],
            text: "\(names.joined(separator: ", ")): \(Counted.text(services.count, "service")), "
                + "\(Counted.text(folder.suites.count, "suite")), "
                + "no findings")
    }
}

/// `stagectl config show`
struct ConfigShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The resolved configuration; secrets only by reference.")
    static let schema = "stagectl.config/v1"

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Say where each value comes from.")
    var origin = false

    func run(in session: Session) async throws -> CommandResult {
        let configuration = try session.configuration()
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(configuration.environment.name),
                "configuration": ConfigurationText.json(configuration, origin: origin), "error": .null,
            ], text: ConfigurationText.describe(configuration, origin: origin))
    }
}

/// `stagectl config schema`
struct ConfigSchemaCommand: SessionCommand {
    enum File: String, ExpressibleByArgument, CaseIterable {
        case services, environment, suite, fragment, report
    }

    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "JSON Schema of the files, for editors, and of reports.")
    static let schema = "stagectl.config/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "services, environment, suite, fragment or report.")
    var file: File = .services

    func run(in session: Session) async throws -> CommandResult {
        let schema =
            switch file {
            case .services: jsonSchema(for: .services)
            case .environment: jsonSchema(for: .environment)
            case .suite: SuiteSchema.document(for: .suite)
            case .fragment: SuiteSchema.document(for: .fragment)
            case .report: ReportSchema.document
            }
        return CommandResult(schema, text: schema.serialized(pretty: true))
    }
}
