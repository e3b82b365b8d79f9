import JSON
import Testing

@testable import LocalCloudRun

@Suite struct MethodCoverageTests {
    /// Of the discovery document, what this API has nothing for.
    private static let absent: Set<String> = [
        "builds", "instances", "workerPools", "sourceUploads", "exportImage", "exportImageMetadata", "exportMetadata",
        "exportProjectMetadata", "exportStatus",
    ]

    @Test func `every method of services, revisions, operations and jobs has an endpoint`() throws {
        guard let api = DiscoveredAPI.run else {
            try Test.cancel("STAGECTL_DISCOVERY_DOCUMENTS names no folder with run.v2.json")
        }
        for method in api.methods where Self.absent.isDisjoint(with: method.id.split(separator: ".").map(String.init)) {
            let path = method.path.split(separator: "/").map { part -> String in
                guard part.hasPrefix("{"), let end = part.lastIndex(of: "}") else { return String(part) }
                return "x" + part[end...].dropFirst()
            }.joined(separator: "/")
            #expect(Endpoint(method: method.verb, path: "/" + path) != nil, "\(method.id)")
        }
    }
}
