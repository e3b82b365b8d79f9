import Configuration
import JSON
import Testing

@testable import Releases

/// A service that somebody else deployed is unchanged when a deploy would make the same again.
@Suite struct RevisionComparisonTests {
    static let digest = "sha256:" + String(repeating: "a", count: 64)
    static let other = "sha256:" + String(repeating: "b", count: 64)
    private let planner = DeployPlanner(digest: fakeDigest)

    /// As Cloud Run shows it, defaults filled in.
    static func revision(_ change: (inout [String: JSONValue]) -> Void = { _ in }) -> JSONValue {
        var container: [String: JSONValue] = [
            "name": "backend-1", "image": .string("r/backend@\(digest)"),
            "ports": [["name": "http1", "containerPort": 8080]],
            "resources": ["limits": ["cpu": "1000m", "memory": "512Mi"], "cpuIdle": true],
            "env": [["name": "A", "value": "1"], ["name": "B", "value": "2"]],
            "startupProbe": [
                "tcpSocket": ["port": 8080], "timeoutSeconds": 240, "periodSeconds": 240,
                "failureThreshold": 1,
            ],
        ]
        change(&container)
        return [
            "name": "projects/p/locations/r/services/backend/revisions/backend-00001-abc",
            "maxInstanceRequestConcurrency": 80, "timeout": "300s", "scaling": ["maxInstanceCount": 100],
            "serviceAccount": "42-compute@developer.gserviceaccount.com",
            "containers": [.object(container)],
        ]
    }

    static func service(_ change: (inout Service) -> Void = { _ in }) -> Service {
        var service = Service(
            name: "backend", image: "r/backend@\(digest)",
            environment: [
                ConfiguredVariable(name: "B", value: .literal("2")),
                ConfiguredVariable(name: "A", value: .literal("1")),
            ], isPublic: true)
        change(&service)
        return service
    }

    @Test func `what a new revision would lose is told, unless the old one is stagectl's own`()
        async throws
    {
        var foreign = Self.revision()
        foreign["ambientNetworking"] = ["mode": "x"]
        let changed = Self.service { $0.image = "r/backend@\(Self.other)" }
        let request = try await request(
            changed, revision: foreign, labels: ["tier": "gold", "goog-x": "1"])
        let found = LostSettings.findings(of: try planner.plan(request), facts: request.facts)
        #expect(found.map(\.state) == [.problem])
        #expect(found.first?.why?.contains("ambientNetworking") == true)
        #expect(found.first?.why?.contains("tier") == false, "labels have a key")

        let own = try await self.request(
            changed, revision: foreign, labels: [ReleaseLabel.fingerprint: "f"])
        #expect(LostSettings.findings(of: try planner.plan(own), facts: own.facts) == [])
        let nothing = try await self.request(changed)
        #expect(LostSettings.findings(of: try planner.plan(nothing), facts: nothing.facts) == [])
    }

    func plan(
        _ service: Service, revision: JSONValue = revision(), labels: [String: String] = [:],
        share: Int = 100,
        isPublic: Bool = true, options: ReleaseOptions = .init()
    ) async throws -> Plan {
        try planner.plan(
            try await request(
                service, revision: revision, labels: labels, share: share, isPublic: isPublic,
                options: options))
    }

    private func request(
        _ service: Service, revision: JSONValue = revision(), labels: [String: String] = [:],
        share: Int = 100,
        isPublic: Bool = true, options: ReleaseOptions = .init()
    ) async throws -> PlanRequest {
        let world = ModelWorld()
        var request = try await world.request(
            run: "run-aaaaaa", services: [service], source: "", options: options)
        let name = "backend-00001-abc"
        let ready = Condition(state: .succeeded)
        request.facts["backend"] = ServiceFacts(
            observation: ServiceObservation(
                identity: ServiceIdentity(project: "p", region: "r", name: "backend"), url: "u",
                generation: 1,
                observedGeneration: 1,
                trafficStatuses: [TrafficShare(revision: name, percent: share)]
                    + (share < 100 ? [TrafficShare(revision: "x", percent: 100 - share)] : []),
                isPublic: isPublic,
                condition: ready),
            revisions: [
                RevisionObservation(
                    name: name, image: "", labels: labels, condition: ready,
                    template: TemplateReading(revision, path: "revision"))
            ])
        return request
    }

    @Test func `the same settings after Cloud Run's defaults are unchanged, and the plan says so`()
        async throws
    {
        let plan = try await plan(Self.service())
        #expect(plan.services.first?.decision == .unchanged && plan.services.first?.isForeign == true)
        #expect(!plan.changes)
        #expect(try DecodedPlan(decoding: plan.serialized()).plan == plan)
    }

    @Test func `written out or left out is the same`() async throws {
        let written = Self.service {
            $0.container = ContainerSettings(
                cpu: "1", memory: "512Mi", concurrency: 80, timeoutSeconds: 300, minInstances: 0,
                maxInstances: 100,
                ingress: "internal",
                startupProbe: Probe(
                    kind: .tcp, timeoutSeconds: 240, periodSeconds: 240, failureThreshold: 1))
        }
        #expect(try await !plan(written).changes)
        #expect(
            try await !plan(Self.service(), isPublic: false).changes, "a private one is a baseline too")
    }

    private typealias Change = @Sendable (inout Service) -> Void
    private static let changes: [(String, Change)] = [
        ("image", { $0.image = "r/backend@\(other)" }), ("port", { $0.container.port = 9000 }),
        ("cpu", { $0.container.cpu = "2" }), ("memory", { $0.container.memory = "1Gi" }),
        ("concurrency", { $0.container.concurrency = 10 }),
        ("timeout", { $0.container.timeoutSeconds = 60 }),
        ("least", { $0.container.minInstances = 1 }), ("most", { $0.container.maxInstances = 4 }),
        ("command", { $0.container.command = ["/x"] }),
        ("arguments", { $0.container.arguments = ["x"] }),
        ("account", { $0.container.serviceAccount = "a@p.iam.gserviceaccount.com" }),
        ("startup", { $0.container.startupProbe = Probe(kind: .tcp) }),
        ("liveness", { $0.container.livenessProbe = Probe(kind: .http(path: "/")) }),
        ("value", { $0.environment[0].value = .literal("3") }),
        ("less", { $0.environment.removeLast() }),
        ("secret", { $0.environment[0].value = .secret(name: "s", version: "1") }),
        ("reference", { $0.environment[0].value = .literal("${services.auth.url}") }),
    ]

    @Test(arguments: changes.map(\.0))
    func `any difference is a deploy`(name: String) async throws {
        let change = try #require(Self.changes.first { $0.0 == name }?.1)
        let plan = try await plan(Self.service(change))
        #expect(plan.services.first?.decision == .deploy && plan.services.first?.isForeign == nil)
    }

    @Test func `what has no key here would be lost, so that it is a deploy`() async throws {
        let launching = Self.revision { $0["sandboxLauncher"] = true }
        #expect(try await plan(Self.service(), revision: launching).changes)
    }

    @Test func `only what serves alone is compared`() async throws {
        #expect(try await plan(Self.service(), share: 90).changes)
    }

    @Test
    func `what stagectl has built itself is unchanged when its image is given, and nobody else's`()
        async throws
    {
        let plan = try await plan(Self.service(), labels: [ReleaseLabel.fingerprint: "f"])
        #expect(!plan.changes && plan.services.first?.isForeign == nil)
    }

    @Test func `an image that is given counts like one that is written`() async throws {
        var options = ReleaseOptions()
        options.image = ImageReference("other/name@\(Self.digest)")
        let built = Self.service { $0.image = "backend" }
        #expect(try await !plan(built, options: options).changes)
        options.setEnvironment = [(name: "A", value: "9")]
        #expect(try await plan(built, options: options).changes)
    }

    @Test func `a release of nothing but that says that nobody has verified it`() async throws {
        let world = ModelWorld()
        let decoded = try DecodedPlan(decoding: try await plan(Self.service()).serialized())
        let release = await ReleaseExecutor(decoded, roles: world.roles).run()
        #expect(release.outcome == .unchanged && release.verdict.result == .incomplete)
    }
}
