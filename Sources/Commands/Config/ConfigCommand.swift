import ArgumentParser
import Configuration
import JSON
import Reporting

/// `stagectl config …`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "The configuration in environments/.",
        subcommands: [ConfigValidateCommand.self, ConfigShowCommand.self, ConfigSchemaCommand.self])
}

/// `stagectl config validate`
struct ConfigValidateCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check every file, suites included; all findings at once.")
    static let schema = "stagectl.config/v1"

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) async throws -> CommandResult {
        let configuration = try session.configuration()
        let suites = try SuiteAccess.load(for: configuration.environment.services, configuration: configuration)
        let services = configuration.environment.services.map(\.name)
        return CommandResult(
            [
                "schema": .string(Self.schema), "valid": true, "environment": .string(configuration.environment.name),
                "services": .array(services.map(JSONValue.string)),
                "suites": .array(suites.keys.sorted().map(JSONValue.string)), "error": .null,
            ],
            text: "\(configuration.environment.name): \(services.count) services, \(suites.count) suites, no findings")
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
        case services, environment
    }

    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "JSON Schema of the files, for editors.")
    static let schema = "stagectl.config/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "services or environment.")
    var file: File = .services

    func run(in session: Session) async throws -> CommandResult {
        let schema = jsonSchema(for: file == .services ? .services : .environment)
        return CommandResult(schema, text: schema.serialized(pretty: true))
    }
}
