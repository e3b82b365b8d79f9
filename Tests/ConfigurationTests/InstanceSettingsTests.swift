import Configuration
import JSON
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keys about the instances of a service: network, databases, volumes, sidecars.
@Suite struct InstanceSettingsTests {
    private static let digest = "sha256:" + String(repeating: "c", count: 64)

    private func settings(_ keys: String, also environment: String = "") throws -> ContainerSettings {
        let services = "services:\n  a:\n    image: a\n" + keys.asServiceKeys
        return try #require(
            load(services: services, environment: minimal + environment).get().service("a")?.container)
    }

    @Test func `a silent service says nothing of its instances`() throws {
        #expect(try settings("port: 8080") == ContainerSettings())
    }

    @Test func `how instances live`() throws {
        let read = try settings(
            """
            cpu: "4"
            memory: 16Gi
            cpu_idle: false
            startup_cpu_boost: true
            gpu: { type: nvidia-l4, zonal_redundancy: false }
            execution_environment: gen2
            session_affinity: true
            http2: true
            working_dir: /app
            labels: { team: shop, cost-center: "42" }
            encryption_key: projects/p/locations/l/keyRings/r/cryptoKeys/k
            service_mesh: projects/p/locations/global/meshes/m
            probes: { readiness: { grpc: true, service: a.b.C }, liveness: { http: /l, headers: { x-a: "1" } } }
            """)
        var wanted = ContainerSettings(
            cpu: "4", memory: "16Gi", livenessProbe: Probe(kind: .http(path: "/l"), headers: ["x-a": "1"])
        )
        wanted.cpuIdle = false
        wanted.startupCPUBoost = true
        wanted.gpu = GPUSettings(type: "nvidia-l4", zonalRedundancy: false)
        wanted.executionEnvironment = "gen2"
        wanted.sessionAffinity = true
        wanted.usesHTTP2 = true
        wanted.workingDirectory = "/app"
        wanted.labels = ["team": "shop", "cost-center": "42"]
        wanted.encryptionKey = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
        wanted.serviceMesh = "projects/p/locations/global/meshes/m"
        wanted.readinessProbe = Probe(kind: .grpc(service: "a.b.C"))
        #expect(read == wanted)
    }

    @Test func `networks and databases`() throws {
        let direct = try settings(
            "vpc: { direct: { network: n, subnetwork: s, tags: [a, b] }, egress: all-traffic }\ncloud_sql: [\"p:r:i\"]"
        )
        #expect(
            direct.vpc
                == VPCAccess(
                    way: .direct(DirectEgress(network: "n", subnetwork: "s", tags: ["a", "b"])),
                    egress: .allTraffic))
        #expect(direct.cloudSQL == ["p:r:i"])
        let connector = "projects/p/locations/us-central1/connectors/c"
        #expect(
            try settings("vpc: { connector: \(connector) }").vpc == VPCAccess(way: .connector(connector)))
    }

    @Test func `volumes of every kind and where they are mounted`() throws {
        let read = try settings(
            """
            volumes:
              one: { secret: jwt, mount: /one }
              two: { secret: { name: jwt, items: { a/b: 3, c: { mode: "0400" } }, mode: "440" }, mount: /two }
              three: { empty_dir: {}, mount: { path: /three, sub_path: x } }
              four: { empty_dir: { medium: disk, size: 10Gi }, mount: /four }
              five: { bucket: assets, mount: /five }
              six: { bucket: { name: assets, read_only: true, mount_options: [implicit-dirs] }, mount: /six }
              seven: { nfs: { server: 10.0.0.2, path: /e, read_only: true }, mount: /seven }
            """)
        #expect(
            read.volumes == [
                Volume(name: "one", kind: .secret(SecretVolume(secret: "jwt"))),
                Volume(
                    name: "two",
                    kind: .secret(
                        SecretVolume(
                            secret: "jwt",
                            files: [
                                .init(path: "a/b", version: "3"), .init(path: "c", version: "latest", mode: 0o400),
                            ], mode: 0o440))),
                Volume(name: "three", kind: .emptyDirectory(EmptyDirectory())),
                Volume(
                    name: "four", kind: .emptyDirectory(EmptyDirectory(medium: .disk, sizeLimit: "10Gi"))),
                Volume(name: "five", kind: .bucket(BucketVolume(name: "assets"))),
                Volume(
                    name: "six",
                    kind: .bucket(
                        BucketVolume(name: "assets", isReadOnly: true, mountOptions: ["implicit-dirs"]))),
                Volume(
                    name: "seven", kind: .nfs(NFSVolume(server: "10.0.0.2", path: "/e", isReadOnly: true))),
            ])
        #expect(
            read.mounts?.map(\.path) == ["/one", "/two", "/three", "/four", "/five", "/six", "/seven"]
                && read.mounts?[2].subPath == "x")
    }

    @Test func `sidecars, and their part in secrets and references`() throws {
        let services = """
            services:
              auth: { image: auth }
              a:
                image: a
                depends_on: [auth]
                volumes: { scratch: { empty_dir: {} , mount: /s } }
                starts_after: [proxy]
                sidecars:
                  proxy:
                    image: r.dev/proxy@\(Self.digest)
                    command: [/proxy]
                    args: [-q]
                    env: { UP: "${services.auth.url}", KEY: { secret: k, version: "2" } }
                    cpu: 500m
                    memory: 256Mi
                    probes: { startup: { tcp: true, port: 9000 } }
                    mounts: { scratch: /data }
                  log: { image: "r.dev/log:1", depends_on: [a] }

            """
        let service = try #require(load(services: services, environment: minimal).get().service("a"))
        #expect(service.container.name == "a" && service.container.startsAfter == ["proxy"])
        #expect(
            service.container.sidecars == [
                Sidecar(
                    name: "proxy", image: "r.dev/proxy@\(Self.digest)", command: ["/proxy"],
                    arguments: ["-q"],
                    environment: [
                        ConfiguredVariable(name: "UP", value: .literal("${services.auth.url}")),
                        ConfiguredVariable(name: "KEY", value: .secret(name: "k", version: "2")),
                    ], cpu: "500m", memory: "256Mi", startupProbe: Probe(kind: .tcp, port: 9000),
                    mounts: [VolumeMount(volume: "scratch", path: "/data")]),
                Sidecar(name: "log", image: "r.dev/log:1", dependsOn: ["a"]),
            ])
        #expect(service.allVariables.map(\.name) == ["UP", "KEY"])
    }

    @Test func `an environment changes parts, and its mind`() throws {
        let services = """
            services:
              a:
                image: a
                vpc: { connector: c, egress: all-traffic }
                volumes:
                  v: { secret: { name: s, items: { x: "1" } }, mount: /v }
                  w: { empty_dir: { size: 64Mi }, mount: /w }
                sidecars:
                  p: { image: "r/p:1", cpu: 500m, env: { A: "1", B: "2" } }

            """
        let environment = """
            services:
              a:
                vpc: { direct: { network: n } }
                volumes:
                  v: { bucket: assets }
                  w: { empty_dir: { medium: memory } }
                sidecars:
                  p: { image: "r/p:2", env: { B: "3" } }

            """
        let read = try #require(
            load(services: services, environment: minimal + environment).get().service("a")?.container)
        #expect(read.vpc == VPCAccess(way: .direct(DirectEgress(network: "n")), egress: .allTraffic))
        #expect(
            read.volumes
                == [
                    Volume(
                        name: "w", kind: .emptyDirectory(EmptyDirectory(medium: .memory, sizeLimit: "64Mi"))),
                    Volume(name: "v", kind: .bucket(BucketVolume(name: "assets"))),
                ].sorted { $0.name < $1.name })
        #expect(read.mounts?.map(\.path) == ["/v", "/w"])
        #expect(
            read.sidecars == [
                Sidecar(
                    name: "p", image: "r/p:2",
                    environment: [
                        ConfiguredVariable(name: "A", value: .literal("1")),
                        ConfiguredVariable(name: "B", value: .literal("3")),
                    ], cpu: "500m")
            ])
    }

    @Test func `names that mean something have a shape`() {
        for name in ["p:us-central1:i", "example.com:p:us-central1:i"] {
            #expect(DatabaseInstance(name)?.connectionName == name)
        }
        for name in ["", "p", "p:r", ":r:i", "p::i", "p:r:", "a:b:c:d:e", "p:r:I"] {
            #expect(DatabaseInstance(name) == nil)
        }
        let name = NetworkResourceName("projects/host/regions/r/subnetworks/s")
        #expect(name.project == "host" && name.region == "r" && name.name == "s")
        #expect(NetworkResourceName("projects/h/global/networks/n").project == "h")
        #expect(
            NetworkResourceName("c") == NetworkResourceName("c")
                && NetworkResourceName("c").project == nil)
        for text in ["0440", "440", "0777"] { #expect(StringRule.mode(of: text) != nil) }
        for text in ["", "0", "44", "1440", "0888", "+44", "-44", "0000"] {
            #expect(StringRule.mode(of: text) == nil)
        }
    }

    @Test func `plans of earlier versions are read`() throws {
        let old = """
            {"port":8080,"command":[],"arguments":[],"cpu":"1","startupProbe":{"kind":{"tcp":{}},"periodSeconds":1}}
            """
        let read = try JSONDecoder().decode(ContainerSettings.self, from: Data(old.utf8))
        #expect(read == ContainerSettings(cpu: "1", startupProbe: Probe(kind: .tcp, periodSeconds: 1)))
    }
}
