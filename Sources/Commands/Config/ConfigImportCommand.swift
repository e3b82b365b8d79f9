import ArgumentParser
import Configuration
import GoogleCloud
import JSON
import Releases
import Reporting

/// `stagectl config import`
struct ConfigImportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "The YAML of a service that runs already.",
        discussion: """
            Prints what belongs into environments/services.yaml, or adds it there with --write. What the configuration \
            has no key for is a comment in it. A deploy of what was imported is `unchanged`.
            """)
    static let schema = "stagectl.config/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions

    @Option(name: .customLong("from-service"), help: "A service of the environment's project and region.")
    var service: String?

    @Option(name: .customLong("from-file"), help: "A file instead (or -): v2 JSON, or YAML as gcloud exports it.")
    var file: String?

    @Flag(help: "Add it to environments/services.yaml; no other line is touched.")
    var write = false

    func validate() throws {
        guard (service == nil) != (file == nil) else {
            throw ValidationError("import takes one of --from-service NAME and --from-file FILE")
        }
        if let service, !StringRule.serviceName.allows(service) {
            throw ValidationError("--from-service `\(service)`: expected \(StringRule.serviceName.expectation)")
        }
    }

    func run(in session: Session) async throws -> CommandResult {
        let imported =
            if let file { try ImportSource.read(file) } else { try await live(service ?? "", session) }
        let lines = ["services:"] + imported.lines(indent: 2)
        let notes = imported.notes.map { ["\($0.path): \($0.message)", $0.value].compactMap(\.self).first ?? "" }
        for note in notes { session.console.progress("  ! " + SafeText.line(note)) }
        var written: String?
        if write { written = try add(imported, in: session) }
        let yaml = lines.joined(separator: "\n")
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(session.environmentName),
                "service": .string(imported.name), "yaml": .string(yaml + "\n"),
                "written": written.map(JSONValue.string) ?? .null,
                "findings": .array(
                    imported.notes.map {
                        [
                            "kind": .string($0.kind.rawValue), "path": .string($0.path),
                            "value": $0.value.map(JSONValue.string) ?? .null, "message": .string($0.message),
                        ]
                    }), "error": .null,
            ], text: written.map { "`\(imported.name)` was added to \($0)" } ?? yaml)
    }

    private func live(_ name: String, _ session: Session) async throws -> ServiceImport {
        let environment = try session.configuration(needsServices: false).environment
        guard let client = try await session.platformAccess().platform as? CloudRunClient else {
            throw Failure(.internalError, "this platform has no documents to import")
        }
        let places = try session.regions(regions, of: environment).map {
            ServiceIdentity(project: environment.project, region: $0, name: name)
        }
        // One entry in the file stands for all regions: the first that has the service tells.
        var found: ServiceDocuments?
        for place in places where found == nil { found = try await client.documents(of: place) }
        guard let documents = found else {
            let looked = places.map { "`\($0.region)`" }.joined(separator: " and ")
            throw Failure(
                .usage, "no service `\(name)` runs in \(looked) of project `\(environment.project)`",
                hint: environment.platform.kind == .local
                    ? "stagectl local status"
                    : ShellWord.line([
                        "gcloud", "run", "services", "list", "--project", environment.project, "--region",
                        places.first?.region ?? "",
                    ]))
        }
        return ServiceImport(
            name: name, service: documents.service, revision: documents.revision, isPublic: documents.isPublic)
    }

    /// Where it was added; nil for a dry run, which refuses what the real one would.
    private func add(_ imported: ServiceImport, in session: Session) throws -> String? {
        let folder = try ConfigurationAccess.place(global.config)
        let text: String?
        switch folder.contents(of: "services.yaml") {
        case .missing: text = nil
        case .bytes(let bytes): text = String(decoding: bytes, as: UTF8.self)
        case .unreadable(let reason):
            throw Failure(
                .configuration, "`\(folder.path)/services.yaml` cannot be read", details: [.init("why", reason)])
        }
        let place = "\(folder.path)/services.yaml"
        let result: String
        do {
            result = try ServicesFile(text).adding(imported)
        } catch {
            throw ImportSource.lift(error, place: place, name: imported.name)
        }
        guard !change.dryRun else { return nil }
        try Folders.write(result, to: place)
        return place
    }
}
