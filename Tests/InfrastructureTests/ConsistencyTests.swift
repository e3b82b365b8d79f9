import Configuration
import JSON
import Testing

@testable import Infrastructure

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct ConsistencyTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The three of the sample, as `environments/staging.yaml` has them.
    private func environment(_ change: (inout Environment) -> Void = { _ in }) -> Environment {
        var environment = Environment(
            name: "staging", platform: PlatformSettings(kind: .google), project: "example-staging",
            regions: ["us-central1"],
            services: ["auth", "backend", "frontend"].map {
                Service(
                    name: $0,
                    environment: [.init(name: "JWT_SECRET", value: .secret(name: "jwt-secret", version: "latest"))])
            })
        change(&environment)
        return environment
    }

    /// A copy of `terraform/` in which texts are replaced.
    private func findings(
        _ environment: Environment? = nil, outputs: [String] = [], variables: [String: JSONValue] = [:],
        replacing changes: [(file: String, old: String, new: String)] = []
    ) throws -> [ConsistencyChecks.Finding] {
        let folder = FileManager.default.temporaryDirectory.path + "/stagectl-consistency-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Self.repository.appending(path: "terraform").path, toPath: folder + "/terraform")
        for change in changes {
            let path = "\(folder)/terraform/\(change.file)"
            let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
            try #require(text.contains(change.old), "\(change.file) has no \(change.old)")
            try Data(text.replacing(change.old, with: change.new).utf8).write(to: URL(filePath: path))
        }
        return ConsistencyChecks.findings(
            in: environment ?? self.environment(),
            settings: InfrastructureSettings(root: "terraform/staging", variables: variables),
            folder: folder + "/terraform/staging", project: folder, outputsNamed: outputs)
    }

    @Test func `this repository's own roots agree with its environments`() throws {
        #expect(try findings().map(\.message) == [])
    }

    @Test func `what the checks rest on is really seen in this repository's roots`() {
        let declared = DeclaredConfiguration(
            folder: Self.repository.appending(path: "terraform/staging").path, label: "terraform/staging", given: [:])
        #expect(declared.mistakes == [] && !declared.isIncomplete)
        let map = declared.resources.first {
            $0.type == "google_compute_url_map" && !$0.body.blocks("host_rule").isEmpty
        }
        #expect(map?.body.blocks("host_rule").count == 3)
        let groups = declared.resources.filter { $0.type == "google_compute_region_network_endpoint_group" }
        #expect(
            groups.compactMap { $0.body.blocks("cloud_run").first?["service"].text }.sorted() == [
                "auth", "backend", "frontend",
            ])
        #expect(
            declared.resources.contains { $0.address == #"module.service["backend"].google_cloud_run_v2_service.this"# }
        )
        #expect(declared.outputs["service_names"]?.json == ["auth", "backend", "frontend"])
    }

    @Test func `a host without a certificate is found`() throws {
        let found = try findings(replacing: [
            (
                "modules/load-balancer/certificates.tf", "domains            = [each.key]",
                "domains            = [\"other.example.com\"]"
            )
        ])
        #expect(
            found.contains { $0.message.contains("`api.staging.example.com`") && $0.message.contains("certificate") })
        #expect(found.allSatisfy { $0.place.hasPrefix("terraform/modules/load-balancer/url-map.tf:") })
    }

    @Test func `a wildcard covers one level`() throws {
        let wildcard = try findings(replacing: [
            (
                "modules/load-balancer/certificates.tf", "domains            = [each.key]",
                "domains            = [\"*.staging.example.com\"]"
            )
        ])
        #expect(wildcard.isEmpty)
    }

    @Test func `a service of the URL map that is not in environments is found, with the nearest name`() throws {
        let found = try findings(environment { $0.services[1].name = "backends" })
        #expect(
            found.contains {
                $0.message.contains("service `backend` is not in") && $0.hint == "did you mean `backends`?"
            })
    }

    @Test func `a WebSocket that may last longer than Cloud Run lets it is found`() throws {
        let found = try findings(environment { $0.services[1].container.timeoutSeconds = 60 })
        #expect(
            found.contains { $0.message.contains("/ws") && $0.message.contains("300 s") && $0.message.contains("60 s") }
        )
        #expect(try findings(environment { $0.services[1].container.timeoutSeconds = 900 }).isEmpty)
    }

    @Test func `a secret that nobody declares is found`() throws {
        let found = try findings(
            environment {
                $0.services[0].environment = [.init(name: "X", value: .secret(name: "jwt-secrets", version: "1"))]
            })
        #expect(
            found.contains { $0.message.contains("secret `jwt-secrets`") && $0.hint == "did you mean `jwt-secret`?" })
    }

    @Test func `another region is found`() throws {
        let found = try findings(environment { $0.regions = ["europe-west1"] })
        #expect(found.contains { $0.message.contains("`us-central1` here") && $0.message.contains("europe-west1") })
    }

    @Test func `a public URL that no URL map has is found`() throws {
        let found = try findings(environment { $0.services[1].publicURL = "https://apis.staging.example.com/" })
        #expect(
            found.contains { $0.message.contains("public_url") && $0.hint == "did you mean `api.staging.example.com`?" }
        )
        #expect(try findings(environment { $0.services[1].publicURL = "https://api.staging.example.com" }).isEmpty)
    }

    @Test func `outputs and variables that the root does not declare are found`() throws {
        let found = try findings(outputs: ["regstry", "registry"], variables: ["projct": "x"])
        #expect(found.count == 2)
        #expect(found.contains { $0.message.contains("`${infra.regstry}`") && $0.hint == "did you mean `registry`?" })
        #expect(
            found.contains { $0.message.contains("infra.variables.projct") && $0.hint == "did you mean `project`?" })
    }

    @Test func `a name over its limit, and one of another form, are found`() throws {
        let long = try findings(replacing: [
            (
                "staging/main.tf", "name               = \"staging-cache\"",
                "name               = \"\(String(repeating: "c", count: 41))\""
            )
        ])
        #expect(
            long.contains {
                $0.message.contains("41 characters") && $0.place.hasPrefix("terraform/modules/cache/main.tf:")
            })
        let upper = try findings(replacing: [
            ("staging/main.tf", "name               = \"staging-cache\"", "name               = \"Staging_Cache\"")
        ])
        #expect(upper.contains { $0.message.contains("`Staging_Cache` is no `name`") })
    }

    @Test func `a port that differs is found where Terraform owns the template`() throws {
        let change = [(file: "modules/service/main.tf", old: "ignore_changes", new: "replace_triggered_by")]
        let ports = try findings(replacing: change)
        #expect(ports.isEmpty, "the module gives no port: \(ports)")
    }

    @Test func `a file that is not HCL is told with its place, and nothing else is`() throws {
        let found = try findings(
            environment { $0.regions = ["europe-west1"] },
            replacing: [("staging/main.tf", "locals {", "locals = {{")])
        #expect(found.count == 1 && found[0].place.hasPrefix("terraform/staging/main.tf:"))
    }

    @Test func `what cannot be told is left alone`() throws {
        let found = try findings(
            environment { $0.services[0].environment = [.init(name: "X", value: .secret(name: "else", version: "1"))] },
            replacing: [
                (
                    "staging/main.tf", "secrets = toset([\"jwt-secret\"])",
                    "secrets = toset(split(\",\", file(\"secrets\")))"
                )
            ])
        #expect(found.isEmpty, "\(found)")
    }
}
