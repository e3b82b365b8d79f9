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
        try await lifting("reading service `\(identity.name)`") {
            guard let (service, observation) = try await document(of: identity, knownAccess: nil) else { return nil }
            var revision: JSONValue?
            if let serving = observation.servingRevision {
                let document = try await rest.read(endpoints.revision(serving, of: identity))
                // What is no revision would be read as one that has no settings.
                guard ServiceDecoding.revision(document) != nil else {
                    throw GoogleError.unreadable(what: "the revision", reason: "it has no name", isWrite: false)
                }
                revision = document
            }
            return ServiceDocuments(service: service, revision: revision, isPublic: observation.isPublic)
        }
    }
}
