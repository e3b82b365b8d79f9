import JSON
import Testing
import Transport

/// What somebody changes behind stagectl's back, and what differs between two runs, through the real binary.
@Suite(.serialized) struct DifferenceTests {
    private static let port = 18780

    @Test func `what was changed by hand is drift, and two runs are held against each other`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: Self.port)
        do {
            let first = try await project.json("deploy", "--all", exit: 0)
            try await comparesRuns(project, first)
            try await seesChangesByHand(project)
            try await saysWhatHistoryIsCut(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    // MARK: - Two runs

    private func comparesRuns(_ project: AcceptanceProject, _ first: JSONValue) async throws {
        let one = try #require(first["run"]?.string)
        try project.write("second\n", to: "image/VERSION")
        try await project.commit("break \u{1B}[31mthe socket")
        let broken = try await project.json(
            "deploy", "backend", "--set-env", "SAMPLE_FAULT=ws-1011", "--set-env", "API_TOKEN=hunter22", exit: 3)
        let two = try #require(broken["run"]?.string)
        let difference = try await project.json("diff", two, one, exit: 0)
        #expect(
            difference["schema"] == "stagectl.diff/v1" && difference["kind"] == "runs" && difference["error"] == .null)
        #expect(difference["earlier"]?["run"]?.string == one && difference["later"]?["run"]?.string == two)
        #expect(difference["later"]?["verdict"]?["result"] == "fail")
        let check = difference["checks"]?["broken"]?[0]
        #expect(check?["id"] == "ws.echo" && check?["suite"] == "backend-smoke", "\(difference["checks"] ?? .null)")
        #expect(check?["earlier"]?["status"] == "passed" && check?["later"]?["status"] == "failed")
        #expect((check?["earlier"]?["milliseconds"]?.double ?? 0) > 0)
        let services = difference["services"]?.array ?? []
        let backend = services.first { $0["service"] == "backend" }
        #expect(services.first { $0["service"] == "auth" }?["later"] == .null)
        #expect(backend?["commits"]?["relation"] == "ancestor" && backend?["commits"]?["added"]?.array?.count == 1)
        let settings = (backend?["settings"]?.array ?? []).compactMap { $0["field"]?.string }
        #expect(settings == ["env.API_TOKEN", "env.SAMPLE_FAULT"])
        let steps = difference["steps"]?.array ?? []
        #expect(steps.contains { $0["id"] == "smoke:backend" && $0["later"]?["status"] == "failed" })

        let text = try await project.stagectl("diff", one, two).outputText
        #expect(text.contains("checks broken: 1\n  backend-smoke/ws.echo"), "\(text)")
        #expect(text.contains("the socket") && !text.contains("\u{1B}") && !text.contains("hunter22"), "\(text)")
        #expect(!difference.serialized().contains("hunter22"))
        let detailed = try await project.stagectl("diff", one, two, "--detailed-exitcode")
        #expect(detailed.exitCode == 2)
        try await saysWhy(project, broken: two, good: one)
        try await refusesWrongRuns(project, one)
    }

    /// From the verdict to the check, the container's word and what had changed; of a good run there is nothing to say.
    private func saysWhy(_ project: AcceptanceProject, broken: String, good: String) async throws {
        let why = try await project.json("why", broken, exit: 0)
        #expect(why["schema"] == "stagectl.why/v1" && why["baseline"]?.string == good)
        let links = why["links"]?.array ?? []
        func link(_ kind: String) -> JSONValue? { links.first { $0["kind"]?.string == kind } }
        func evidence(_ kind: String) -> [String] { link(kind)?["evidence"]?.array?.compactMap(\.string) ?? [] }
        #expect(evidence("check") == ["backend-smoke/ws.echo failed, passed before"])
        #expect(link("cause")?["known"] == true && !evidence("log").isEmpty, "\(links)")
        #expect(evidence("commits").count == 1 && evidence("commits")[0].contains("the socket"))
        #expect(evidence("configuration").contains("env.SAMPLE_FAULT"))
        #expect(link("revision")?["service"] == "backend")
        #expect(!why.serialized().contains("hunter22"))
        #expect(try await project.json("why", good, exit: 0)["links"]?.array?.count == 1)
        let last = try await project.stagectl("why")
        #expect(last.exitCode == 0 && last.outputText.hasPrefix("why \(broken)"), "\(last.outputText)")
        _ = try await project.json("why", "r2020", exit: 64)
    }

    /// As after a shallow clone: the commits of the first release are not here any more.
    private func saysWhatHistoryIsCut(_ project: AcceptanceProject) async throws {
        let runs = try await project.json("history", exit: 0)["releases"]?.array?.compactMap { $0["run"]?.string } ?? []
        try await project.shell("sh", "-c", "git rev-parse HEAD >.git/shallow")
        try await project.shell("git", "reflog", "expire", "--expire=now", "--all")
        try await project.shell("git", "gc", "--quiet", "--prune=now")
        let difference = try await project.json("diff", try #require(runs.last), runs[0], exit: 0)
        let commits = difference["services"]?.array?.first { $0["service"] == "backend" }?["commits"]
        #expect(commits?["relation"] == "unknown" && commits?["added"] == [])
        #expect(commits?["note"]?.string?.contains("--unshallow") == true, "\(commits ?? .null)")
    }

    private func refusesWrongRuns(_ project: AcceptanceProject, _ run: String) async throws {
        let typo = String(run.dropLast()) + "0"
        let unknown = try await project.json("diff", run, typo, exit: 64)
        #expect(unknown["schema"] == "stagectl.diff/v1" && unknown["error"]?["hint"]?.string?.contains(run) == true)
        let suffix = try await project.json("diff", "nothing", String(run.suffix(6)), exit: 64)
        #expect(suffix["error"]?["category"] == "usage")
        for wrong in [[run], [run, run], [run, "backend"], ["bakend"], ["backend", run, typo]] {
            let result = try await project.stagectl(["diff"] + wrong + ["-o", "json"]) { _, _ in }
            #expect(result.exitCode == 64, "\(wrong)")
            let document = try JSONValue(parsing: result.output)
            #expect(document["error"]?["category"] == "usage" && document["error"]?["hint"]?.string != nil, "\(wrong)")
        }
    }

    // MARK: - By hand

    private func seesChangesByHand(_ project: AcceptanceProject) async throws {
        _ = try await project.json("deploy", "backend", exit: 0)
        let clean = try await project.json("diff", "backend", "--detailed-exitcode", exit: 0)
        #expect(clean["different"] == false && clean["services"]?[0]?["differences"] == [], "\(clean.serialized())")
        let serving = try #require(clean["services"]?[0]?["revision"]?.string)
        #expect(clean["services"]?[0]?["releasedRevision"]?.string == serving)
        let older = try await project.json("history", "backend", exit: 0)["releases"]?.array?.last
        let first = try #require(older?["services"]?.array?.first { $0["service"] == "backend" }?["revision"]?.string)

        var service = try await send("GET", "")
        var template = service["template"] ?? [:]
        var environment = template["containers"]?[0]?["env"]?.array ?? []
        environment.append(["name": "DEBUG_PASSWORD", "value": "swordfish1"])
        var container = template["containers"]?[0] ?? [:]
        container["env"] = .array(environment)
        container["resources"]?["limits"]?["memory"] = "1Gi"
        template["containers"] = .array([container])
        _ = try await send("PATCH", "?updateMask=template", ["template": template])
        _ = try await send("PATCH", "?updateMask=scaling", ["scaling": ["minInstanceCount": 1]])
        _ = try await send("PATCH", "?updateMask=ingress", ["ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"])
        let named = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
        _ = try await send(
            "PATCH", "?updateMask=traffic",
            [
                "traffic": [
                    ["type": .string(named), "revision": .string(serving), "percent": 70],
                    ["type": .string(named), "revision": .string(first), "percent": 30, "tag": "mine"],
                ]
            ])
        let policy: JSONValue = [
            "bindings": [["role": "roles/run.invoker", "members": ["allUsers", "user:eve@example.com"]]]
        ]
        _ = try await send("POST", ":setIamPolicy", ["policy": policy])

        let found = try await project.json("diff", "backend", "--detailed-exitcode", exit: 2)
        let differences = found["services"]?[0]?["differences"]?.array ?? []
        let fields = differences.compactMap { $0["field"]?.string }
        #expect(
            fields == [
                "template", "env.DEBUG_PASSWORD", "memory", "traffic", "tags.mine", "scaling.minInstanceCount",
                "ingress", "invokers.user:eve@example.com",
            ], "\(found.serialized())")
        let memory = differences.first { $0["field"] == "memory" }
        service = try await send("GET", "")
        #expect(memory?["configured"] == "512Mi" && memory?["released"] == "512Mi" && memory?["live"] == "1Gi")
        #expect(memory?["origin"]?.string?.hasPrefix("local") == true && memory?["revision"]?.string != serving)
        #expect(
            differences.allSatisfy {
                $0["revision"]?.string != nil || $0["field"] == "template" || $0["command"]?.string != nil
            })
        #expect(!found.serialized().contains("swordfish1"))

        let status = try await project.json("status", "backend", exit: 0)
        #expect(status["services"]?[0]?["differences"]?.array?.compactMap { $0["field"]?.string } == fields)
        let drift = (status["services"]?[0]?["drift"]?.array ?? []).compactMap(\.string)
        #expect(drift.count == fields.count && drift.contains { $0.contains("`\(serving)` with all traffic") })
        #expect(drift.contains { $0.hasSuffix("stagectl traffic set backend \(serving)=100") })
        let text = try await project.stagectl("diff", "backend").outputText
        #expect(text.contains("configured, released  512Mi") && !text.contains("swordfish1"), "\(text)")
    }

    /// What somebody with another tool asks of the local Cloud Run; waits until the service is at rest again.
    private func send(_ method: String, _ suffix: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        let base = "http://127.0.0.1:\(Self.port)/v2/projects/local-project/locations/us-central1/services/backend"
        let response = try await HTTPClient().send(
            HTTPRequest(
                method, base + suffix, headers: HTTPHeaders([.init("content-type", "application/json")]),
                body: body.map { Array($0.serialized().utf8) } ?? []))
        #expect(response.status == 200, "\(method) \(suffix): \(String(decoding: response.body, as: UTF8.self))")
        guard method == "PATCH" else { return try JSONValue(parsing: response.body) }
        let clock = ContinuousClock()
        let end = clock.now + .seconds(30)
        while true {
            let service = try await send("GET", "")
            if service["reconciling"]?.bool != true { return service }
            try #require(clock.now < end, "it never came to rest")
            try await clock.sleep(for: .milliseconds(20))
        }
    }
}
