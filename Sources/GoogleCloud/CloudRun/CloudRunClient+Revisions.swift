import JSON
package import Releases

extension CloudRunClient: RevisionRemoval {
    /// Sent once. What is not there is deleted.
    package func delete(revision: String, of service: ServiceIdentity) async throws -> OperationName? {
        try await lifting("deleting revision `\(revision)`") {
            do {
                let answer = try await rest.write(
                    "DELETE", endpoints.revision(revision, of: service), body: nil,
                    quota: .cloudRun(project: service.project, region: service.region))
                return try operation(answer).name
            } catch GoogleError.status(let status) where status.httpStatus == 404 && status.status == "NOT_FOUND" {
                return nil
            }
        }
    }

    /// `-` stands for every service (v2 `revisions.list`, `parent`).
    package func imageUses(project: String, region: String) async throws -> [ImageUse] {
        try await lifting("listing the revisions of `\(project)` in \(region)") {
            let all = ServiceIdentity(project: project, region: region, name: "-")
            var uses: [ImageUse] = []
            var pageToken: String?
            var pages = 0
            repeat {
                let page = try await rest.read(endpoints.revisions(of: all, pageToken: pageToken))
                for document in page["revisions"]?.array ?? [] {
                    guard let revision = ServiceDecoding.revision(document),
                        let service = Self.service(ofRevision: document["name"]?.string ?? "")
                    else { throw GoogleError.unreadable(what: "a revision", reason: "it has no name", isWrite: false) }
                    uses += ImageUse.of(revision, of: service)
                }
                pageToken = page["nextPageToken"]?.string.flatMap { $0.isEmpty ? nil : $0 }
                pages += 1
                // Half a list would say of images that nobody runs them.
                guard pages < 10_000 else {
                    throw GoogleError.unreadable(what: "the list of revisions", reason: "it has no end", isWrite: false)
                }
            } while pageToken != nil
            return uses
        }
    }

    private static func service(ofRevision name: String) -> ServiceIdentity? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 8, parts[6] == "revisions" else { return nil }
        return ServiceIdentity(parts.prefix(6).joined(separator: "/"))
    }
}
