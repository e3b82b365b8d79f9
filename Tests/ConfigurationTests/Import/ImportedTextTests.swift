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
        #expect(
            imported.template.container
                == ContainerSettings(
                    cpu: "1000m", memory: "512Mi", concurrency: 80, timeoutSeconds: 300, maxInstances: 5,
                    serviceAccount: "run@p.iam.gserviceaccount.com"))
        #expect(
            imported.template.environment == [
                ConfiguredVariable(name: "MODE", value: .literal("on")),
                ConfiguredVariable(name: "JWT", value: .secret(name: "jwt", version: "latest")),
            ])
        #expect(
            imported.notes.map { "\($0.kind.rawValue) \($0.path)" } == [
                "lost template.run.googleapis.com/vpc-access-connector", "stays run.googleapis.com/maxScale",
                "open public",
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
        #expect(
            TemplateReading(service["template"] ?? .null).unexpressed.contains {
                $0.path == "template.containers[0].resources.cpuIdle"
            })
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
