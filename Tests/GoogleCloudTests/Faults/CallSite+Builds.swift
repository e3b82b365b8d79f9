import JSON
import Releases

@testable import GoogleCloud

/// The call sites of Cloud Storage and Cloud Build.
extension CallSite {
    static let object: JSONValue = [
        "bucket": "b", "name": "o", "generation": "5", "size": "3",
        "md5Hash": "rL0Y20zC+Fzt72VPzMSk2A==",
    ]
    private static let build: JSONValue = [
        "id": "build-1", "status": "WORKING", "tags": ["t"], "steps": [],
    ]

    static func storage(_ rest: RESTClient, _ base: String) -> StorageClient {
        StorageClient(endpoints: StorageEndpoints(base: base), rest: rest)
    }

    private static func builds(_ rest: RESTClient, _ base: String) -> CloudBuildClient {
        CloudBuildClient(
            project: "p", region: "us-central1", endpoints: GoogleEndpoints(all: base), rest: rest)
    }

    static let storageAndBuilds: [CallSite] = [
        CallSite(
            name: "object get", strikes: { _ in true }, healthy: { _ in object }, understood: [404],
            call: { _ = try await storage($0, $1).object("o", in: "b") }),
        CallSite(
            name: "object download", strikes: { _ in true }, healthy: { _ in content }, understood: [404],
            isRaw: true,
            call: { _ = try await storage($0, $1).download("o", in: "b") }),
        CallSite(
            name: "object part", strikes: { _ in true }, healthy: { _ in content }, understood: [404, 416],
            isRaw: true, takesLargeBodies: true,
            call: { _ = try await storage($0, $1).part(of: "o", in: "b", from: 0, limit: 10) }),
        CallSite(
            name: "object insert", kind: .write, strikes: { _ in true }, healthy: { _ in object },
            decodes: false,
            call: {
                _ = try await storage($0, $1).insert(
                    [1, 2, 3], as: "o", in: "b", contentType: "text/plain", ifGeneration: 0)
            }),
        CallSite(
            name: "object delete", kind: .write, strikes: { _ in true }, healthy: { _ in content },
            understood: [404],
            isRaw: true, call: { _ = try await storage($0, $1).delete("o", in: "b", ifGeneration: 5) }),
        CallSite(
            name: "build create", kind: .write, strikes: { _ in true },
            healthy: { _ in ["name": "operations/1", "metadata": ["build": build]] },
            call: {
                let specification = CloudBuildSpecification(
                    bucket: "b", object: "o", generation: 5, arguments: ["build", "."], image: "host/i",
                    timeoutSeconds: 60, queueSeconds: 60, tags: ["t"])
                _ = try await builds($0, $1).create(specification)
            }),
        CallSite(
            name: "build get", strikes: { _ in true }, healthy: { _ in build },
            call: { _ = try await builds($0, $1).build("build-1") }),
        CallSite(
            name: "build list", strikes: { _ in true }, healthy: { _ in ["builds": [build]] },
            bare: .tolerated,
            call: { _ = try await builds($0, $1).builds(tagged: "t") }),
        CallSite(
            name: "build cancel", strikes: { _ in true }, healthy: { _ in build }, bare: .tolerated,
            call: { try await builds($0, $1).cancel("build-1") }),
        CallSite(
            name: "build log lines", strikes: { _ in true },
            healthy: { _ in ["entries": [["textPayload": "Step 1", "timestamp": "2026-11-26T10:00:00Z"]]] },
            bare: .tolerated,
            call: {
                var position = BuildLogPosition()
                _ = try await builds($0, $1).logLines(of: "build-1", after: &position)
            }),
    ]

    /// What several machines share in a bucket.
    static let state: [CallSite] = [
        CallSite(
            name: "bucket permissions", strikes: { _ in true }, healthy: { _ in ["permissions": ["a.b.c"]] },
            understood: [404], decodes: false,
            call: { _ = try await storage($0, $1).permitted(["a.b.c"], in: "b") }),
        CallSite(
            name: "state read", strikes: { _ in true }, healthy: { _ in content }, understood: [404], isRaw: true,
            takesLargeBodies: true,
            call: { _ = try await storage($0, $1).current("o", in: "b") }),
        CallSite(
            name: "state store", kind: .write, strikes: { _ in true }, healthy: { _ in object }, decodes: false,
            call: {
                _ = try await storage($0, $1).store(
                    [1, 2, 3], as: "o", in: "b", contentType: "text/plain", ifGeneration: 0)
            }),
        CallSite(
            name: "state list", strikes: { _ in true }, healthy: { _ in ["items": [object]] },
            whenMissing: .configuration, decodes: false,
            call: { _ = try await storage($0, $1).list(in: "b", prefix: "p", from: nil, limit: 10) }),
        CallSite(
            name: "state list, second page", strikes: { $0.path.contains("pageToken=") },
            healthy: {
                $0.path.contains("pageToken=") ? ["items": [object]] : ["items": [object], "nextPageToken": "2"]
            }, whenMissing: .configuration, decodes: false,
            call: { _ = try await storage($0, $1).list(in: "b", prefix: "p", from: nil, limit: 10) }),
    ]
}
