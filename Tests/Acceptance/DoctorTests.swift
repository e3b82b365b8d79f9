import JSON
import Testing
import Transport

/// `stagectl doctor` and the gate `preflight`, through the real binary against a stub of Google.
@Suite(.serialized) struct DoctorTests {
    @Test func `where all is well it says so`() async throws {
        try await OrderlyGoogle.with { google in
            let result = try await google.stagectl("doctor", "--env", "staging")
            #expect(result.exitCode == 0, "\(result.outputText) \(result.errorText)")
            #expect(
                result.outputText.replacing(google.folder, with: "FOLDER") == """
                      ✔  `docker` is not installed (builds and runs containers)
                      ✔  `podman` is not installed (builds and runs containers)
                      ✔  `buildah` is not installed (builds containers)
                      ✔  `terraform` is not installed (applies infrastructure)
                      ✔  `--builder auto` takes `cloud-build`
                      ✔  the state is in `FOLDER/.stagectl`
                      ✔  the disk of the state has room
                      ✔  environment `staging` has 1 service, no findings
                      ✔  credentials: STAGECTL_ACCESS_TOKEN, used: access token
                         others: GOOGLE_APPLICATION_CREDENTIALS: not asked: an earlier one decides; gcloud auth application-default login: not asked: an earlier one decides; metadata server: not asked: an earlier one decides
                      ✔  the clock is right
                      ✔  Cloud Run answers in `us-central1`: 1 of 1 service exists
                      ✔  `run.googleapis.com` is enabled
                      ✔  `artifactregistry.googleapis.com` is enabled
                      ✔  `secretmanager.googleapis.com` is enabled
                      ✔  `cloudbuild.googleapis.com` is enabled
                      ✔  `storage.googleapis.com` is enabled
                      ✔  `logging.googleapis.com` is enabled
                      ✔  service account `run@p.iam.gserviceaccount.com` exists
                      ✔  may change the service and read its revisions (service `backend` in `us-central1`)
                      ✔  may call `backend` while it is not public (service `backend` in `us-central1`)
                      ✔  may deploy a service that runs as it (service account `run@p.iam.gserviceaccount.com`)
                      ✔  may wait for Cloud Run's operations (project `p`)
                      ✔  may show what a failing revision said (project `p`)
                      ✔  may build with Cloud Build (project `p`)
                      ✔  may hand the source to Cloud Build (project `p`)
                      ✔  repository `services` in `us-central1` of project `p` exists
                      ✔  version `latest` of secret `jwt` exists
                      ✔  `run@p.iam.gserviceaccount.com` may read secret `jwt`

                    no problem: 28 fine

                    """)
            let document = try await google.json("doctor", "--env", "staging", exit: 0)
            #expect(document["schema"] == "stagectl.doctor/v1" && document["healthy"] == true)
            #expect(document["error"] == .null && document["counts"]?["ok"] == 28)
            #expect(
                google.asked.allSatisfy {
                    $0.hasPrefix("GET ") || $0.hasSuffix("IamPermissions") || $0.hasSuffix("IamPolicy")
                })
        }
    }

    @Test func `each problem has its exit code and the line that mends it`() async throws {
        try await OrderlyGoogle.with { google in
            func check(
                _ id: String, exit code: Int32, _ command: String, _ change: (inout OrderlyGoogle.World) -> Void
            ) async throws {
                google.set { $0 = .init() }
                google.set(change)
                let document = try await google.json("doctor", "-e", "staging", exit: code)
                #expect(OrderlyGoogle.findings(document, "problem") == [id])
                let finding = document["findings"]?.array?.first { $0["id"]?.string == id }
                #expect(finding?["command"]?.string?.hasPrefix(command) == true, "\(String(describing: finding))")
                #expect(document["healthy"] == false && document["error"]?["category"] != .null)
            }
            try await check(
                "permission:run.developer:service/us-central1/backend", exit: 4,
                "gcloud run services add-iam-policy-binding backend --region us-central1 --project p --member"
            ) { $0.lacking = ["run.services.update"] }
            try await check(
                "permission:iam.serviceAccountUser:account/run@p.iam.gserviceaccount.com", exit: 4,
                "gcloud iam service-accounts add-iam-policy-binding run@p.iam.gserviceaccount.com --project p --member"
            ) { $0.lacking = ["iam.serviceAccounts.actAs"] }
            try await check(
                "api:run.googleapis.com", exit: 4, "gcloud services enable run.googleapis.com --project p"
            ) { $0.disabledAPIs = ["run.googleapis.com"] }
            try await check("secret:jwt/latest", exit: 65, "gcloud secrets describe jwt") {
                $0.statuses = [("/versions/", 404)]
            }
            try await check("account:run@p.iam.gserviceaccount.com", exit: 65, "gcloud iam service-accounts create run")
            {
                $0.statuses = [("/serviceAccounts/run@p.iam.gserviceaccount.com:", 403), ("/serviceAccounts/", 404)]
            }
            try await check(
                "repository:us-central1/services", exit: 65,
                "gcloud artifacts repositories create services --repository-format docker --location us-central1"
            ) { $0.statuses = [("/repositories/services:", 403), ("/repositories/", 404)] }
            try await check("clock", exit: 1, "sudo timedatectl") { $0.ahead = 1000 }
        }
    }

    @Test func `what may not be looked at is unknown`() async throws {
        try await OrderlyGoogle.with { google in
            google.set { $0.statuses = [("IamPermissions", 403), ("/v1/", 403), ("/v3/", 403)] }
            let document = try await google.json("doctor", "-e", "staging", exit: 0)
            #expect(OrderlyGoogle.findings(document, "problem") == [])
            #expect(document["counts"]?["unknown"] == 17)
            google.set { $0.statuses = [("/", 403)] }
            let all = try await google.json("doctor", "-e", "staging", exit: 4)
            #expect(OrderlyGoogle.findings(all, "problem") == ["platform"])
            google.set { $0.statuses = [("/", 401)] }
            let who = try await google.json("doctor", "-e", "staging", exit: 4)
            #expect(OrderlyGoogle.findings(who, "problem") == ["platform"])
        }
    }

    @Test func `a server that is down is one problem, and nothing else is asked`() async throws {
        try await OrderlyGoogle.with { google in
            google.stop()
            let document = try await google.json("doctor", "-e", "staging", exit: 69)
            #expect(
                OrderlyGoogle.findings(document, "problem") == ["platform"]
                    && OrderlyGoogle.findings(document, "unknown") == ["clock"])
        }
    }

    @Test func `without credentials every place is named where they were looked for`() async throws {
        try await OrderlyGoogle.with { google in
            let result = try await google.stagectl(
                "doctor", "-e", "staging", environment: ["STAGECTL_ACCESS_TOKEN": "", "CLOUDSDK_CONFIG": google.folder])
            #expect(result.exitCode == 4)
            for word in [
                "no Google credentials", "STAGECTL_ACCESS_TOKEN: not there: it is not set",
                "GOOGLE_APPLICATION_CREDENTIALS: not there", "metadata server: not there",
                "$ gcloud auth application-default login",
            ] {
                #expect(result.outputText.contains(word), "\(word): \(result.outputText)")
            }
        }
    }

    @Test func `credentials that cannot be used come with the line that makes room for others`() async throws {
        try await OrderlyGoogle.with { google in
            let document = try await google.json(
                "doctor", "-e", "staging",
                environment: ["STAGECTL_ACCESS_TOKEN": "", "GOOGLE_APPLICATION_CREDENTIALS": "/nonexistent/key.json"],
                exit: 4)
            let finding = document["findings"]?.array?.first { $0["id"] == "credentials" }
            #expect(finding?["command"] == "unset GOOGLE_APPLICATION_CREDENTIALS")
            #expect(document["error"]?["hint"]?.string?.hasSuffix("stagectl doctor --env staging") == true)
        }
    }

    @Test func `mistakes of the configuration come with the rest`() async throws {
        try await OrderlyGoogle.with { google in
            try google.write("services:\n  backend: { imagee: x, prt: 1 }\n", to: "environments/services.yaml")
            let result = try await google.stagectl("doctor", "-e", "staging")
            #expect(result.exitCode == 65)
            for word in [
                "services.yaml:2:14", "services.yaml:2:25", "$ stagectl config validate --env staging",
                "`docker` is not",
            ] {
                #expect(result.outputText.contains(word), "\(word): \(result.outputText)")
            }
            let unknown = try await google.stagectl("doctor", "-e", "stagin")
            #expect(unknown.exitCode == 64 && unknown.errorText.contains("--env staging"), "\(unknown.errorText)")
        }
    }

    @Test func `a port that another program has is told with two that are free`() async throws {
        try await OrderlyGoogle.with { google in
            try google.write("services:\n  backend: { image: backend }\n", to: "environments/services.yaml")
            let taken = String(google.port)
            let document = try await google.json(
                "doctor", "-e", "local",
                environment: ["STAGECTL_LOCAL_PORT": taken, "STAGECTL_LOCAL_INGRESS_PORT": "18651"], exit: 69)
            #expect(OrderlyGoogle.findings(document, "problem") == ["local-cloud-run"])
            let finding = document["findings"]?.array?.first { $0["id"] == "local-cloud-run" }
            #expect(finding?["what"]?.string?.contains("port \(taken) is taken") == true)
            #expect(finding?["command"]?.string?.hasPrefix("stagectl local up --port ") == true)
            let free = try await google.json(
                "doctor", "-e", "local",
                environment: ["STAGECTL_LOCAL_PORT": "18650", "STAGECTL_LOCAL_INGRESS_PORT": "18651"], exit: 0)
            #expect(free["healthy"] == true)
            #expect(
                try await google.json("local", "status", "-e", "local", exit: 0)["running"] == false,
                "nothing was started")
        }
    }

    @Test func `on a terminal prose is folded and commands stay in one piece`() async throws {
        try await OrderlyGoogle.with { google in
            google.set { $0.lacking = ["run.services.update", "logging.logEntries.list"] }
            let command =
                "$ gcloud run services add-iam-policy-binding backend --region us-central1 --project p --member "
                + "\"user:$(gcloud config get-value account)\" --role roles/run.developer"
            for columns in [80, 120] {
                let line =
                    "stty cols \(columns); PATH=/nonexistent exec \(AcceptanceProject.products)/stagectl doctor -e staging --no-color"
                let result = try await ChildProcess.run(
                    CommandLine(
                        ["script", "-qec", line, "/dev/null"],
                        environment: google.variables(["PATH": "/usr/local/bin:/usr/bin:/bin"]),
                        workingDirectory: google.folder, deadline: .seconds(60)))
                let lines = result.outputText.split(whereSeparator: \.isNewline).map(String.init)
                #expect(lines.contains("     " + command), "\(result.outputText)")
                let prose = lines.filter { !$0.contains("$ ") }
                #expect(prose.allSatisfy { $0.count <= columns || !$0.dropFirst(5).contains(" ") }, "\(prose)")
                #expect(prose.contains { $0.count > columns - 20 })
            }
        }
    }

    @Test func `a deploy stops before anything is built or changed`() async throws {
        try await OrderlyGoogle.with { google in
            let image = "127.0.0.1:1/r/backend@sha256:" + String(repeating: "a", count: 64)
            google.set {
                $0.lacking = ["run.services.update", "iam.serviceAccounts.actAs"]
                $0.statuses = [("/versions/", 404)]
            }
            let refused = try await google.json("deploy", "backend", "--image", image, "-e", "staging", exit: 4)
            #expect(refused["schema"] == "stagectl.release/v1" && refused["error"]?["category"] == "permission")
            #expect(
                refused["error"]?["details"]?.array?.compactMap { $0["label"]?.string } == [
                    "permission:run.developer:service/us-central1/backend",
                    "permission:iam.serviceAccountUser:account/run@p.iam.gserviceaccount.com", "secret:jwt/latest",
                ])
            #expect(refused["error"]?["details"]?[2]?["value"]?.string?.contains("run: gcloud secrets") == true)
            func writes() -> [String] {
                google.asked.filter {
                    !$0.hasPrefix("GET ") && !$0.hasSuffix("IamPermissions") && !$0.hasSuffix("IamPolicy")
                }
            }
            #expect(writes() == [])

            let dry = try await google.json(
                "deploy", "backend", "--image", image, "-e", "staging", "--dry-run", exit: 4)
            #expect(dry["schema"] == "stagectl.plan/v1" && dry["changes"] == true)
            #expect(dry["error"]?["category"] == "permission")

            google.set { $0.lacking = [] }
            _ = try await google.json("deploy", "backend", "--image", image, "-e", "staging", exit: 65)
            google.set { $0.statuses = [] }
            let planned = try await google.json(
                "deploy", "backend", "--image", image, "-e", "staging", "--dry-run", exit: 0)
            #expect(planned["error"] == .null, "an image that cannot be looked at is no problem")
            #expect(writes() == [])

            google.set { $0.lacking = ["run.services.update"] }
            let forced = try await google.stagectl(
                "deploy", "backend", "--image", image, "-e", "staging", "--override",
                "preflight=the role comes from a group",
                "-o", "json")
            let document = try JSONValue(parsing: forced.output)
            #expect(
                forced.errorText.contains("preflight, overridden (the role comes from a group)"), "\(forced.errorText)")
            #expect(writes().contains { $0.hasPrefix("PATCH ") }, "it went on: \(google.asked)")
            #expect(document["overrides"]?["preflight"] != nil || document["outcome"] == "failed")
        }
    }

    @Test func `a secret that is not on this machine is told before a local deploy`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18640)
        let services = try await project.shell("cat", "environments/services.yaml").outputText
        try project.write(
            services.replacing(
                "SAMPLE_ROLE: auth, JWT_SECRET: acceptance-secret",
                with: "SAMPLE_ROLE: auth, JWT_SECRET: { secret: jwt }"),
            to: "environments/services.yaml")
        try await project.commit("a secret")
        let refused = try await project.json("deploy", "auth", exit: 65)
        let command = refused["error"]?["details"]?[0]?["value"]?.string?.split(separator: "\n").last?.dropFirst(5)
        #expect(try await project.json("history", exit: 0)["releases"] == [], "nothing was begun")
        let doctor = try await project.json("doctor", exit: 65)
        #expect(OrderlyGoogle.findings(doctor, "problem") == ["secret:jwt/latest"])
        try await project.shell("sh", "-c", "printf secret | " + String(command ?? "false"))
        let deployed = try await project.json("deploy", "auth", exit: 0)
        #expect(deployed["outcome"] == "promoted")
        _ = try await project.json("doctor", exit: 0)
        try await project.end()
    }
}
