import JSON
package import Releases

extension CloudRunClient {
    package func observe(
        _ service: ServiceIdentity, knownAccess: Bool?
    ) async throws -> ServiceObservation? {
        try await lifting("reading service `\(service.name)`") {
            try await document(of: service, knownAccess: knownAccess)?.observation
        }
    }

    /// The service in the API's words and in ours, of one look.
    func document(
        of service: ServiceIdentity, knownAccess: Bool?
    ) async throws -> (document: JSONValue, observation: ServiceObservation)? {
        guard let document = try await unlessMissing({ try await rest.read(endpoints.service(service)) }),
            let access = try await access(of: service, known: knownAccess)
        else { return nil }
        guard
            let observation = ServiceDecoding.service(
                document, identity: service, isPublic: access.isPublic, invokers: access.invokers)
        else {
            throw GoogleError.unreadable(what: "the service", reason: "it has no generation", isWrite: false)
        }
        return (document, observation)
    }

    /// Who may call the service; nil when it does not exist.
    private func access(
        of service: ServiceIdentity, known: Bool?
    ) async throws -> (isPublic: Bool, invokers: [String]?)? {
        if let known { return (known, nil) }
        let document = try await unlessMissing { try await rest.read(endpoints.policy(of: service)) }
        guard let policy = document.map(AccessPolicy.init) else { return nil }
        return (policy.isPublic, policy.invokers)
    }

    package func revisions(of service: ServiceIdentity) async throws -> [RevisionObservation] {
        try await lifting("listing the revisions of `\(service.name)`") {
            var revisions: [RevisionObservation] = []
            var pageToken: String?
            // Cloud Run keeps 1000 revisions of a service; more pages than that are a server gone wrong.
            for _ in 0..<40 {
                let url = endpoints.revisions(of: service, pageToken: pageToken)
                guard let page = try await unlessMissing({ try await rest.read(url) }) else { return [] }
                revisions += page["revisions"]?.array?.compactMap(ServiceDecoding.revision) ?? []
                pageToken = page["nextPageToken"]?.string
                if (pageToken ?? "").isEmpty { break }
            }
            return revisions.enumerated().sorted {
                // Equal times keep the server's order, which is newest first.
                ($0.element.created, $1.offset) > ($1.element.created, $0.offset)
            }.map(\.element)
        }
    }

    package func revision(_ name: String, of service: ServiceIdentity) async throws -> RevisionObservation? {
        try await lifting("reading revision `\(name)`") {
            guard let document = try await unlessMissing({ try await rest.read(endpoints.revision(name, of: service)) })
            else { return nil }
            guard let revision = ServiceDecoding.revision(document) else {
                throw GoogleError.unreadable(what: "the revision", reason: "it has no name", isWrite: false)
            }
            return revision
        }
    }

    /// Nil for NOT_FOUND. Project and API errors have other statuses, so that "not there" is never a lack of permission;
    /// and a 404 that is not in the API's words comes from somebody else, who knows nothing of services.
    func unlessMissing(_ body: () async throws -> JSONValue) async throws -> JSONValue? {
        do {
            return try await body()
        } catch GoogleError.status(let status) where status.httpStatus == 404 && status.status == "NOT_FOUND" {
            return nil
        }
    }
}
