import JSON
import Testing

@testable import LocalCloudRun

/// Cloud Run keeps 1,000 revisions of a service: "if you exceed that limit, older revisions are automatically deleted"
/// (https://cloud.google.com/run/docs/managing/revisions).
@Suite(.timeLimit(.minutes(5))) struct RevisionLimitTests {
    @Test func `past 1,000 revisions the oldest go, but never what serves, has a tag or is the latest`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let first = shortName(await platform.get()["latestReadyRevision"]?.string ?? "")
            func revise(_ body: JSONValue, _ mask: String) async throws -> String {
                let done = try await platform.finish(
                    "PATCH", "services/backend", body, query: ["updateMask": mask, "forceNewRevision": "true"])
                #expect(done["error"] == nil)
                return shortName(done["metadata"]?["latestCreatedRevision"]?.string ?? "")
            }
            // The first serves all, the third has a tag; the second, like all others, has nothing.
            let pinned: JSONValue = ["revision": .string(first), "percent": 100]
            let second = try await revise(["traffic": [pinned]], "traffic")
            let third = try await revise(["description": "third"], "description")
            let fourth = try await revise(
                ["traffic": [pinned, ["revision": .string(third), "tag": "kept"]]], "traffic")
            var ids = [first, second, third, fourth]
            ids += try await platform.control.addReadyRevisions(of: "backend", count: 990)
            while ids.count < 1000 { ids.append(try await revise([:], "description")) }
            #expect(await Self.revisions(platform) == ids.reversed())

            ids.append(try await revise([:], "description"))
            #expect(await platform.call("GET", "services/backend/revisions/\(second)").status == 404)
            ids.removeAll { $0 == second }
            #expect(await Self.revisions(platform) == ids.reversed())

            ids.append(try await revise([:], "description"))
            ids.removeAll { $0 == fourth }
            #expect(await Self.revisions(platform) == ids.reversed())
            let service = await platform.get()
            #expect(service["trafficStatuses"]?.array?.compactMap { $0["revision"]?.string } == [first, third])
            // Numbers go on from the last one, whatever was deleted.
            #expect(ids.last?.hasPrefix("backend-00012-") == true)
            // Traffic cannot go back to what is gone.
            let refused = await platform.call(
                "PATCH", "services/backend", ["traffic": [["revision": .string(second), "percent": 100]]])
            #expect(refused.body["error"]?["message"]?.string?.contains("does not exist or is deleted") == true)
        }
    }

    /// Newest first, over all pages.
    private static func revisions(_ platform: Platform) async -> [String] {
        var ids: [String] = []
        var token: String? = ""
        while let current = token {
            let page = await platform.call(
                "GET", "services/backend/revisions", query: ["pageSize": "400", "pageToken": current]
            ).body
            ids += (page["revisions"]?.array ?? []).compactMap { $0["name"]?.string.map(shortName) }
            token = page["nextPageToken"]?.string
        }
        return ids
    }
}

extension ControlPlane {
    /// As if they had been deployed one after the other, which would take half a minute.
    fileprivate func addReadyRevisions(of service: String, count: Int) throws -> [String] {
        let name = Location(project: "demo", location: "us-central1").service(service)
        let documents = (0..<count).map { number -> JSONValue in
            let time = now()
            let document = RevisionDocument.make(
                id: "\(service)-old-\(number)", service: name, template: Platform.template(), uid: "u",
                etag: etag(at: time),
                creator: "local", at: time)
            return RevisionDocument.settled(document, failure: nil, service: name, at: time)
        }
        try commit(revisions: documents)
        return documents.map { shortName($0["name"]?.string ?? "") }
    }
}
