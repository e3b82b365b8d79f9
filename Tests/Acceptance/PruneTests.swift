import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Old revisions, tags and images go; what serves, and the way back, stay.
@Suite(.serialized) struct PruneTests {
    private static let eager = "prune: { keep_revisions: 1, older_than: 0s, rollback_targets: 1, images: delete }\n"

    @Test func `prune shows, asks, survives a kill, and leaves what serves and the way back`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 19728)
        do {
            try project.write(
                "platform: local\nproject: local-project\nregion: us-central1\n" + Self.eager,
                to: "environments/local.yaml")
            try await project.commit("eager")
            _ = try await project.json("deploy", "auth", exit: 0)
            _ = try await project.json("deploy", "backend", "--tag", "mine", "--no-traffic", exit: 0)
            for number in 1...5 {
                _ = try await project.json("deploy", "backend", "--set-env", "NUMBER=\(number)", exit: 0)
            }
            // A tag of stagectl's own that a release has left, as one that was ended by hand would.
            let before = try await project.json("prune", "backend", "--dry-run", exit: 0)
            let old = try #require(Self.names(before, "delete").last)
            try await Self.leaveTag("c-zzzzzz", on: old, project)

            let plan = try await project.json("prune", "backend", "--dry-run", exit: 0)
            #expect(plan["schema"] == "stagectl.prune/v1" && plan["dryRun"] == true && plan["changes"] == true)
            #expect(plan["counts"]?["revisions"] == 3 && plan["counts"]?["tags"] == 1)
            #expect(plan["services"]?[0]?["tags"]?[0]?["tag"] == "c-zzzzzz")
            #expect(Self.reasons(plan) == ["rollback-target", "serves", "tagged"])
            #expect(plan["images"] == [], "all revisions are of one image")
            #expect(try await project.json("prune", "backend", "--dry-run", exit: 0)["counts"] == plan["counts"])

            // Nobody can be asked here.
            let refused = try await project.json("prune", "backend", exit: 64)
            #expect(refused["schema"] == "stagectl.prune/v1" && refused["error"]?["category"] == "usage")
            #expect(refused["error"]?["hint"]?.string?.contains("--yes") == true)

            let killed = try await project.stagectl(["prune", "backend", "--yes"], killedAt: "delete-\(old)")
            #expect(killed.exitCode != 0)
            let status = try await project.json("status", "backend", exit: 0)
            #expect(status["unfinishedRuns"]?.array?.count == 1)
            let pruned = try await project.json("prune", "backend", "--yes", exit: 0)
            #expect(pruned["error"] == .null && pruned["run"]?.string != nil)
            #expect(try await project.json("status", "backend", exit: 0)["unfinishedRuns"] == [])
            #expect(Self.names(pruned, "delete", status: "deleted").count >= 1)
            let after = try await project.json("prune", "backend", "--yes", exit: 0)
            #expect(after["changes"] == false && Self.names(after, "keep").count == 3)
            #expect(try await project.json("history", exit: 0)["releases"]?.array?.count == 7, "no release")

            let serving = try #require(try await project.shares(of: "backend").keys.first)
            let back = try await project.json("rollback", "backend", exit: 0)
            #expect(back["outcome"] == "rolled-back")
            let now = try await project.shares(of: "backend")
            #expect(now.count == 1 && now[serving] == nil)
            // What was left stays, as it is the latest; nothing else is there to go back to.
            #expect(try await project.json("prune", "backend", "--dry-run", exit: 0)["changes"] == false)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `images go from the registry but those that a revision of any environment runs`() async throws {
        guard await AcceptanceProject.canPush() else { return print("skipped: no engine, or no registry on port 5000") }
        let project = try await AcceptanceProject(runtime: "docker", port: 19732)
        do {
            let registry = "127.0.0.1:5000/prune-\(UInt32.random(in: 0 ... .max))"
            let services = AcceptanceProject.services().replacing(", AUTH_URL: \"${services.auth.url}\"", with: "")
                .replacing("    depends_on: [auth]\n", with: "")
            try project.write(services, to: "environments/services.yaml")
            try project.write(
                "FROM scratch\nCOPY SampleService /SampleService\nCOPY VERSION /VERSION\nENTRYPOINT [\"/SampleService\"]\n",
                to: "image/Dockerfile")
            let environment = "platform: local\nregion: us-central1\nregistry: \(registry)\n" + Self.eager
            try project.write(environment + "project: local-project\n", to: "environments/local.yaml")
            try project.write(environment + "project: other-project\n", to: "environments/other.yaml")
            var images: [String] = []
            for number in 1...4 {
                try project.write("\(number)\n", to: "image/VERSION")
                try await project.commit("\(number)")
                let release = try await project.json("deploy", "backend", exit: 0)
                images.append(try #require(release["services"]?[0]?["image"]?.string))
                if number == 1 {
                    _ = try await project.json("deploy", "backend", "--env", "other", "--from", "local", exit: 0)
                }
            }
            let pruned = try await project.json("prune", "backend", "--yes", exit: 0)
            #expect(pruned["counts"]?["revisions"] == 2 && pruned["counts"]?["images"] == 1, "\(pruned)")
            #expect(pruned["images"]?[0]?["image"]?.string == images[1], "the first one serves elsewhere")
            var there: [Int] = []
            for image in images {
                let digest = image.split(separator: "@").last.map(String.init) ?? ""
                let answer = try await HTTPClient().send(
                    HTTPRequest(
                        "HEAD",
                        "http://127.0.0.1:5000/v2/\(registry.split(separator: "/")[1])/backend/manifests/\(digest)",
                        headers: HTTPHeaders([
                            .init("Accept", "application/vnd.oci.image.manifest.v1+json"),
                            .init("Accept", "application/vnd.docker.distribution.manifest.v2+json"),
                        ])))
                there.append(answer.status)
            }
            #expect(there == [200, 404, 200, 200])
            #expect(try await project.json("rollback", "backend", exit: 0)["outcome"] == "rolled-back")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// Of the revisions, newest first.
    private static func names(_ document: JSONValue, _ action: String, status: String? = nil) -> [String] {
        (document["services"]?[0]?["revisions"]?.array ?? []).filter {
            $0["action"]?.string == action && (status == nil || $0["status"]?.string == status)
        }.compactMap { $0["revision"]?.string }
    }

    private static func reasons(_ document: JSONValue) -> [String] {
        (document["services"]?[0]?["revisions"]?.array ?? []).filter { $0["action"]?.string == "keep" }
            .compactMap { $0["reason"]?.string }.sorted()
    }

    private static func leaveTag(_ tag: String, on revision: String, _ project: AcceptanceProject) async throws {
        let url =
            "http://127.0.0.1:\(try #require(project.variables([:])["STAGECTL_LOCAL_PORT"]))"
            + "/v2/projects/local-project/locations/us-central1/services/backend"
        let http = HTTPClient()
        let found = try JSONValue(parsing: try await http.send(HTTPRequest("GET", url)).body)
        let line: JSONValue = [
            "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": .string(revision), "tag": .string(tag),
        ]
        let body: JSONValue = ["traffic": .array((found["traffic"]?.array ?? []) + [line])]
        let answer = try await http.send(
            HTTPRequest(
                "PATCH", "\(url)?updateMask=traffic", headers: HTTPHeaders([.init("Content-Type", "application/json")]),
                body: Array(body.serialized().utf8)))
        #expect(answer.status == 200)
    }
}
