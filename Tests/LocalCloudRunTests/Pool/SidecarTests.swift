import JSON
import Testing
import Transport

@testable import LocalCloudRun

/// Several containers in one instance, and what they share.
@Suite("Sidecars and volumes", .serialized, .timeLimit(.minutes(3)))
struct SidecarTests {
    @Test(arguments: RuntimeContractTests.names)
    func `a container starts after those that it depends on, and reaches them on its own loopback`(
        name: String
    ) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let port = Int64(try await FreePort.find())
        let app = PoolFixture.container(
            fixture,
            """
            BUSYBOX wget -q -O - http://127.0.0.1:\(port)/nothing 2>&1 | BUSYBOX grep -o '404 Not Found'
            BUSYBOX httpd -f -p $PORT
            """, name: "app", ["ports": [["containerPort": 8080]], "dependsOn": ["proxy"]])
        let proxy = PoolFixture.container(
            fixture, "echo PORT=$PORT; BUSYBOX sleep 1; BUSYBOX httpd -f -p \(port)", name: "proxy",
            ["startupProbe": ["tcpSocket": ["port": .integer(port)], "periodSeconds": 1, "failureThreshold": 20]])
        // The app is written first and started last.
        try await PoolFixture.run(fixture.runtime, ["containers": [app, proxy]]) { pool in
            #expect(await pool.pool.ensure(PoolFixture.revision) == nil)
            let instance = try #require(pool.instances.first)
            #expect(instance.containers.map(\.name) == ["proxy", "app"])
            #expect(await pool.eventually { (try? pool.lines().contains("404 Not Found")) == true })
            #expect(try pool.lines().contains("PORT="))
            // The address is the app's: it answers, although the other one owns the network.
            let client = try await RawClient.connect(instance.port, host: instance.host)
            #expect(try await client.request("GET", "/", host: "x", headers: ["Connection: close"]).status == 404)
            await client.close()
        }
    }

    @Test(arguments: RuntimeContractTests.names)
    func `when a sidecar ends, the instance ends`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let app = PoolFixture.container(
            fixture, "BUSYBOX httpd -f -p $PORT", name: "app", ["ports": [["containerPort": 8080]]])
        let sidecar = PoolFixture.container(fixture, "BUSYBOX sleep 2; exit 9", name: "sidecar")
        try await PoolFixture.run(fixture.runtime, ["containers": [app, sidecar]]) { pool in
            #expect(await pool.pool.ensure(PoolFixture.revision) == nil)
            let first = try #require(pool.instances.first?.id)
            #expect(await pool.eventually { pool.instances.first.map { $0.id != first } ?? false })
            #expect(try pool.lines().contains("Container called exit(9)."))
        }
    }

    @Test(arguments: RuntimeContractTests.names.filter { $0 != "process" })
    func `memory is shared by the containers of an instance, secrets and folders are mounted, nothing stays`(
        name: String
    ) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let folder = Platform.temporaryFolder()
        let app = PoolFixture.container(
            fixture,
            """
            BUSYBOX cat /cache/word /secrets/deep/token; BUSYBOX ls -l /secrets/deep/token | BUSYBOX cut -c1-10
            BUSYBOX df /cache | BUSYBOX grep -o tmpfs; echo x > /secrets/y || echo read-only
            echo written > /host/file; BUSYBOX httpd -f -p $PORT
            """, name: "app",
            [
                "ports": [["containerPort": 8080]], "dependsOn": ["writer"],
                "volumeMounts": [
                    ["name": "cache", "mountPath": "/cache"], ["name": "token", "mountPath": "/secrets"],
                    ["name": "host", "mountPath": "/host"],
                ],
            ])
        let writer = PoolFixture.container(
            fixture, "echo shared > /cache/word; BUSYBOX httpd -f -p 9000", name: "writer",
            [
                "volumeMounts": [["name": "cache", "mountPath": "/cache"]],
                "startupProbe": ["tcpSocket": ["port": 9000], "periodSeconds": 1, "failureThreshold": 20],
            ])
        let document: JSONValue = [
            "containers": [app, writer],
            "volumes": [
                ["name": "cache", "emptyDir": ["medium": "MEMORY", "sizeLimit": "8Mi"]],
                ["name": "token", "secret": ["secret": "t", "items": [["path": "deep/token", "version": "2"]]]],
                ["name": "host", "nfs": ["server": "localhost", "path": .string(folder)]],
            ],
        ]
        var owner = ""
        try await PoolFixture.run(
            fixture.runtime, document, secret: { $0 == "t" && $1 == "2" ? Array("hidden\n".utf8) : nil }
        ) { pool in
            owner = pool.owner
            #expect(await pool.pool.ensure(PoolFixture.revision) == nil)
            for line in ["shared", "hidden", "-r--r--r--", "tmpfs", "read-only"] {
                #expect(await pool.eventually { (try? pool.lines().contains(line)) == true }, "\(line)")
            }
        }
        let written = try await ChildProcess.run(CommandLine(["/bin/cat", folder + "/file"]))
        #expect(written.outputText == "written\n")
        let volumes = try await ChildProcess.run(
            CommandLine(
                [name, "volume", "ls", "--quiet", "--filter", "label=stagectl.owner=\(owner)"],
                deadline: .seconds(30)))
        #expect(volumes.outputText.isEmpty)
    }

    @Test(
        arguments: [
            (["gcs": ["bucket": "b"]], "a volume of `gcs` exists only in the cloud"),
            (["nfs": ["server": "10.0.0.1", "path": "/x"]], "the local Cloud Run mounts no NFS server"),
            (["cloudSqlInstance": ["instances": ["a:b:c"]]], "a volume of `cloudSqlInstance` exists only"),
        ] as [(JSONValue, String)])
    func `a volume that only the cloud has fails the revision and says so`(kind: JSONValue, text: String) async throws {
        var volume = kind
        volume["name"] = "v"
        let container: JSONValue = ["image": "app", "volumeMounts": [["name": "v", "mountPath": "/v"]]]
        try await PoolFixture.run(
            FakeRuntime(), ["containers": [container], "volumes": [volume]], pinned: false
        ) { pool in
            let failure = await pool.pool.ensure(PoolFixture.revision)
            let message = failure?.message(revision: "r", logsURL: "", account: "") ?? ""
            #expect(message.contains("Volume 'v' is not available: \(text)"), "\(message)")
        }
    }

    @Test func `a secret volume without its secret is Cloud Run's condition`() async throws {
        let container: JSONValue = ["image": "app", "volumeMounts": [["name": "v", "mountPath": "/v"]]]
        let volume: JSONValue = ["name": "v", "secret": ["secret": "missing"]]
        try await PoolFixture.run(
            FakeRuntime(), ["containers": [container], "volumes": [volume]], pinned: false
        ) { pool in
            let failure = await pool.pool.ensure(PoolFixture.revision)
            #expect(failure?.reason == "SECRETS_ACCESS_CHECK_FAILED")
            let message = failure?.message(revision: "r", logsURL: "", account: "a") ?? ""
            #expect(message.contains("Permission denied on secret: projects/p/secrets/missing/versions/latest"))
        }
    }
}
