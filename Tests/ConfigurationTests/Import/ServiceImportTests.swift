import Configuration
import JSON
import Testing

/// From what Cloud Run says of a service to the lines of a file.
@Suite struct ServiceImportTests {
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    private static let service: JSONValue = [
        "name": "projects/p/locations/us-central1/services/orders", "uid": "u", "generation": "7",
        "ingress": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "launchStage": "GA", "description": "takes orders",
        "labels": ["team": "a"], "traffic": [["percent": 100]],
        "template": [
            "revision": "", "labels": ["x": "y"], "timeout": "120s", "serviceAccount": "run@p.iam.gserviceaccount.com",
            "maxInstanceRequestConcurrency": 40, "scaling": ["minInstanceCount": 1, "maxInstanceCount": 5],
            "vpcAccess": ["connector": "c"], "sessionAffinity": false, "ambientNetworking": ["mode": "x"],
            "containers": [
                [
                    "name": "orders-1", "image": .string("us-docker.pkg.dev/p/r/orders:v1@\(digest)"),
                    "command": ["/app"], "args": ["--serve", "a b"],
                    "ports": [["name": "http1", "containerPort": 9000]],
                    "resources": [
                        "limits": ["cpu": "1000m", "memory": "512Mi"], "cpuIdle": true, "startupCpuBoost": true,
                    ],
                    "env": [
                        ["name": "MODE", "value": "true"], ["name": "NUMBER", "value": "5"],
                        ["name": "TEXT", "value": "a: \"b\"\n# c"], ["name": "EMPTY"],
                        [
                            "name": "JWT",
                            "valueSource": ["secretKeyRef": ["secret": "jwt", "version": "3"]],
                        ],
                        ["name": "ODD", "value": "${HOME}"], ["name": "DB_PASSWORD", "value": "hunter2"],
                    ],
                    "startupProbe": [
                        "tcpSocket": ["port": 9000], "timeoutSeconds": 240, "periodSeconds": 240, "failureThreshold": 1,
                    ],
                    "livenessProbe": ["httpGet": ["path": "/live", "port": 9001], "periodSeconds": 20],
                ]
            ],
        ],
    ]

    /// The fragment as a whole configuration, loaded.
    private func loaded(_ imported: ServiceImport) throws -> Service {
        let text = (["services:"] + imported.lines(indent: 2)).joined(separator: "\n")
        let result = load(services: text, environment: minimal)
        if case .failure(let findings) = result { Issue.record("\(FindingText.render(findings.findings))\n\(text)") }
        return try #require(result.get().service(imported.name))
    }

    @Test func `everything that has a key is in the file`() throws {
        let imported = ServiceImport(name: "orders", service: Self.service, revision: nil, isPublic: true)
        let service = try loaded(imported)
        #expect(service.pinnedImage == "us-docker.pkg.dev/p/r/orders@\(Self.digest)")
        #expect(service.container.port == 9000 && service.container.cpu == "1000m")
        #expect(service.container.memory == "512Mi" && service.container.concurrency == 40)
        #expect(service.container.timeoutSeconds == 120 && service.container.minInstances == 1)
        #expect(service.container.maxInstances == 5 && service.container.command == ["/app"])
        #expect(service.container.arguments == ["--serve", "a b"])
        #expect(service.container.serviceAccount == "run@p.iam.gserviceaccount.com")
        #expect(service.container.labels == ["x": "y"] && service.container.startupCPUBoost == true)
        #expect(service.container.vpc == VPCAccess(way: .connector("c")))
        #expect(service.container.ingress == "internal-and-cloud-load-balancing" && service.isPublic)
        #expect(service.container.startupProbe == nil, "what Cloud Run does by itself")
        #expect(
            service.container.livenessProbe == Probe(kind: .http(path: "/live"), port: 9001, periodSeconds: 20))
        let values = Dictionary(uniqueKeysWithValues: service.environment.map { ($0.name, $0.value) })
        #expect(
            values == [
                "MODE": .literal("true"), "NUMBER": .literal("5"), "TEXT": .literal("a: \"b\"\n# c"),
                "EMPTY": .literal(""), "JWT": .secret(name: "jwt", version: "3"), "DB_PASSWORD": .literal("hunter2"),
            ])
    }

    @Test func `what has no key is told, line by line`() {
        let imported = ServiceImport(name: "orders", service: Self.service, revision: nil, isPublic: nil)
        #expect(
            imported.notes.map { "\($0.kind.rawValue) \($0.path)" } == [
                "lost template.ambientNetworking", "lost template.containers[0].env[5]", "stays description",
                "open public", "open env.DB_PASSWORD",
            ])
        let lines = imported.lines(indent: 2)
        #expect(lines.first == "  orders:")
        for note in imported.notes { #expect(lines.contains { $0.contains("# ") && $0.contains(note.path) }) }
        #expect(lines.contains { $0.contains("# not kept: template.ambientNetworking: {\"mode\":\"x\"}") })
    }

    @Test func `the revision that serves counts, and its digest where the template has a tag`() throws {
        let revision: JSONValue = [
            "name": "projects/p/locations/l/services/orders/revisions/orders-00003-abc", "etag": "e",
            "containers": [["image": "registry.example:5000/orders:v2", "resources": ["cpuIdle": true]]],
            "containerStatuses": [["imageDigest": .string("registry.example:5000/orders@\(Self.digest)")]],
            "timeout": "300s",
        ]
        let imported = ServiceImport(name: "orders", service: Self.service, revision: revision, isPublic: false)
        #expect(imported.pinnedImage == "registry.example:5000/orders@\(Self.digest)")
        #expect(imported.template.unexpressed == [])
        #expect(try loaded(imported).container.timeoutSeconds == 300)
    }

    @Test func `a tag without a digest is not guessed`() {
        let imported = ServiceImport(
            name: "orders", service: ["template": ["containers": [["image": "gcr.io/p/orders:v1"]]]], revision: nil,
            isPublic: false)
        #expect(imported.pinnedImage == nil)
        #expect(imported.notes.map(\.path) == ["image"])
        #expect(imported.lines(indent: 0).contains { $0.contains("# image: \"gcr.io/p/orders:v1\"") })
    }

    @Test(
        arguments: [
            ["httpGet": ["path": "no slash"]], ["httpGet": ["path": "/"], "tcpSocket": [:]],
            ["exec": ["command": ["x"]]],
        ] as [JSONValue])
    func `a probe of another kind is told of`(probe: JSONValue) {
        let template: JSONValue = ["containers": [["image": "i", "livenessProbe": probe]]]
        let reading = TemplateReading(template)
        #expect(reading.container.livenessProbe == nil)
        #expect(reading.unexpressed.map(\.path) == ["template.containers[0].livenessProbe"])
    }

    @Test func `what no key can say of several containers is told of`() {
        let template: JSONValue = [
            "containers": [
                ["name": "side", "image": "s", "ports": [], "resources": ["limits": ["cpu": "3"], "cpuIdle": true]],
                [
                    "name": "main", "image": "m", "ports": [["name": "h3", "containerPort": 8080]],
                    "resources": ["limits": ["memory": "1"]],
                    "volumeMounts": [["name": "v", "mountPath": "/a"], ["name": "v", "mountPath": "/b"]],
                ],
                ["image": "nameless"],
            ],
            "volumes": [
                ["name": "v", "filestore": ["instance": "x"]], ["name": "nobody", "emptyDir": [:]],
            ],
            "vpcAccess": ["networkInterfaces": [["network": "a"], ["network": "b"]]],
            "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN9", "nodeSelector": ["zone": "x"], "timeout": "1.5s",
        ]
        let reading = TemplateReading(template)
        #expect(reading.image == "m" && reading.container.volumes == nil && reading.container.mounts == nil)
        #expect(
            reading.unexpressed.map(\.path) == [
                "template.executionEnvironment", "template.nodeSelector", "template.timeout", "template.vpcAccess",
                "template.volumes[0]", "template.containers[1].ports",
                "template.containers[1].resources.limits.memory", "template.containers[1].volumeMounts[1]",
                "template.containers[0].resources.limits.cpu", "template.containers[0].resources.cpuIdle",
                "template.containers[2]",
            ])
    }

    @Test func `sidecars are pinned by what the revision runs`() throws {
        let revision: JSONValue = [
            "containers": [
                ["name": "side", "image": "r.dev/side:1"],
                ["name": "app", "image": "r.dev/app:1", "ports": [["containerPort": 8080]], "dependsOn": ["side"]],
            ],
            "containerStatuses": [
                ["name": "side", "imageDigest": .string("r.dev/side@\(Self.digest)")],
                ["name": "app", "imageDigest": .string("r.dev/app@sha256:" + String(repeating: "b", count: 64))],
            ], "timeout": "300s",
        ]
        let imported = ServiceImport(name: "orders", service: Self.service, revision: revision, isPublic: false)
        #expect(imported.pinnedImage == "r.dev/app@sha256:" + String(repeating: "b", count: 64))
        #expect(imported.template.container.sidecars == [Sidecar(name: "side", image: "r.dev/side@\(Self.digest)")])
        #expect(imported.template.container.startsAfter == ["side"] && imported.template.container.name == "app")
    }

    @Test func `Cloud SQL has one name here, whatever the volume is called there`() throws {
        let template: JSONValue = [
            "containers": [
                [
                    "name": "app", "image": .string("r.dev/a@\(Self.digest)"), "ports": [["containerPort": 8080]],
                    "volumeMounts": [["name": "sql", "mountPath": "/cloudsql"]],
                ],
                [
                    "name": "side", "image": .string("r.dev/a@\(Self.digest)"),
                    "volumeMounts": [["name": "sql", "mountPath": "/cloudsql"]],
                ],
            ],
            "volumes": [["name": "sql", "cloudSqlInstance": ["instances": ["p:r:i"]]]], "timeout": "300s",
        ]
        let imported = ServiceImport(name: "orders", service: ["template": template], revision: nil, isPublic: true)
        #expect(imported.notes == [])
        let container = try loaded(imported).container
        #expect(container.cloudSQL == ["p:r:i"] && container.volumes == nil && container.mounts == nil)
        #expect(container.sidecars?[0].mounts == [VolumeMount(volume: "cloudsql", path: "/cloudsql")])
    }

    @Test(
        arguments: [
            .null, "text", [], ["template": "no"], ["template": ["containers": [1, "x"]]],
            ["template": ["containers": [["env": [1], "ports": [[:]], "resources": "x"]], "scaling": 3]],
        ] as [JSONValue])
    func `a document that makes no sense gives a service without settings`(document: JSONValue) {
        let imported = ServiceImport(name: "x", service: document, revision: nil, isPublic: nil)
        #expect(imported.pinnedImage == nil && imported.lines(indent: 2).first == "  x:")
    }

    @Test func `what has no key is told without the values of its variables and headers`() throws {
        let document: JSONValue = [
            "template": [
                "containers": [
                    [
                        "name": "app", "image": "i", "ports": [["containerPort": 8080]],
                        "env": [["name": "DB_PASSWORD", "value": "hunter2${x}"]],
                        "startupProbe": [
                            "httpGet": [
                                "httpHeaders": [
                                    ["name": "Authorization", "value": "Bearer hunter2"],
                                    ["name": "Authorization", "value": "Bearer hunter2b"],
                                ]
                            ]
                        ],
                    ],
                    ["name": "Odd_Name", "image": "i", "env": [["name": "API_KEY", "value": "hunter2"]]],
                ]
            ]
        ]
        let imported = ServiceImport(name: "orders", service: document, revision: nil, isPublic: nil)
        let text = imported.lines(indent: 2).joined(separator: "\n")
        for name in ["DB_PASSWORD", "Authorization", "API_KEY"] { #expect(text.contains(name), "\(text)") }
        #expect(!text.contains("hunter2"), "\(text)")
    }

    @Test func `numbers that no configuration may have are told, not dropped`() {
        let document: JSONValue = [
            "template": [
                "scaling": ["minInstanceCount": 1500, "maxInstanceCount": 2000],
                "maxInstanceRequestConcurrency": 5000,
                "containers": [
                    [
                        "image": "i",
                        "livenessProbe": ["httpGet": ["path": "/l"], "failureThreshold": 4000, "periodSeconds": 9999],
                    ]
                ],
            ]
        ]
        let imported = ServiceImport(name: "orders", service: document, revision: nil, isPublic: nil)
        let lost = imported.notes.filter { $0.kind == .lost }.map(\.path)
        for name in ["minInstanceCount", "maxInstanceCount", "maxInstanceRequestConcurrency", "failureThreshold"] {
            #expect(lost.contains { $0.hasSuffix(name) }, "\(lost)")
        }
    }
}
