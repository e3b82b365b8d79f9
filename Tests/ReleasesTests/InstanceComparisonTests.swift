import Configuration
import JSON
import Testing

@testable import Releases

/// Network, volumes and sidecars of a service that somebody else deployed.
@Suite struct InstanceComparisonTests {
    private func plan(_ service: Service, revision: JSONValue) async throws -> Plan {
        try await RevisionComparisonTests().plan(service, revision: revision)
    }

    /// As Cloud Run shows it, with everything that instances can have.
    private static var fullRevision: JSONValue {
        var revision = RevisionComparisonTests.revision { container in
            container["resources"] = [
                "limits": ["cpu": "1000m", "memory": "512Mi"], "cpuIdle": true, "startupCpuBoost": true,
            ]
            container["volumeMounts"] = [
                ["name": "sockets", "mountPath": "/cloudsql"], ["name": "config", "mountPath": "/etc/app"],
                ["name": "scratch", "mountPath": "/s"],
            ]
            container["dependsOn"] = ["proxy"]
            container["readinessProbe"] = [
                "httpGet": ["path": "/r", "port": 8080], "timeoutSeconds": 1, "periodSeconds": 10,
                "failureThreshold": 3,
            ]
        }
        let proxy: JSONValue = [
            "name": "proxy", "image": .string("r/proxy:1@\(RevisionComparisonTests.other)"),
            "resources": ["limits": ["cpu": "1000m", "memory": "512Mi"], "cpuIdle": true],
            "env": [["name": "Z", "value": "1"], ["name": "A", "value": "2"]],
            "startupProbe": [
                "grpc": ["port": 9000], "timeoutSeconds": 1, "periodSeconds": 10, "failureThreshold": 3,
            ],
        ]
        revision["containers"] = .array([proxy] + (revision["containers"]?.array ?? []))
        revision["labels"] = ["team": "shop", "goog-managed": "1", "stagectl-run": "r"]
        revision["executionEnvironment"] = "EXECUTION_ENVIRONMENT_GEN2"
        revision["sessionAffinity"] = true
        revision["vpcAccess"] = [
            "connector": "projects/p/locations/r/connectors/c", "egress": "PRIVATE_RANGES_ONLY",
        ]
        revision["volumes"] = [
            ["name": "scratch", "emptyDir": ["medium": "MEMORY", "sizeLimit": "1Gi"]],
            ["name": "sockets", "cloudSqlInstance": ["instances": ["p:r:j", "p:r:i"]]],
            ["name": "config", "secret": ["secret": "s", "defaultMode": 292]],
        ]
        return revision
    }

    private static func fullService(_ change: (inout ContainerSettings) -> Void = { _ in }) -> Service {
        RevisionComparisonTests.service { service in
            service.container.name = "backend-1"
            service.container.startupCPUBoost = true
            service.container.startsAfter = ["proxy"]
            service.container.readinessProbe = Probe(kind: .http(path: "/r"))
            service.container.labels = ["team": "shop"]
            service.container.executionEnvironment = "gen2"
            service.container.sessionAffinity = true
            service.container.vpc = VPCAccess(way: .connector("c"))
            service.container.cloudSQL = ["p:r:i", "p:r:j"]
            service.container.volumes = [
                Volume(name: "config", kind: .secret(SecretVolume(secret: "s"))),
                Volume(name: "scratch", kind: .emptyDirectory(EmptyDirectory(sizeLimit: "1024Mi"))),
            ]
            service.container.mounts = [
                VolumeMount(volume: "config", path: "/etc/app"), VolumeMount(volume: "scratch", path: "/s"),
            ]
            service.container.sidecars = [
                Sidecar(
                    name: "proxy", image: "mirror/proxy@\(RevisionComparisonTests.other)",
                    environment: [
                        ConfiguredVariable(name: "A", value: .literal("2"), isSensitive: true),
                        ConfiguredVariable(name: "Z", value: .literal("1")),
                    ], startupProbe: Probe(kind: .grpc(service: nil), port: 9000))
            ]
            change(&service.container)
        }
    }

    @Test func `instances with all that they can have are unchanged after Cloud Run's defaults`()
        async throws
    {
        #expect(try await !plan(Self.fullService(), revision: Self.fullRevision).changes)
    }

    private typealias InstanceChange = @Sendable (inout ContainerSettings) -> Void
    private static let instanceChanges: [(String, InstanceChange)] = [
        ("own name", { $0.name = "other" }), ("boost", { $0.startupCPUBoost = nil }),
        ("idle", { $0.cpuIdle = false }),
        ("order", { $0.startsAfter = nil }), ("readiness", { $0.readinessProbe = nil }),
        ("readiness path", { $0.readinessProbe = Probe(kind: .http(path: "/x")) }),
        ("labels", { $0.labels = nil }),
        ("sandbox", { $0.executionEnvironment = nil }), ("affinity", { $0.sessionAffinity = false }),
        ("protocol", { $0.usesHTTP2 = true }), ("folder", { $0.workingDirectory = "/x" }),
        ("key", { $0.encryptionKey = "projects/p/locations/l/keyRings/r/cryptoKeys/k" }),
        ("mesh", { $0.serviceMesh = "m" }),
        ("gpu", { $0.gpu = GPUSettings(type: "nvidia-l4") }),
        ("connector", { $0.vpc?.way = .connector("d") }),
        ("connector elsewhere", { $0.vpc?.way = .connector("projects/q/locations/r/connectors/c") }),
        ("egress", { $0.vpc?.egress = .allTraffic }), ("no network", { $0.vpc = nil }),
        ("direct", { $0.vpc?.way = .direct(DirectEgress(network: "n")) }),
        ("databases", { $0.cloudSQL = ["p:r:i"] }),
        ("no databases", { $0.cloudSQL = nil }), ("volumes", { $0.volumes?.removeLast() }),
        ("mode", { $0.volumes?[0].kind = .secret(SecretVolume(secret: "s", mode: 0o400)) }),
        (
            "file",
            {
                $0.volumes?[0].kind = .secret(
                    SecretVolume(secret: "s", files: [.init(path: "a", version: "latest")]))
            }
        ),
        ("size", { $0.volumes?[1].kind = .emptyDirectory(EmptyDirectory(sizeLimit: "2Gi")) }),
        (
            "medium",
            { $0.volumes?[1].kind = .emptyDirectory(EmptyDirectory(medium: .disk, sizeLimit: "1Gi")) }
        ),
        ("mount", { $0.mounts?[0].path = "/etc/x" }), ("part", { $0.mounts?[1].subPath = "x" }),
        ("no sidecar", { $0.sidecars = nil }),
        ("sidecar's image", { $0.sidecars?[0].image = "r/proxy@\(RevisionComparisonTests.digest)" }),
        ("sidecar's variable", { $0.sidecars?[0].environment[0].value = .literal("3") }),
        ("sidecar's size", { $0.sidecars?[0].cpu = "2" }),
        ("sidecar's probe", { $0.sidecars?[0].startupProbe = nil }),
        ("sidecar's mount", { $0.sidecars?[0].mounts = [VolumeMount(volume: "scratch", path: "/s")] }),
        ("sidecar's order", { $0.sidecars?[0].dependsOn = ["backend-1"] }),
        ("sidecar's command", { $0.sidecars?[0].arguments = ["x"] }),
    ]

    @Test(arguments: instanceChanges.map(\.0))
    func `any difference of instances is a deploy, and another fingerprint`(name: String) async throws {
        let change = try #require(Self.instanceChanges.first { $0.0 == name }?.1)
        let changed = try await plan(Self.fullService(change), revision: Self.fullRevision)
        #expect(changed.services.first?.decision == .deploy)
        let same = try await plan(Self.fullService(), revision: Self.fullRevision)
        let fingerprints = [changed, same].compactMap {
            $0.services.first?.labels[ReleaseLabel.fingerprint]
        }
        #expect(Set(fingerprints).count == 2)
    }

    @Test func `short names of the own project and region are the same as whole ones`() async throws {
        var revision = RevisionComparisonTests.revision()
        revision["vpcAccess"] = [
            "networkInterfaces": [
                [
                    "network": "projects/p/global/networks/n",
                    "subnetwork": "projects/p/regions/r/subnetworks/s",
                    "tags": ["b", "a"],
                ]
            ]
        ]
        func service(_ direct: DirectEgress) -> Service {
            RevisionComparisonTests.service {
                $0.container.vpc = VPCAccess(way: .direct(direct), egress: .privateRangesOnly)
            }
        }
        let short = service(DirectEgress(network: "n", subnetwork: "s", tags: ["a", "b"]))
        #expect(try await !plan(short, revision: revision).changes)
        let other = service(
            DirectEgress(network: "projects/q/global/networks/n", subnetwork: "s", tags: ["a", "b"]))
        #expect(try await plan(other, revision: revision).changes)
    }

    @Test func `services that say nothing of instances keep the fingerprints of earlier versions`() {
        let material = FingerprintMaterial(
            source: "s", repository: "r", container: ContainerSettings(cpu: "1"), environment: [],
            builder: nil)
        #expect(
            material.text
                == "{\"container\":{\"arguments\":[],\"command\":[],\"cpu\":\"1\",\"port\":8080},\"environment\":[],"
                + "\"repository\":\"r\",\"source\":\"s\"}")
    }
}
