import Configuration
import JSON
import Releases

@testable import GoogleCloud

/// The looks of `doctor` and of the gate `preflight`. None of them throws: an answer is there, is "there is none", or says
/// why nothing is known, which is a failure here.
extension CallSite {
    private static func look<Value: Sendable>(
        _ name: String, _ healthy: JSONValue, bare: Bare = .unreadable,
        _ ask: @escaping @Sendable (GoogleInspection) async throws -> Inspected<Value>
    ) -> CallSite {
        CallSite(
            name: "look: \(name)", strikes: { _ in true }, healthy: { _ in healthy }, bare: bare, understood: [404],
            isInspection: true,
            call: { rest, base in
                let endpoints = InspectionEndpoints(
                    run: base, serviceUsage: base, iam: base, secretManager: base, artifactRegistry: base,
                    resourceManager: base, vpcAccess: base, compute: base + "/compute/v1", sql: base)
                switch try await ask(GoogleInspection(endpoints: endpoints, rest: rest)) {
                case .found, .missing: return
                case .undetermined(let obstacle): throw failure(obstacle)
                }
            })
    }

    private static func failure(_ obstacle: Obstacle) -> Failure {
        switch obstacle {
        case .notAuthenticated, .notPermitted, .apiDisabled: Failure(.permission, obstacle.words, hint: "-")
        case .unreachable: Failure(.unavailable, obstacle.words, hint: "-")
        }
    }

    private struct NoSuchName: Error {}

    static let inspections: [CallSite] = [
        look("permissions", ["permissions": ["a.b.c"]], bare: .empty) {
            await $0.granted(["a.b.c"], on: .service(backend))
        },
        look("policy of a project", ["bindings": [["role": "r", "members": ["user:a"]]]], bare: .empty) {
            await $0.policy(of: .project("p"))
        },
        look("policy of a secret", ["bindings": [["role": "r", "members": ["user:a"]]]], bare: .empty) {
            await $0.policy(of: .secret(project: "p", name: "jwt"))
        },
        look(
            "APIs", ["services": [["name": "projects/42/services/run.googleapis.com", "state": "ENABLED"]]],
            bare: .empty
        ) { await $0.enabled(["run.googleapis.com"], in: "p") },
        look("project", ["name": "projects/42"]) { await $0.projectNumber(of: "p") },
        look("account", ["email": "a@p.iam.gserviceaccount.com"]) {
            await $0.isEnabled(account: "a@p.iam.gserviceaccount.com")
        },
        look("secret", ["state": "ENABLED"]) { await $0.state(ofSecret: "jwt", version: "1", project: "p") },
        look("repository", ["format": "DOCKER"]) {
            guard let repository = ArtifactRepository(in: "us-central1-docker.pkg.dev/p/services/backend") else {
                throw NoSuchName()
            }
            return await $0.format(of: repository)
        },
        look("connector", ["name": "c", "state": "READY"]) {
            await $0.network(.connector(project: "p", region: "us-central1", name: "c"))
        },
        look("network", ["name": "n"]) { await $0.network(.network(project: "p", name: "n")) },
        look("subnetwork", ["name": "s", "network": "https://compute.example/networks/n"]) {
            await $0.network(.subnetwork(project: "p", region: "us-central1", name: "s", network: "n"))
        },
        look("database", ["state": "RUNNABLE", "connectionName": "p:r:i"]) {
            guard let instance = DatabaseInstance("p:r:i") else { throw NoSuchName() }
            return await $0.database(instance)
        },
        look("quota", ["consumerQuotaLimits": [["unit": "1/{project}/{region}", "quotaBuckets": []]]]) {
            await $0.limits(of: "run.googleapis.com/cpu_allocation", in: "p")
        },
    ]
}
