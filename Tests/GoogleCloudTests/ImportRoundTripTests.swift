import Configuration
import JSON
import Releases
import Testing

@testable import GoogleCloud

/// Random settings → what Cloud Run is sent → import → YAML → the same settings are sent again.
@Suite struct ImportRoundTripTests {
    /// SplitMix64, so that a seed that was printed gives the same settings again.
    private struct SeededRandom: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let texts = [
        "", "plain", "true", "5", "null", "~", "a: b", "# no comment", "\"quoted\"", "back\\slash", "two\nlines",
        "tab\there", "ünïcode ✔", "{ }", "[1]", "- item", "& anchor", "trailing ", " leading", "100%", "$HOME", "'",
    ]

    private static func template(_ random: inout SeededRandom) -> RevisionTemplate {
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        func text() -> String { texts.randomElement(using: &random) ?? "" }
        func probe(_ longest: Int, isStartup: Bool) -> Probe {
            let period = Int.random(in: 1...20, using: &random)
            return Probe(
                kind: Bool.random(using: &random)
                    ? .tcp : .http(path: "/p\(Int.random(in: 0...9, using: &random))?a=b"),
                port: maybe(9001), initialDelaySeconds: maybe(Int.random(in: 1...longest, using: &random)),
                timeoutSeconds: maybe(1), periodSeconds: period,
                failureThreshold: maybe(Int.random(in: 1...9, using: &random)))
        }
        let size = [("1", "512Mi"), ("2", "4Gi"), ("1000m", "1Gi"), ("4", "2Gi")].randomElement(using: &random)
        let hasSize = Bool.random(using: &random)
        let variables = (0..<Int.random(in: 0...5, using: &random)).map { index in
            EnvironmentVariable(
                name: "V_\(index)",
                value: Int.random(in: 0...3, using: &random) == 0
                    ? .secret(name: "s-\(index)", version: Bool.random(using: &random) ? "latest" : "12")
                    : .literal(text()))
        }
        var template = RevisionTemplate(
            image: "us-docker.pkg.dev/p/r/x@sha256:" + String(repeating: "d", count: 64), labels: [:],
            container: ContainerSettings(
                port: Int.random(in: 1...9000, using: &random), cpu: hasSize ? size?.0 : nil,
                memory: hasSize ? size?.1 : nil, concurrency: maybe(Int.random(in: 1...1000, using: &random)),
                timeoutSeconds: maybe(Int.random(in: 1...3600, using: &random)),
                minInstances: maybe(Int.random(in: 1...3, using: &random)),
                maxInstances: maybe(Int.random(in: 3...1000, using: &random)),
                command: (0..<Int.random(in: 0...2, using: &random)).map { _ in text() },
                arguments: (0..<Int.random(in: 0...3, using: &random)).map { _ in text() },
                serviceAccount: maybe("run@p.iam.gserviceaccount.com"),
                startupProbe: maybe(probe(240, isStartup: true)), livenessProbe: maybe(probe(3600, isStartup: false))),
            environment: variables)
        addInstance(to: &template.container, &random, hasSize: hasSize)
        template.labels = template.container.labels ?? [:]
        return template
    }

    /// Everything about instances, each with a chance of its own.
    private static func addInstance(
        to settings: inout ContainerSettings, _ random: inout SeededRandom, hasSize: Bool
    ) {
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        func text() -> String { texts.randomElement(using: &random) ?? "" }
        settings.workingDirectory = maybe("/work dir/x")
        settings.usesHTTP2 = maybe(true)
        settings.startupCPUBoost = maybe(true)
        settings.executionEnvironment = maybe("gen2")
        settings.sessionAffinity = maybe(true)
        settings.labels = maybe(["team": "shop", "empty": "", "number": "42", "word": "true"])
        settings.encryptionKey = maybe("projects/p/locations/l/keyRings/r/cryptoKeys/k")
        settings.serviceMesh = maybe("projects/p/locations/global/meshes/m")
        settings.readinessProbe = maybe(
            Probe(kind: .http(path: "/r"), periodSeconds: 5, headers: ["x-a": text(), "x-b": "1"]))
        if Bool.random(using: &random) {
            settings.cpu = "4"
            settings.memory = "16Gi"
            settings.cpuIdle = false
            settings.gpu = GPUSettings(type: "nvidia-l4", count: 2, zonalRedundancy: maybe(false))
        }
        settings.vpc = maybe(
            Bool.random(using: &random)
                ? VPCAccess(
                    way: .connector("projects/p/locations/us-central1/connectors/c"), egress: maybe(.allTraffic))
                : VPCAccess(
                    way: .direct(
                        DirectEgress(
                            network: "projects/h/global/networks/n",
                            subnetwork: maybe("projects/h/regions/us-central1/subnetworks/s"), tags: ["web"])),
                    egress: maybe(.privateRangesOnly)))
        settings.cloudSQL = maybe(["p:us-central1:i", "example.com:p:europe-west1:j"])
        addVolumes(to: &settings, &random)
        guard Bool.random(using: &random) else { return }
        settings.name = maybe("app") ?? "x"
        settings.startsAfter = maybe(["proxy"])
        settings.sidecars = [
            Sidecar(
                name: "proxy", image: "r.dev/proxy@sha256:" + String(repeating: "e", count: 64),
                command: [text()], arguments: [text(), text()], workingDirectory: maybe("/"),
                environment: [
                    ConfiguredVariable(name: "A", value: .literal(text())),
                    ConfiguredVariable(name: "B", value: .secret(name: "s", version: "3")),
                ], cpu: maybe("500m"), memory: maybe("256Mi"), startupCPUBoost: maybe(true),
                startupProbe: Probe(kind: .grpc(service: maybe("a.b.C")), port: 9000, periodSeconds: 2),
                livenessProbe: maybe(Probe(kind: .http(path: "/l"), port: 9001)),
                mounts: settings.volumes?.first.map { [VolumeMount(volume: $0.name, path: "/p", subPath: nil)] } ?? []),
            Sidecar(
                name: "log", image: "r.dev/log:1",
                mounts: settings.cloudSQL == nil
                    ? [] : [VolumeMount(volume: "cloudsql", path: "/cloudsql")], dependsOn: ["proxy"]),
        ]
    }

    private static func addVolumes(to settings: inout ContainerSettings, _ random: inout SeededRandom) {
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        let kinds: [Volume.Kind] = [
            .secret(
                SecretVolume(
                    secret: "s",
                    files: maybe([
                        .init(path: "a b/c: d", version: "3", mode: maybe(0o400)), .init(path: "e", version: "latest"),
                    ])
                        ?? [], mode: maybe(0o440))),
            .emptyDirectory(EmptyDirectory(medium: maybe(.disk), sizeLimit: maybe("64Mi"))),
            .bucket(
                BucketVolume(name: "b.c", isReadOnly: true, mountOptions: maybe(["implicit-dirs", "uid=1"]) ?? [])),
            .nfs(NFSVolume(server: "10.0.0.2", path: "/e x", isReadOnly: Bool.random(using: &random))),
        ]
        let volumes = kinds.enumerated().compactMap { index, kind in maybe(Volume(name: "v\(index)", kind: kind)) }
        guard !volumes.isEmpty else { return }
        settings.volumes = volumes
        settings.mounts = volumes.map { volume in
            // Of a secret no part can be mounted.
            let isSecret = if case .secret = volume.kind { true } else { false }
            return VolumeMount(
                volume: volume.name, path: "/mnt/\(volume.name)", subPath: isSecret ? nil : maybe("part/of it"))
        }
    }

    /// The service of a file, as a release would send it.
    private static func sent(_ service: Service) -> JSONValue {
        ServiceEncoding.template(
            RevisionTemplate(
                image: service.pinnedImage ?? "", labels: service.container.labels ?? [:],
                container: service.container,
                environment: service.environment.map { variable in
                    switch variable.value {
                    case .literal(let text): EnvironmentVariable(name: variable.name, value: .literal(text))
                    case .secret(let name, let version):
                        EnvironmentVariable(name: variable.name, value: .secret(name: name, version: version))
                    }
                }))
    }

    @Test func `what was imported is sent again as it was`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(state: seed)
        for round in 0..<300 {
            let before = ServiceEncoding.template(Self.template(&random))
            let imported = ServiceImport(name: "x", service: ["template": before], revision: nil, isPublic: false)
            #expect(imported.notes.filter { $0.kind != .open } == [], "seed \(seed), round \(round)")
            let text = (["services:"] + imported.lines(indent: 2)).joined(separator: "\n")
            let file = "platform: local\nproject: p\nregion: us-central1\n" + text
            guard case .success(let document) = ConfigurationReader.read(Array(file.utf8), file: "f"),
                case .success((let environment, _)) = ConfigurationMerger.merge(
                    environment: "e", shared: .success(nil), own: .success(document), suites: [], variables: [:]),
                let service = environment.service("x")
            else {
                Issue.record("seed \(seed), round \(round):\n\(file)")
                return
            }
            let after = Self.sent(service)
            #expect(after == before, "seed \(seed), round \(round):\n\(file)")
            guard after == before else { return }
        }
    }
}
