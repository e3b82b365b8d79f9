import Configuration
import Testing

@testable import Releases

/// Whatever a revision can be told is a field of its own in every comparison.
@Suite struct TemplateFieldsTests {
    private typealias Change = @Sendable (inout ContainerSettings) -> Void

    /// By the property that changes; what a field is called, what it was and what it is.
    private static let changes: [(property: String, field: String, before: String?, after: String?, change: Change)] = [
        ("port", "port", "8080", "9090", { $0.port = 9090 }),
        ("cpu", "cpu", "1", "500m", { $0.cpu = "0.5" }),
        ("memory", "memory", "512Mi", "2Gi", { $0.memory = "2048Mi" }),
        ("concurrency", "concurrency", "80", "7", { $0.concurrency = 7 }),
        ("timeoutSeconds", "timeout", "300s", "60s", { $0.timeoutSeconds = 60 }),
        ("minInstances", "min_instances", "0", "2", { $0.minInstances = 2 }),
        ("maxInstances", "max_instances", "100", "3", { $0.maxInstances = 3 }),
        ("command", "command", nil, "/app --token (hidden)", { $0.command = ["/app", "--token", "s3cret"] }),
        ("arguments", "args", nil, "(value 1)", { $0.arguments = ["--token=s3cret"] }),
        ("serviceAccount", "service_account", nil, "a@p.iam", { $0.serviceAccount = "a@p.iam" }),
        (
            "startupProbe", "probes.startup", "tcp on port 8080 every 240s, timeout 240s, 1 failures, after 0s",
            "http /up on port 8080 every 10s, timeout 1s, 3 failures, after 0s",
            { $0.startupProbe = Probe(kind: .http(path: "/up")) }
        ),
        (
            "livenessProbe", "probes.liveness", nil,
            "http /up on port 8080 every 10s, timeout 1s, 3 failures, after 0s, headers authorization: (hidden)",
            { $0.livenessProbe = Probe(kind: .http(path: "/up"), headers: ["authorization": "s3cret"]) }
        ),
        (
            "readinessProbe", "probes.readiness", nil,
            "grpc of the server on port 8080 every 10s, timeout 1s, 3 failures, after 0s",
            { $0.readinessProbe = Probe(kind: .grpc(service: nil)) }
        ),
        ("workingDirectory", "working_dir", nil, "/x", { $0.workingDirectory = "/x" }),
        ("usesHTTP2", "http2", "false", "true", { $0.usesHTTP2 = true }),
        ("cpuIdle", "cpu_idle", "true", "false", { $0.cpuIdle = false }),
        ("startupCPUBoost", "startup_cpu_boost", "false", "true", { $0.startupCPUBoost = true }),
        ("gpu", "gpu", nil, "1 × nvidia-l4", { $0.gpu = GPUSettings(type: "nvidia-l4") }),
        ("mounts", "volumes.v.mount", nil, "/m", { $0.mounts = [VolumeMount(volume: "v", path: "/m")] }),
        ("startsAfter", "starts_after", nil, "proxy", { $0.startsAfter = ["proxy"] }),
        ("executionEnvironment", "execution_environment", nil, "gen2", { $0.executionEnvironment = "gen2" }),
        ("sessionAffinity", "session_affinity", "false", "true", { $0.sessionAffinity = true }),
        ("labels", "labels.team", nil, "shop", { $0.labels = ["team": "shop"] }),
        ("encryptionKey", "encryption_key", nil, "k", { $0.encryptionKey = "k" }),
        ("serviceMesh", "service_mesh", nil, "m", { $0.serviceMesh = "m" }),
        (
            "vpc", "vpc", nil, "connector projects/p/locations/r/connectors/c, private-ranges-only",
            { $0.vpc = VPCAccess(way: .connector("c")) }
        ),
        ("cloudSQL", "cloud_sql", nil, "p:r:i", { $0.cloudSQL = ["p:r:i"] }),
        (
            "volumes", "volumes.v", nil, "secret s, mode 0444",
            { $0.volumes = [Volume(name: "v", kind: .secret(SecretVolume(secret: "s")))] }
        ),
        (
            "sidecars", "sidecars.proxy.image", nil, RevisionComparisonTests.digest,
            { $0.sidecars = [Sidecar(name: "proxy", image: "r/proxy@\(RevisionComparisonTests.digest)")] }
        ),
    ]

    /// What is the service's (`ingress`), or means something beside sidecars alone (`name`).
    private static let others: Set = ["ingress", "name"]

    private static let identity = ServiceIdentity(project: "p", region: "r", name: "backend")

    private func reading(_ change: Change = { _ in }, _ environment: [ConfiguredVariable] = []) -> SettingsReading {
        var container = ContainerSettings()
        change(&container)
        return TemplateFields.reading(
            of: container, environment: environment, at: Self.identity, resolve: { $0.contains("$") ? nil : $0 })
    }

    @Test(arguments: changes.map(\.property))
    func `a setting that changes is a field that differs, in the configuration's words`(property: String) throws {
        let (_, field, before, after, change) = try #require(Self.changes.first { $0.property == property })
        let (old, new) = (reading(), reading(change))
        let sides = ServiceDifference.Side.sides([old.value(of: field), new.value(of: field)])
        #expect(sides.map(\.shown) == [before, after])
        #expect(!ServiceDifference.Side.agree([old.value(of: field), new.value(of: field)]))
    }

    @Test func `no setting of a container is left out`() {
        let properties = Mirror(reflecting: ContainerSettings()).children.compactMap(\.label)
        #expect(Set(properties) == Set(Self.changes.map(\.property)).union(Self.others))
    }

    @Test func `values of variables are compared and never shown`() {
        func variable(_ value: String, _ name: String = "LOG_LEVEL") -> ConfiguredVariable {
            ConfiguredVariable(name: name, value: .literal(value))
        }
        let (one, other) = (reading({ _ in }, [variable("s3cret")]), reading({ _ in }, [variable("0ther")]))
        let values = [one, other, one].map { $0.value(of: "env.LOG_LEVEL") }
        #expect(!ServiceDifference.Side.agree(values))
        #expect(ServiceDifference.Side.sides(values).map(\.shown) == ["(value 1)", "(value 2)", "(value 1)"])
        let reference = reading({ _ in }, [ConfiguredVariable(name: "KEY", value: .secret(name: "k", version: "3"))])
        #expect(ServiceDifference.Side.sides([reference.value(of: "env.KEY")]) == [.value("secret k, version 3")])
        // What only the platform could fill in is no difference.
        let open = reading({ _ in }, [variable("${services.auth.url}")])
        #expect(ServiceDifference.Side.agree([open.value(of: "env.LOG_LEVEL"), one.value(of: "env.LOG_LEVEL")]))
        #expect(ServiceDifference.Side.sides([open.value(of: "env.LOG_LEVEL")]) == [.unknown])
    }

    @Test func `a sidecar's variables and settings are fields below its name`() {
        let before = reading { $0.sidecars = [Sidecar(name: "proxy", image: "p@sha256:1")] }
        let after = reading {
            $0.sidecars = [
                Sidecar(
                    name: "proxy", image: "p@sha256:1", arguments: ["x"],
                    environment: [ConfiguredVariable(name: "A", value: .literal("1"))], cpu: "2")
            ]
        }
        let changed = Set(before.values.keys).union(after.values.keys).filter {
            !ServiceDifference.Side.agree([before.value(of: $0), after.value(of: $0)])
        }
        #expect(changed == ["sidecars.proxy.args", "sidecars.proxy.env.A", "sidecars.proxy.cpu"])
    }
}
