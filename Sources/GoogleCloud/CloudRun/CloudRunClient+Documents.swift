package import JSON
package import Releases

/// What the API says of one service, in its own words.
package struct ServiceDocuments: Sendable {
    package var service: JSONValue
    /// The revision with the largest share of traffic; nil when nothing serves.
    package var revision: JSONValue?
    package var isPublic: Bool
}

extension CloudRunClient {
    /// Nil when there is no such service.
    package func documents(of identity: ServiceIdentity) async throws -> ServiceDocuments? {
        guard let observation = try await observe(identity) else { return nil }
        return try await lifting("reading service `\(identity.name)`") {
            let service = try await rest.read(endpoints.service(identity))
            var revision: JSONValue?
            if let serving = observation.servingRevision {
                revision = try await rest.read(endpoints.revision(serving, of: identity))
            }
            return ServiceDocuments(service: service, revision: revision, isPublic: observation.isPublic)
        }
    }
}
