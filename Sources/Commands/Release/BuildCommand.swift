import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl build`
struct BuildCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "build", abstract: "Build the image only.")
    static let schema = "stagectl.build/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags

    @Argument(help: "The service.")
    var service: String

    @Option(help: "auto, docker, podman, buildah, cloud-build or process.")
    var builder = "auto"

    @Flag(help: "Build also when this source was built before.")
    var force = false

    func run(in session: Session) async throws -> CommandResult {
        guard let selected = try session.select([service], all: false).first, let settings = selected.source else {
            throw Failure(
                .usage, "`\(service)` has no source to build", hint: "give it `source:` in environments/services.yaml")
        }
        let environment = try session.environment()
        let root = try session.configuration().root
        let runtime = environment.platform.kind == .local ? ProcessEnvironment.nonEmpty("STAGECTL_LOCAL_RUNTIME") : nil
        let name = try await session.builder(for: selected, asked: builder, runtime: runtime)
        let source = try? await session.source(allowDirty: true, imageGiven: true, services: [selected])
        let digest = try await SourceMaterial.digest(of: settings, root: root, repository: source?.repository)
        let repository = [environment.registry, selected.image].compactMap(\.self).joined(separator: "/")
        guard let imageBuilder = try session.builders()[name] else {
            throw Failure(.internalError, "builder `\(name)` is not registered")
        }
        let records = try session.state()
        if !force, let known = try await records.image(builder: name, repository: repository, sourceDigest: digest),
            try await imageBuilder.holds(known.reference)
        {
            return result(known, built: false, report: await session.imageReport(of: known, imageBuilder, service))
        }
        if change.dryRun { return result(nil, built: false, text: "would build \(repository) with \(name)") }
        let console = session.console
        let built = try await imageBuilder.build(
            BuildRequest(
                service: service, source: settings, repository: repository, root: root, sourceDigest: digest,
                pushes: false)
        ) { console.progress("  " + SafeText.output($0)) }
        try await records.record(built, builder: name, repository: repository, sourceDigest: digest)
        return result(built, built: true, report: await session.imageReport(of: built, imageBuilder, service))
    }

    private func result(
        _ image: BuiltImage?, built: Bool, text: String? = nil, report: ImageReport? = nil
    ) -> CommandResult {
        let reference = image?.reference.value
        let remark = report.map { "\nimage \(SafeText.line($0.text))" } ?? ""
        return CommandResult(
            [
                "schema": .string(Self.schema), "service": .string(service),
                "image": reference.map(JSONValue.string) ?? .null,
                "bytes": image?.bytes.map(JSONValue.integer) ?? .null, "built": .bool(built),
                "changes": .bool(image == nil || built),
                "imageReport": report.map(ReleaseJSON.encoded) ?? .null, "error": .null,
            ], text: text ?? (reference ?? "") + (built ? "" : "  (this source was built before)") + remark)
    }
}
