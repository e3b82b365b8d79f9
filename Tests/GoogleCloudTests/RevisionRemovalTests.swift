import JSON
import Releases
import Testing

@testable import GoogleCloud

@Suite struct RevisionRemovalTests {
    @Test func `deleting a revision is one request that Google's description knows, and answers with the operation`()
        async throws
    {
        let cloud = ScriptedCloud([.json(200, operation())])
        let name = try await cloud.client().delete(revision: "backend-00001-abc", of: backend)
        #expect(name == OperationName("projects/p/locations/us-central1/operations/op-1"))
        #expect(cloud.asked == ["DELETE \(backendPath)/revisions/backend-00001-abc"])
        JobFixture.expectDescribed(cloud)
    }

    @Test func `what is not there is deleted`() async throws {
        let cloud = ScriptedCloud([JobFixture.missing])
        #expect(try await cloud.client().delete(revision: "backend-00001-abc", of: backend) == nil)
    }

    @Test func `a revision that has traffic is refused by the platform, in its own words`() async throws {
        let cloud = ScriptedCloud([.json(400, statusError(400, "FAILED_PRECONDITION", "it has traffic"))])
        let refusal = try await failure {
            _ = try await cloud.client().delete(revision: "backend-00001-abc", of: backend)
        }
        #expect(!refusal.mayHaveHappened)
        #expect("\(refusal)".contains("it has traffic"))
    }

    @Test func `every page of every service's revisions says what it runs`() async throws {
        func revision(_ service: String, _ digest: String) -> JSONValue {
            [
                "name": .string("projects/p/locations/us-central1/services/\(service)/revisions/\(service)-1"),
                "containers": [["image": .string("reg/\(service)@sha256:\(digest)")]],
            ]
        }
        let cloud = ScriptedCloud([
            .json(200, ["revisions": [revision("a", "1")], "nextPageToken": "2"]),
            .json(200, ["revisions": [revision("b", "2")]]),
        ])
        let uses = try await cloud.client().imageUses(project: "p", region: "us-central1")
        #expect(uses.map(\.digest) == ["sha256:1", "sha256:2"])
        #expect(uses.map(\.service.name) == ["a", "b"] && uses.map(\.revision) == ["a-1", "b-1"])
        #expect(
            cloud.asked == [
                "GET /v2/projects/p/locations/us-central1/services/-/revisions?pageSize=100",
                "GET /v2/projects/p/locations/us-central1/services/-/revisions?pageSize=100&pageToken=2",
            ])
        JobFixture.expectDescribed(cloud)
    }

    @Test func `a revision that cannot be read makes the whole list worthless`() async throws {
        let cloud = ScriptedCloud([.json(200, ["revisions": [["name": "x"]]])])
        _ = try await failure { _ = try await cloud.client().imageUses(project: "p", region: "us-central1") }
    }
}
