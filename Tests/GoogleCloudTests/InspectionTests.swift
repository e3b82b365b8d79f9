import Configuration
import Discovery
import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// What a look asks and what its answers mean.
@Suite struct InspectionTests {
    private static let repository = ArtifactRepository(in: "us-central1-docker.pkg.dev/p/services/backend")

    private func inspection(_ cloud: ScriptedCloud) -> GoogleInspection {
        let base = "https://cloud.example"
        return GoogleInspection(
            endpoints: InspectionEndpoints(
                run: base, serviceUsage: base, iam: base, secretManager: base, artifactRegistry: base,
                resourceManager: base + "/", vpcAccess: base, compute: base + "/compute/v1/", sql: base),
            rest: RESTClient(
                tokens: FixedToken(value: "secret"),
                retry: RetryPolicy(attempts: 2, firstDelay: .milliseconds(1), longestDelay: .milliseconds(2)),
                limits: CallLimits()
            ) { request throws(TransportError) in try cloud.send(request) })
    }

    @Test func `looks repeat within what the whole process may repeat`() {
        let base = "https://cloud.example"
        let inspection = GoogleInspection(
            endpoints: InspectionEndpoints(
                run: base, serviceUsage: base, iam: base, secretManager: base, artifactRegistry: base,
                resourceManager: base), tokens: FixedToken(value: nil), http: HTTPClient())
        #expect(inspection.rest.limits.budget === CallLimits.process.budget)
    }

    private func asked(_ look: (GoogleInspection) async -> Void) async -> ScriptedCloud {
        let cloud = ScriptedCloud([.json(200, [:])])
        await look(inspection(cloud))
        return cloud
    }

    /// `below` is the document's own service path, which its methods leave out.
    private func expect(_ cloud: ScriptedCloud, _ line: String, in document: String, below: String = "") {
        #expect(cloud.asked == [line])
        guard let description = DiscoveryDocument.named(document) else {
            print("not compared with \(document): set STAGECTL_DISCOVERY_DOCUMENTS to its folder")
            return
        }
        let words = line.split(separator: " ").map(String.init)
        let target = String(words[1].dropFirst(below.count))
        #expect(description.problems(method: words[0], target: target, body: cloud.body(0)) == [])
    }

    @Test func `permissions are asked of the resource itself`() async throws {
        let repository = try #require(Self.repository)
        let cases: [(GoogleResource, String, String)] = [
            (.project("p"), "POST /v3/projects/p:testIamPermissions", "cloudresourcemanager.v3.json"),
            (.service(backend), "POST \(backendPath):testIamPermissions", "run.v2.json"),
            (
                .serviceAccount(email: "run@q.iam.gserviceaccount.com", project: "p"),
                "POST /v1/projects/q/serviceAccounts/run@q.iam.gserviceaccount.com:testIamPermissions", "iam.v1.json"
            ),
            (
                .repository(repository),
                "POST /v1/projects/p/locations/us-central1/repositories/services:testIamPermissions",
                "artifactregistry.v1.json"
            ),
            (
                .secret(project: "p", name: "jwt"), "POST /v1/projects/p/secrets/jwt:testIamPermissions",
                "secretmanager.v1.json"
            ),
        ]
        for (resource, line, document) in cases {
            let cloud = await asked { _ = await $0.granted(["a.b.c"], on: resource) }
            expect(cloud, line, in: document)
            #expect(cloud.body(0) == ["permissions": ["a.b.c"]])
        }
    }

    @Test func `policies are asked with conditions`() async throws {
        let cases: [(GoogleResource, String, String)] = [
            (.project("p"), "POST /v3/projects/p:getIamPolicy", "cloudresourcemanager.v3.json"),
            (
                .secret(project: "p", name: "jwt"),
                "GET /v1/projects/p/secrets/jwt:getIamPolicy?options.requestedPolicyVersion=3", "secretmanager.v1.json"
            ),
        ]
        for (resource, line, document) in cases {
            expect(await asked { _ = await $0.policy(of: resource) }, line, in: document)
        }
    }

    @Test func `everything else is one plain look`() async throws {
        let repository = try #require(Self.repository)
        expect(
            await asked { _ = await $0.enabled(["run.googleapis.com", "logging.googleapis.com"], in: "p") },
            "GET /v1/projects/p/services:batchGet?names=projects/p/services/run.googleapis.com"
                + "&names=projects/p/services/logging.googleapis.com", in: "serviceusage.v1.json")
        expect(
            await asked { _ = await $0.projectNumber(of: "p") }, "GET /v3/projects/p",
            in: "cloudresourcemanager.v3.json")
        expect(
            await asked { _ = await $0.isEnabled(account: "1-compute@developer.gserviceaccount.com") },
            "GET /v1/projects/-/serviceAccounts/1-compute@developer.gserviceaccount.com", in: "iam.v1.json")
        expect(
            await asked { _ = await $0.state(ofSecret: "jwt", version: "latest", project: "p") },
            "GET /v1/projects/p/secrets/jwt/versions/latest", in: "secretmanager.v1.json")
        expect(
            await asked { _ = await $0.format(of: repository) },
            "GET /v1/projects/p/locations/us-central1/repositories/services", in: "artifactregistry.v1.json")
    }

    @Test func `networks, databases and quotas are one plain look each`() async throws {
        func network(_ use: NetworkUse) async -> ScriptedCloud { await asked { _ = await $0.network(use) } }
        expect(
            await network(.connector(project: "p", region: "us-central1", name: "c")),
            "GET /v1/projects/p/locations/us-central1/connectors/c", in: "vpcaccess.v1.json")
        expect(
            await network(.network(project: "p", name: "n")), "GET /compute/v1/projects/p/global/networks/n",
            in: "compute.v1.json", below: "/compute/v1")
        expect(
            await network(.subnetwork(project: "p", region: "us-central1", name: "s", network: nil)),
            "GET /compute/v1/projects/p/regions/us-central1/subnetworks/s", in: "compute.v1.json",
            below: "/compute/v1")
        let instance = try #require(DatabaseInstance("example.com:p:us-central1:i"))
        expect(
            await asked { _ = await $0.database(instance) }, "GET /v1/projects/example.com%3Ap/instances/i",
            in: "sqladmin.v1.json")
        expect(
            await asked { _ = await $0.limits(of: "run.googleapis.com/cpu_allocation", in: "p") },
            "GET /v1beta1/projects/p/services/run.googleapis.com/consumerQuotaMetrics/"
                + "run.googleapis.com%2Fcpu_allocation?view=FULL", in: "serviceusage.v1beta1.json")
    }

    @Test func `answers mean what they say`() async {
        func granted(_ answer: ScriptedCloud.Answer) async -> Inspected<Set<String>> {
            await inspection(ScriptedCloud([answer, answer])).granted(["a", "b"], on: .project("p"))
        }
        #expect(await granted(.json(200, ["permissions": ["a"]])) == .found(["a"]))
        #expect(await granted(.json(200, [:])) == .found([]), "none at all is an empty object")
        #expect(await granted(.json(404, statusError(404, "NOT_FOUND", "no"))) == .missing)
        #expect(
            await granted(.json(403, statusError(403, "PERMISSION_DENIED", "no")))
                == .undetermined(.notPermitted("no")))
        #expect(
            await granted(.json(401, statusError(401, "UNAUTHENTICATED", "who")))
                == .undetermined(.notAuthenticated("who")))
        let disabled = statusError(
            403, "PERMISSION_DENIED", "off",
            details: [["reason": "SERVICE_DISABLED", "metadata": ["service": "iam.googleapis.com"]]])
        #expect(await granted(.json(403, disabled)) == .undetermined(.apiDisabled("iam.googleapis.com")))
        #expect(await granted(.text(200, "[]")) == .undetermined(.unreachable("the answer cannot be understood")))
        if case .undetermined(.unreachable) = await granted(.lost(.couldNotConnect(reason: "refused"))) {
        } else {
            Issue.record("a lost answer is no answer")
        }
    }

    @Test func `states, formats and policies are read`() async throws {
        let repository = try #require(Self.repository)
        func look<Value: Sendable>(
            _ answer: JSONValue, _ ask: (GoogleInspection) async -> Inspected<Value>
        ) async -> Value? {
            await ask(inspection(ScriptedCloud([.json(200, answer)]))).value
        }
        #expect(await look(["name": "projects/42"]) { await $0.projectNumber(of: "p") } == "42")
        let account = "a@p.iam.gserviceaccount.com"
        #expect(
            await look(["email": .string(account), "disabled": true]) { await $0.isEnabled(account: account) } == false)
        #expect(await look(["email": .string(account)]) { await $0.isEnabled(account: account) } == true)
        #expect(
            await look(["state": "ENABLED"]) { await $0.state(ofSecret: "s", version: "1", project: "p") } == "ENABLED")
        #expect(await look(["format": "DOCKER"]) { await $0.format(of: repository) } == "DOCKER")
        let services: JSONValue = [
            "services": [
                ["name": "projects/42/services/run.googleapis.com", "state": "ENABLED"],
                ["name": "projects/42/services/logging.googleapis.com", "state": "DISABLED"],
            ]
        ]
        #expect(
            await look(services) { await $0.enabled(["run.googleapis.com"], in: "p") } == ["run.googleapis.com"])
        #expect(
            await look(["name": "x", "state": "READY"]) {
                await $0.network(.connector(project: "p", region: "r", name: "c"))
            } == NetworkFacts(state: "READY"))
        #expect(
            await look(["name": "s", "network": "https://www.googleapis.com/compute/v1/projects/p/global/networks/n"]) {
                await $0.network(.subnetwork(project: "p", region: "r", name: "s", network: "n"))
            } == NetworkFacts(network: "n"))
        let instance = try #require(DatabaseInstance("p:r:i"))
        let database: JSONValue = [
            "state": "RUNNABLE", "connectionName": "p:r:i", "settings": ["activationPolicy": "NEVER"],
        ]
        #expect(
            await look(database) { await $0.database(instance) }
                == DatabaseUse.Facts(state: "RUNNABLE", connectionName: "p:r:i", isStopped: true))
        let quota: JSONValue = [
            "consumerQuotaLimits": [
                ["unit": "1/{project}", "quotaBuckets": [["effectiveLimit": "7"]]],
                [
                    "unit": "1/min/{project}/{region}",
                    "quotaBuckets": [
                        ["effectiveLimit": "20000"],
                        ["effectiveLimit": "-1", "dimensions": ["region": "us-central1"]],
                        ["effectiveLimit": "5", "dimensions": ["zone": "z"]], ["dimensions": ["region": "x"]],
                    ],
                ],
            ]
        ]
        #expect(
            await look(quota) { await $0.limits(of: "m", in: "p") } == [
                QuotaLimit(region: nil, value: 20_000), QuotaLimit(region: "us-central1", value: -1),
            ])
        let policy: JSONValue = [
            "bindings": [
                ["role": "r", "members": ["user:a"]],
                ["role": "c", "members": ["user:b"], "condition": ["title": "t"]],
            ]
        ]
        #expect(
            await look(policy) { await $0.policy(of: .project("p")) } == [
                PolicyBinding(role: "r", members: ["user:a"]),
                PolicyBinding(role: "c", members: ["user:b"], isConditional: true),
            ])
    }
}
