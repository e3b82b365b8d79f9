import JSON
import Testing
import Transport

/// `stagectl config import`: a service that somebody else deployed becomes one of the configuration.
@Suite(.serialized) struct ImportTests {
    private static let port = 18644
    private static let services =
        "http://127.0.0.1:\(port)/v2/projects/local-project/locations/us-central1/services"

    private func body(_ image: String) -> String {
        let document: JSONValue = [
            "template": [
                "timeout": "120s", "maxInstanceRequestConcurrency": 20, "scaling": ["maxInstanceCount": 3],
                "containers": [
                    [
                        "image": .string(image), "ports": [["containerPort": 8080]],
                        "resources": ["limits": ["cpu": "1000m", "memory": "512Mi"], "cpuIdle": true],
                        "env": [["name": "SAMPLE_ROLE", "value": "auth"], ["name": "NOTE", "value": "a: \"b\" # c"]],
                        "startupProbe": ["tcpSocket": [:], "periodSeconds": 1, "failureThreshold": 9],
                    ]
                ],
            ]
        ]
        return document.serialized()
    }

    private let http = HTTPClient()

    private func ask(_ method: String, _ url: String, body: String? = nil) async throws -> JSONValue {
        let headers = HTTPHeaders([.init("Content-Type", "application/json")])
        let response = try await http.send(
            HTTPRequest(method, url, headers: headers, body: body.map { Array($0.utf8) }))
        #expect(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
        return try JSONValue(parsing: response.body)
    }

    private func ready() async throws -> JSONValue {
        let end = ContinuousClock.now + .seconds(180)
        while true {
            let service = try await ask("GET", Self.services + "/legacy")
            if service["reconciling"]?.bool != true, service["terminalCondition"]?["state"] == "CONDITION_SUCCEEDED" {
                return service
            }
            try #require(ContinuousClock.now < end, "\(service.serialized())")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test func `a deploy of what was imported is unchanged, and writes nothing`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: Self.port)
        let first = try await project.json("deploy", "auth", exit: 0)
        let image = try #require(first["services"]?[0]?["image"]?.string)
        _ = try await ask("POST", Self.services + "?serviceId=legacy", body: body(image))
        let before = try await ready()

        let shown = try await project.stagectl("config", "import", "--from-service", "legacy")
        #expect(shown.exitCode == 0 && shown.outputText.hasPrefix("services:\n  legacy:\n"), "\(shown.outputText)")
        #expect(shown.outputText.contains("image: \"\(image)\"") && shown.outputText.contains("concurrency: 20"))
        let text = try await project.shell("cat", "environments/services.yaml").outputText

        _ = try await project.json("config", "import", "--from-service", "legacy", "--write", "--dry-run", exit: 0)
        #expect(try await project.shell("cat", "environments/services.yaml").outputText == text)
        let written = try await project.json("config", "import", "--from-service", "legacy", "--write", exit: 0)
        #expect(written["service"] == "legacy" && written["written"] != .null && written["findings"] == [])
        let after = try await project.shell("cat", "environments/services.yaml").outputText
        #expect(after.hasPrefix(text.hasSuffix("\n\n") ? String(text.dropLast()) : text))
        _ = try await project.json("config", "validate", exit: 0)
        _ = try await project.json("config", "import", "--from-service", "legacy", "--write", exit: 5)
        _ = try await project.json("config", "import", "--from-service", "no-such", exit: 64)

        let plan = try await project.stagectl("deploy", "legacy", "--dry-run")
        #expect(plan.exitCode == 0 && plan.outputText.contains("it was not made by stagectl and is the same"))
        let release = try await project.json("deploy", "legacy", exit: 0)
        #expect(release["outcome"] == "unchanged", "\(release.serialized(pretty: true))")
        let now = try await ask("GET", Self.services + "/legacy")
        for key in ["generation", "etag", "updateTime", "annotations", "labels", "template", "traffic"] {
            #expect(now[key] == before[key], "\(key)")
        }
        let given = try await project.json("deploy", "auth", "--image", image, exit: 0)
        #expect(given["outcome"] == "unchanged", "what stagectl has built itself is the same as its image")
        let changed = try await project.json("deploy", "legacy", "--set-env", "NOTE=other", "--dry-run", exit: 0)
        #expect(changed["changes"] == true)
        try await project.end()
    }

    @Test func `a file is read as gcloud writes it, and what has no key is told`() async throws {
        let google = try OrderlyGoogle()
        let digest = "sha256:" + String(repeating: "e", count: 64)
        let exported = """
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata:
              name: orders
            spec:
              template:
                metadata:
                  annotations:
                    run.googleapis.com/vpc-access-connector: c
                    run.googleapis.com/cpu-boost-of-tomorrow: 'on'
                spec:
                  containers:
                  - image: us-docker.pkg.dev/p/r/orders@\(digest)
                    ports:
                    - containerPort: 9000

            """
        try google.write(exported, to: "orders.yaml")
        let document = try await google.json("config", "import", "--from-file", "orders.yaml", exit: 0)
        #expect(
            document["yaml"]?.string == """
                services:
                  orders:
                    # not kept: template.run.googleapis.com/cpu-boost-of-tomorrow: "on" – has no key here; a new revision would not have it
                    # open: public – is not said here; left out means false
                    image: "us-docker.pkg.dev/p/r/orders@\(digest)"
                    port: 9000
                    vpc: { connector: "c" }

                """)
        let piped = try await ChildProcess.run(
            CommandLine(
                [AcceptanceProject.products + "/stagectl", "config", "import", "--from-file", "-"],
                environment: google.variables(), workingDirectory: google.folder, input: Array(exported.utf8)))
        #expect(piped.outputText == document["yaml"]?.string)
        try google.write("kind: Deployment\n", to: "other.yaml")
        _ = try await google.json("config", "import", "--from-file", "other.yaml", exit: 65)
        _ = try await google.json("config", "import", "--from-file", "missing.yaml", exit: 64)
        _ = try await google.json("config", "import", exit: 64)
        google.end()
    }
}
