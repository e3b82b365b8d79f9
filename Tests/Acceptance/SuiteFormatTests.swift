import Foundation
import JSON
import Testing
import Transport
import Verification

/// Fragments, values, waivers, shards and secrets, with the real binary against a sample service.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SuiteFormatTests {
    static let services = """
        services:
          backend:
            source: { paths: [image] }
            suites: [probed]

        """
    static let suite = """
        version: 1
        suite: probed
        priority: P1
        owner: team
        values: { most: { type: duration, default: 5s }, missing: { type: text, default: /no-such-page } }
        secrets: { api_key: { from_env: API_KEY } }
        fragments: [{ use: basics, with: { name: backend } }]
        checks:
          - { id: agents, http: GET /api/agents, expect: { time: { total: "${values.most}" } } }
          - { id: open, http: POST /api/threads, json: { title: x }, expect: { status: 201 }, capture: { id: { json: $.id } } }
          - { id: use, needs: [open], http: "GET /api/threads/${captures.id}" }
          - { id: wrong, http: "GET ${values.missing}" }

        """
    static let basics = """
        version: 1
        fragment: basics
        parameters: { name: { type: text } }
        checks:
          - { id: "${parameters.name}.health", http: GET /health }
          - { id: "${parameters.name}.ready", http: GET /ready }

        """

    private static func day(in days: Int) -> String {
        CalendarDay(secondsSince1970: Int(Date().timeIntervalSince1970) + days * 86_400).description
    }

    private func project(port: Int, _ environment: String = "") async throws -> AcceptanceProject {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        try FileManager.default.createDirectory(
            atPath: project.folder + "/environments/suites/fragments", withIntermediateDirectories: true)
        try project.write(Self.services, to: "environments/services.yaml")
        try project.write(Self.suite, to: "environments/suites/probed.yaml")
        try project.write(Self.basics, to: "environments/suites/fragments/basics.yaml")
        let local = "platform: local\nproject: local-project\nregion: us-central1\n"
        try project.write(local + environment, to: "environments/local.yaml")
        return project
    }

    @Test func `an environment's values and waivers decide what a suite's failures mean`() async throws {
        let peer = try await SamplePeer()
        let project = try await project(port: 18730)
        let failing = try await project.json("smoke", "--url", peer.base, exit: 3)
        #expect(failing["decidedBy"] == "failed")
        #expect(failing["counts"]?["total"] == 6)
        // The same suite where the page is another one.
        let local = "platform: local\nproject: local-project\nregion: us-central1\n"
        try project.write(local + "values: { missing: /version }\n", to: "environments/other.yaml")
        let passing = try await project.json("smoke", "--env", "other", "--url", peer.base, exit: 0)
        #expect(passing["counts"]?["passed"] == 6)
        // And where somebody answers for it.
        let waiver = """
            waivers:
              - { match: wrong, owner: ann, issue: ABC-1, reason: not built yet, expires: \(Self.day(in: 10)) }

            """
        try project.write(local + waiver, to: "environments/local.yaml")
        let waived = try await project.json("smoke", "--url", peer.base, exit: 0)
        #expect(waived["counts"]?["waived"] == 1)
        #expect(waived["policies"]?[0]?["daysLeft"] == 10)
        #expect(waived["policies"]?[0]?["origin"] == "environment")
        let text = try await project.stagectl("smoke", "--url", peer.base)
        #expect(text.outputText.contains("waiver probed/wrong: ABC-1, ann, used 1 times, 10 days left"))
        try project.write(local + "gates: { max_excused: 0 }\n" + waiver, to: "environments/local.yaml")
        let gated = try await project.json("smoke", "--url", peer.base, exit: 3)
        #expect(gated["decidedBy"] == "too-many-excused")
        // Out of date, it excuses nothing, and is a finding with its place.
        try project.write(
            local + waiver.replacing(Self.day(in: 10), with: Self.day(in: -1)), to: "environments/local.yaml")
        let expired = try await project.json("smoke", "--url", peer.base, exit: 3)
        #expect(expired["decidedBy"] == "failed")
        #expect(expired["findings"]?[0]?["file"] == "environments/local.yaml")
        try project.write(local + waiver.replacing("match: wrong", with: "match: wrnog"), to: "environments/local.yaml")
        let orphan = try await project.json("config", "validate", exit: 65)
        let said = orphan["error"]?["details"]?[0]?["value"]?.string ?? ""
        #expect(said.contains("environments/local.yaml:5:14: `wrnog` fits no check"), "\(said)")
        #expect(said.contains("did you mean `wrong`?"), "\(said)")
        await peer.stop()
        try await project.end()
    }

    @Test func `shards of several machines come to the verdict of one`() async throws {
        let peer = try await SamplePeer()
        let project = try await project(port: 18734, "values: { missing: /version }\n")
        for shard in 1...3 {
            let document = try await project.json(
                "smoke", "--url", peer.base, "--shard", "\(shard)/3", "--report", "out/\(shard)", exit: 0)
            #expect(document["shard"]?["index"] == .integer(Int64(shard)))
        }
        let merged = try await project.json(
            "smoke", "--merge", "out/1", "out/2/verdict.json", "out/3", "--report", "out/all", exit: 0)
        #expect(merged["result"] == "pass")
        #expect(merged["counts"]?["passed"] == 6)
        #expect(merged["shards"]?["merged"] == [1, 2, 3])
        #expect(FileManager.default.fileExists(atPath: project.folder + "/out/all/junit.xml"))
        let lost = try await project.json("smoke", "--merge", "out/1", "out/3", exit: 3)
        #expect(lost["decidedBy"] == "lost-shard")
        #expect(lost["counts"]?["total"] == 6)
        let twice = try await project.json("smoke", "--merge", "out/1", "out/2", "out/3", "out/3", exit: 3)
        #expect(twice["decidedBy"] == "duplicate-shard")
        let other = try await SamplePeer()
        _ = try await project.json("smoke", "--url", other.base, "--shard", "2/3", "--report", "out/other", exit: 0)
        let foreign = try await project.json("smoke", "--merge", "out/1", "out/2", "out/3", "out/other", exit: 3)
        #expect(foreign["decidedBy"] == "foreign-shard")
        // Somebody makes a failure a pass.
        let file = project.folder + "/out/2/verdict.json"
        let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        try project.write(
            text.replacing("\"status\" : \"passed\"", with: "\"status\" : \"skipped\""), to: "out/2/verdict.json")
        let forged = try await project.json("smoke", "--merge", "out/1", "out/2", "out/3", exit: 3)
        #expect(["fail", "incomplete"].contains(forged["result"]?.string), "\(forged["rule"] ?? "")")
        for wrong in [
            ["--merge", "image/VERSION"], ["--merge", "nowhere"], ["--merge", "out/all"],
            ["--merge", "out/1", "--list"],
        ] {
            let document = try await project.stagectl("smoke", wrong[0], wrong[1], wrong.last ?? "")
            #expect(document.exitCode == 64, "\(wrong): \(document.errorText)")
        }
        await peer.stop()
        await other.stop()
        try await project.end()
    }

    /// What a service gives back is shown to nobody, by no output.
    @Test func `a secret that a service sends back is in no output and in no file`() async throws {
        let peer = try await SamplePeer()
        let project = try await project(port: 18738)
        let secret = "s3cr\"et/<&>'value+é"
        try project.write(
            Self.suite.replacing("title: x }", with: "title: \"${secrets.api_key}\" }").replacing(
                "status: 201", with: "status: 200"
            )
            .replacing("GET ${values.missing}", with: "GET ${values.missing}?key=${secrets.api_key}"),
            to: "environments/suites/probed.yaml")
        let environment = ["API_KEY": secret]
        var outputs: [String] = []
        for arguments in [
            ["smoke", "--url", peer.base, "--report", "out", "--junit", "j.xml", "-o", "json"],
            ["smoke", "--url", peer.base, "--verbose"], ["smoke", "--url", peer.base, "--explain"],
            ["smoke", "--list", "-o", "json"], ["config", "show", "-o", "json"],
        ] {
            let result = try await project.stagectl(arguments, environment: environment) { _, _ in }
            outputs += [result.outputText, result.errorText]
        }
        for place in try FileManager.default.subpathsOfDirectory(atPath: project.folder) {
            guard !place.hasPrefix(".git/"), !place.contains("SampleService"),
                let data = FileManager.default.contents(atPath: project.folder + "/" + place)
            else { continue }
            outputs.append(String(decoding: data, as: UTF8.self))
        }
        #expect(outputs.contains { $0.contains("[redacted]") })
        for form in [
            secret, "s3cr", "s3cr\\\"et", "s3cr&quot;et", "s3cr%22et", Data(secret.utf8).base64EncodedString(),
        ] {
            for output in outputs {
                #expect(
                    !output.contains(form),
                    "\(form): \(output.firstRange(of: form).map { output[$0.lowerBound...].prefix(80) } ?? "")")
            }
        }
        await peer.stop()
        try await project.end()
    }

    @Test func `config schema prints the schemas of suites and fragments`() async throws {
        let project = try await project(port: 18742)
        for file in SuiteSchema.File.allCases {
            let result = try await project.stagectl("config", "schema", file.rawValue)
            #expect(try JSONValue(parsing: result.output) == SuiteSchema.document(for: file))
        }
        try await project.end()
    }

    /// Checks of environments/suites/reference.yaml that a sample service can answer.
    static let manual = [
        "session.sample.health", "session.sample.version", "session.sample.routes", "session.open", "session.say",
        "http.wait", "http.again", "http.rows", "http.anonymous", "ws.denied", "ws.many",
        "users.isolation",
        "limit.enforced",
    ]

    @Test func `the manual runs: listed and explained as a whole, and against a sample service where one can answer`()
        async throws
    {
        let peer = try await SamplePeer(["JWT_SECRET": "sample-only-secret"])
        let project = try await project(port: 18746)
        let suites = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "environments/suites")
        let own = project.folder + "/environments/suites"
        try FileManager.default.removeItem(atPath: own)
        try FileManager.default.copyItem(atPath: suites.path, toPath: own)
        try project.write(Self.services.replacing("probed", with: "reference"), to: "environments/services.yaml")
        let list = try await project.json("smoke", "--list", exit: 0)
        let ids = Set(list["checks"]?.array?.compactMap { $0["id"]?.string } ?? [])
        #expect(ids.count > 45)
        let explained = try await project.json("smoke", "--url", peer.base, "--explain", exit: 0)
        let lines = explained["lines"]?.array?.compactMap(\.string) ?? []
        for id in ids { #expect(lines.contains("# reference/\(id)"), "\(id)") }
        let only = Self.manual.flatMap { ["--only", $0] }
        let result = try await project.stagectl(["smoke", "--url", peer.base, "-o", "json"] + only) { _, _ in }
        let document = try JSONValue(parsing: result.output)
        let bad = document["checks"]?.array?.filter { $0["status"] != "passed" } ?? []
        #expect(bad.isEmpty, "\(bad.map { "\($0["id"] ?? "") \($0["summary"] ?? "")" })")
        #expect((document["counts"]?["passed"]?.integer ?? 0) >= Int64(Self.manual.count))
        await peer.stop()
        try await project.end()
    }
}
