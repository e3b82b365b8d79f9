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

extension Session {
    /// What serves, as something to measure; nil when the service does not exist. With one revision serving
    /// everything, answers of another one count as failures.
    func servingTarget(of placement: Placement, platform: any Platform) async throws -> VerificationTarget? {
        guard let observation = try await platform.observe(placement.identity) else { return nil }
        let serving = observation.servingRevision
        let alone = serving.map { observation.share(of: $0) == 100 } ?? false
        let token = observation.isPublic ? nil : try await platform.identityToken(audience: observation.url)
        if let token { console.hide([token]) }
        let url = placement.publicURL ?? observation.url
        return VerificationTarget(
            service: placement.service, identity: placement.identity, url: url, revision: alone ? serving : nil,
            identityToken: token,
            references: [
                "deploy.revision": serving ?? "", "deploy.revision_url": url, "deploy.service_url": observation.url,
                "deploy.region": placement.region, "run.id": RunName.make(),
            ])
    }
}

extension VerificationTarget {
    /// The same service, but a revision that has an address of its own.
    func asking(_ revision: String, at url: String) -> VerificationTarget {
        var target = self
        target.url = url
        target.revision = revision
        target.references["deploy.revision"] = revision
        target.references["deploy.revision_url"] = url
        return target
    }
}
