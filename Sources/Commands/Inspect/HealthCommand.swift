import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl health`
struct HealthCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Health validation of what serves now; for pipelines.")
    static let schema = "stagectl.health/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services; all when none is named.")
    var services: [String] = []

    func run(in session: Session) async throws -> CommandResult {
        let selected = try session.place(services, all: services.isEmpty, in: regions)
        let platform = try await session.platformAccess().platform
        let verifier = try session.verifier(on: platform)
        let console = session.console
        var documents: [JSONValue] = []
        var lines: [String] = []
        var failure: Failure?
        for placement in selected {
            let key = placement.key
            guard let target = try await session.servingTarget(of: placement, platform: platform) else {
                throw Failure(.conflict, "`\(key)` is not deployed", hint: "stagectl deploy \(key.arguments)")
            }
            let result = try await verifier.health(of: target) { console.detail("  \(key)  \($0)") }
            documents.append([
                "service": .string(key.service), "region": .string(placement.region), "healthy": .bool(result.healthy),
                "revision": target.revision.map(JSONValue.string) ?? .null, "url": .string(target.url),
                "identity": result.identity.map(JSONValue.string) ?? .null,
                "samples": .array(result.samples.map(sample)),
            ])
            let last = result.samples.last
            lines.append(
                "\(key)  \(result.healthy ? "healthy" : "NOT healthy")  \(Counted.text(result.samples.count, "sample")), last "
                    + "\(last?.status.map(String.init) ?? "no answer") in \(Seconds.milliseconds(last?.milliseconds ?? 0))"
                    + (last?.problem.map { ": " + SafeText.line($0) } ?? "")
                    + (result.identity.map { ", " + SafeText.line($0) } ?? ""))
            if !result.healthy, failure == nil {
                failure = Failure(
                    .checks, "`\(key)` is not healthy",
                    details: [.init("last sample", last?.problem ?? "none")], hint: "stagectl logs \(key.arguments)")
            }
        }
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(session.environmentName),
                "healthy": .bool(failure == nil), "services": .array(documents),
                "error": failure.map(ReleaseJSON.failure) ?? .null,
            ], text: lines.joined(separator: "\n"), status: failure == nil ? .done : .checks, failure: failure)
    }

    private func sample(_ sample: HealthSample) -> JSONValue {
        [
            "status": sample.status.map { .integer(Int64($0)) } ?? .null, "milliseconds": .number(sample.milliseconds),
            "revision": sample.revision.map(JSONValue.string) ?? .null,
            "witness": sample.witness.map { .string($0.rawValue) } ?? .null,
            "problem": sample.problem.map(JSONValue.string) ?? .null,
        ]
    }
}
