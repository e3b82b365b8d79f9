import Configuration
import Discovery
import JSON
import Releases
import Testing

@testable import GoogleCloud

@Suite struct EncodingTests {
    @Test func `a full template becomes a v2 template`() {
        let expected: JSONValue = [
            "labels": ["stagectl-run": "r1"],
            "annotations": ["example.com/a": "b"],
            "maxInstanceRequestConcurrency": 40,
            "timeout": "120s",
            "serviceAccount": "run@p.iam.gserviceaccount.com",
            "scaling": ["minInstanceCount": 1, "maxInstanceCount": 5],
            "containers": [
                [
                    "image": "host/backend@sha256:1",
                    "command": ["/app"],
                    "args": ["--serve"],
                    "ports": [["name": "http1", "containerPort": 9000]],
                    "resources": ["limits": ["cpu": "1", "memory": "512Mi"], "cpuIdle": true],
                    "env": [
                        ["name": "MODE", "value": "a=b"],
                        ["name": "KEY", "valueSource": ["secretKeyRef": ["secret": "api-key", "version": "3"]]],
                    ],
                    "startupProbe": ["tcpSocket": [:], "periodSeconds": 5, "failureThreshold": 4],
                    "livenessProbe": [
                        "httpGet": ["path": "/live", "port": 9000], "initialDelaySeconds": 1, "timeoutSeconds": 2,
                    ],
                ]
            ],
        ]
        #expect(ServiceEncoding.template(fullTemplate) == expected)
    }

    @Test func `instances with all that they can have become a v2 template`() {
        let expected: JSONValue = [
            "labels": [:],
            "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2", "sessionAffinity": true,
            "encryptionKey": "projects/p/locations/l/keyRings/r/cryptoKeys/k",
            "serviceMesh": ["mesh": "projects/p/locations/global/meshes/m"],
            "nodeSelector": ["accelerator": "nvidia-l4"], "gpuZonalRedundancyDisabled": true,
            "vpcAccess": [
                "networkInterfaces": [["network": "n", "subnetwork": "s", "tags": ["web"]]], "egress": "ALL_TRAFFIC",
            ],
            "volumes": [
                [
                    "name": "config",
                    "secret": [
                        "secret": "s", "defaultMode": 288, "items": [["path": "a", "version": "3", "mode": 256]],
                    ],
                ],
                ["name": "scratch", "emptyDir": ["medium": "MEMORY", "sizeLimit": "64Mi"]],
                ["name": "assets", "gcs": ["bucket": "b", "readOnly": true, "mountOptions": ["implicit-dirs"]]],
                ["name": "shared", "nfs": ["server": "10.0.0.2", "path": "/e", "readOnly": true]],
                ["name": "cloudsql", "cloudSqlInstance": ["instances": ["p:r:i"]]],
            ],
            "containers": [
                [
                    "name": "backend", "image": "host/backend@sha256:1", "workingDir": "/app",
                    "ports": [["name": "h2c", "containerPort": 8080]],
                    "resources": [
                        "limits": ["cpu": "4", "memory": "16Gi", "nvidia.com/gpu": "2"], "cpuIdle": false,
                        "startupCpuBoost": true,
                    ],
                    "readinessProbe": [
                        "httpGet": ["path": "/r", "httpHeaders": [["name": "x-a", "value": "1"]]]
                    ],
                    "volumeMounts": [
                        ["name": "config", "mountPath": "/c"],
                        ["name": "scratch", "mountPath": "/s", "subPath": "x"],
                        ["name": "cloudsql", "mountPath": "/cloudsql"],
                    ],
                    "dependsOn": ["proxy"],
                ],
                [
                    "name": "proxy", "image": "host/proxy@sha256:2", "command": ["/p"], "args": ["-q"],
                    "workingDir": "/",
                    "env": [["name": "K", "valueSource": ["secretKeyRef": ["secret": "k", "version": "1"]]]],
                    "resources": [
                        "limits": ["cpu": "500m", "memory": "256Mi"], "cpuIdle": false, "startupCpuBoost": true,
                    ],
                    "startupProbe": ["grpc": ["port": 9000, "service": "a.B"]],
                    "volumeMounts": [["name": "cloudsql", "mountPath": "/cloudsql"]],
                ],
            ],
        ]
        #expect(ServiceEncoding.template(instanceTemplate) == expected)
    }

    @Test func `what the configuration does not say is left to Cloud Run`() {
        let template = RevisionTemplate(image: "i@sha256:1", labels: [:], container: .init(), environment: [])
        #expect(
            ServiceEncoding.template(template) == [
                "labels": [:],
                "containers": [["image": "i@sha256:1", "ports": [["name": "http1", "containerPort": 8080]]]],
            ])
    }

    @Test func `traffic goes to named revisions or to the latest`() {
        let targets = [
            TrafficTarget(revision: "backend-00001-abc", percent: 90),
            TrafficTarget(revision: nil, percent: 10),
            TrafficTarget(revision: "backend-00002-xyz", percent: 0, tag: "c-1"),
        ]
        #expect(
            ServiceEncoding.traffic(targets) == [
                ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "backend-00001-abc", "percent": 90],
                ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 10],
                [
                    "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "backend-00002-xyz", "percent": 0,
                    "tag": "c-1",
                ],
            ])
    }

    @Test(
        arguments: [
            (ServiceChange(template: fullTemplate), ["template"]),
            (ServiceChange(traffic: []), ["traffic"]),
            (ServiceChange(annotations: [:]), ["annotations"]),
            (
                ServiceChange(template: fullTemplate, traffic: [], annotations: ["a": "b"]),
                ["template", "traffic", "annotations"]
            ),
            (ServiceChange(), []),
        ])
    func `the mask names exactly what changes`(change: ServiceChange, mask: [String]) {
        let update = ServiceEncoding.update(change, of: backend)
        #expect(update.mask == mask)
        #expect(Set((update.body.object ?? [:]).keys) == Set(mask + ["name"]))
    }

    @Test func `a creation is closed and names its ingress`() {
        let body = ServiceEncoding.creation(ServiceChange(template: fullTemplate, annotations: ["a": "b"], etag: "e"))
        #expect(Set((body.object ?? [:]).keys) == ["template", "annotations", "ingress"])
        #expect(body["ingress"] == "INGRESS_TRAFFIC_INTERNAL_ONLY")
    }

    @Test(
        "Every field that is sent exists in Google's description",
        .enabled(if: DiscoveryDocument.run != nil, "no run.v2.json: set STAGECTL_DISCOVERY_DOCUMENTS to its folder"))
    func fieldsExist() throws {
        let document = try #require(DiscoveryDocument.run)
        let change = ServiceChange(
            template: fullTemplate,
            traffic: [.init(revision: "a", percent: 100, tag: "t"), .init(revision: nil, percent: 0)],
            annotations: ["a": "b"], etag: "e")
        let service = "GoogleCloudRunV2Service"
        #expect(document.problems(in: ServiceEncoding.creation(change), schema: service) == [])
        #expect(document.problems(in: ServiceEncoding.update(change, of: backend).body, schema: service) == [])
        var instances = instanceTemplate
        #expect(
            document.problems(in: ServiceEncoding.creation(.init(template: instances)), schema: service) == [])
        instances.container.vpc = VPCAccess(way: .connector("projects/p/locations/r/connectors/c"))
        instances.container.executionEnvironment = "gen1"
        instances.container.vpc?.egress = .privateRangesOnly
        instances.container.volumes = [Volume(name: "d", kind: .emptyDirectory(EmptyDirectory(medium: .disk)))]
        #expect(
            document.problems(in: ServiceEncoding.creation(.init(template: instances)), schema: service) == [])
        var policy = AccessPolicy(["etag": "x", "bindings": []])
        _ = policy.setPublic(true)
        #expect(
            document.problems(in: ["policy": policy.document], schema: "GoogleIamV1SetIamPolicyRequest") == [])
        #expect(
            document.problems(in: ["timeout": "10s"], schema: "GoogleLongrunningWaitOperationRequest") == [])
        // The comparison itself can fail.
        #expect(
            document.problems(in: ["template": ["contaners": []]], schema: service) == [".template.contaners: unknown"])
        #expect(document.problems(in: ["ingress": "SOMETIMES"], schema: service) == [".ingress: SOMETIMES"])
        #expect(document.problems(in: ["etag": 1], schema: service) == [".etag: not a string"])
    }
}
