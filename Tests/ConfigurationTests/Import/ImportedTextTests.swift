import Configuration
import JSON
import Testing

@Suite struct ImportedTextTests {
    private static let digest = "sha256:" + String(repeating: "b", count: 64)

    /// As `gcloud run services describe NAME --format export` writes it.
    private static let exported = """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata:
          annotations:
            run.googleapis.com/client-name: gcloud
            run.googleapis.com/ingress: internal
            run.googleapis.com/maxScale: '7'
          labels:
            cloud.googleapis.com/location: us-central1
          name: orders
          namespace: '123456'
        spec:
          template:
            metadata:
              annotations:
                autoscaling.knative.dev/maxScale: '5'
                run.googleapis.com/client-version: 556.0.0
                run.googleapis.com/vpc-access-connector: projects/p/locations/us-central1/connectors/c
              labels:
                client.knative.dev/nonce: abc
            spec:
              containerConcurrency: 80
              containers:
              - image: us-docker.pkg.dev/p/r/orders@\(digest)
                env:
                - name: MODE
                  value: 'on'
                - name: JWT
                  valueFrom:
                    secretKeyRef:
                      key: latest
                      name: jwt
                ports:
                - containerPort: 8080
                  name: http1
                resources:
                  limits:
                    cpu: 1000m
                    memory: 512Mi
                startupProbe:
                  failureThreshold: 1
                  periodSeconds: 240
                  tcpSocket:
                    port: 8080
                  timeoutSeconds: 240
              serviceAccountName: run@p.iam.gserviceaccount.com
              timeoutSeconds: 300
          traffic:
          - latestRevision: true
            percent: 100

        """

    @Test func `what gcloud exports is read`() throws {
        let (name, service) = try ImportedText.service(Array(Self.exported.utf8), file: "service.yaml")
        let imported = ServiceImport(name: name, service: service, revision: nil, isPublic: nil)
        #expect(name == "orders" && imported.ingress == "internal")
        #expect(imported.pinnedImage == "us-docker.pkg.dev/p/r/orders@\(Self.digest)")
        var wanted = ContainerSettings(
            cpu: "1000m", memory: "512Mi", concurrency: 80, timeoutSeconds: 300, maxInstances: 5,
            serviceAccount: "run@p.iam.gserviceaccount.com")
        wanted.vpc = VPCAccess(way: .connector("projects/p/locations/us-central1/connectors/c"))
        #expect(imported.template.container == wanted)
        #expect(
            imported.template.environment == [
                ConfiguredVariable(name: "MODE", value: .literal("on")),
                ConfiguredVariable(name: "JWT", value: .secret(name: "jwt", version: "latest")),
            ])
        #expect(
            imported.notes.map { "\($0.kind.rawValue) \($0.path)" } == [
                "stays run.googleapis.com/maxScale", "open public",
            ])
    }

    @Test func `what only a later export says of the service is told of too`() throws {
        let text = Self.exported.replacing("spec:\n  template:", with: "spec:\n  futureSetting: true\n  template:")
        #expect(text != Self.exported)
        let (name, service) = try ImportedText.service(Array(text.utf8), file: "f")
        let imported = ServiceImport(name: name, service: service, revision: nil, isPublic: nil)
        #expect(imported.notes.contains { $0.kind == .stays && $0.path == "futureSetting" && $0.value == "true" })
    }

    @Test func `an instance-based processor is what the annotation says`() throws {
        let text = Self.exported.replacing(
            "run.googleapis.com/client-version: 556.0.0", with: "run.googleapis.com/cpu-throttling: 'false'")
        let (_, service) = try ImportedText.service(Array(text.utf8), file: "f")
        #expect(TemplateReading(service["template"] ?? .null).container.cpuIdle == false)
    }

    @Test func `what v1 says of instances is read`() throws {
        let text = """
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: { name: orders }
            spec:
              template:
                metadata:
                  labels: { team: shop, client.knative.dev/nonce: abc }
                  annotations:
                    run.googleapis.com/network-interfaces: '[{"network":"n","subnetwork":"s","tags":"a,b"}]'
                    run.googleapis.com/vpc-access-egress: all-traffic
                    run.googleapis.com/cloudsql-instances: p:r:i,p:r:j
                    run.googleapis.com/container-dependencies: '{"app":["side"]}'
                    run.googleapis.com/cpu-throttling: 'false'
                    run.googleapis.com/startup-cpu-boost: 'true'
                    run.googleapis.com/execution-environment: gen2
                    run.googleapis.com/sessionAffinity: 'true'
                    run.googleapis.com/encryption-key: projects/p/locations/l/keyRings/r/cryptoKeys/k
                    run.googleapis.com/secrets: 'other:projects/q/secrets/jwt'
                spec:
                  containers:
                  - name: app
                    image: r.dev/app@\(Self.digest)
                    ports: [{ name: h2c, containerPort: 8080 }]
                    env: [{ name: A, valueFrom: { secretKeyRef: { name: other, key: latest } } }]
                    volumeMounts: [{ name: s, mountPath: /s }, { name: m, mountPath: /m }]
                  - name: side
                    image: r.dev/side@\(Self.digest)
                    startupProbe: { grpc: { port: 9000 } }
                    volumeMounts: [{ name: b, mountPath: /b }, { name: n, mountPath: /n }]
                  volumes:
                  - { name: s, secret: { secretName: other, items: [{ key: "3", path: a }], defaultMode: 256 } }
                  - { name: m, emptyDir: { medium: Memory, sizeLimit: 64Mi } }
                  - name: b
                    csi:
                      driver: gcsfuse.run.googleapis.com
                      readOnly: true
                      volumeAttributes: { bucketName: assets, mountOptions: "implicit-dirs,uid=1" }
                  - { name: n, nfs: { server: 10.0.0.2, path: /e } }
                  timeoutSeconds: 300

            """
        let (name, service) = try ImportedText.service(Array(text.utf8), file: "service.yaml")
        let imported = ServiceImport(name: name, service: service, revision: nil, isPublic: false)
        #expect(imported.notes == [])
        var wanted = ContainerSettings(timeoutSeconds: 300)
        wanted.name = "app"
        wanted.usesHTTP2 = true
        wanted.cpuIdle = false
        wanted.startupCPUBoost = true
        wanted.executionEnvironment = "gen2"
        wanted.sessionAffinity = true
        wanted.labels = ["team": "shop"]
        wanted.encryptionKey = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
        wanted.vpc = VPCAccess(
            way: .direct(DirectEgress(network: "n", subnetwork: "s", tags: ["a", "b"])), egress: .allTraffic)
        wanted.cloudSQL = ["p:r:i", "p:r:j"]
        wanted.volumes = [
            Volume(
                name: "s",
                kind: .secret(
                    SecretVolume(
                        secret: "projects/q/secrets/jwt", files: [.init(path: "a", version: "3")], mode: 0o400))),
            Volume(name: "m", kind: .emptyDirectory(EmptyDirectory(medium: .memory, sizeLimit: "64Mi"))),
            Volume(
                name: "b",
                kind: .bucket(
                    BucketVolume(name: "assets", isReadOnly: true, mountOptions: ["implicit-dirs", "uid=1"]))),
            Volume(name: "n", kind: .nfs(NFSVolume(server: "10.0.0.2", path: "/e"))),
        ]
        wanted.mounts = [VolumeMount(volume: "s", path: "/s"), VolumeMount(volume: "m", path: "/m")]
        wanted.startsAfter = ["side"]
        wanted.sidecars = [
            Sidecar(
                name: "side", image: "r.dev/side@\(Self.digest)", startupCPUBoost: true,
                startupProbe: Probe(kind: .grpc(service: nil), port: 9000),
                mounts: [VolumeMount(volume: "b", path: "/b"), VolumeMount(volume: "n", path: "/n")])
        ]
        #expect(imported.template.container == wanted)
        #expect(
            imported.template.environment == [
                ConfiguredVariable(name: "A", value: .secret(name: "projects/q/secrets/jwt", version: "latest"))
            ])
    }

    @Test func `v2 JSON is read, and nothing else is`() throws {
        let json = "{\"name\":\"projects/p/locations/l/services/x\",\"template\":{\"containers\":[{\"image\":\"i\"}]}}"
        #expect(try ImportedText.service(Array(json.utf8), file: "f").name == "x")
        for text in ["{}", "[]", "a: b", "kind: Service", "{\"template\":{}}", ""] {
            #expect(throws: ImportedText.Refusal.notAService) { try ImportedText.service(Array(text.utf8), file: "f") }
        }
        for text in ["a: [", "a: &x b", "\u{0}"] {
            #expect(throws: ImportedText.Refusal.self) { try ImportedText.service(Array(text.utf8), file: "f") }
        }
    }
}
