package import Releases
package import Transport

/// Cloud Run behind its Admin API v2, Google's or the local one: the same code talks to both.
///
/// Writes are sent once. Each carries the etag of the caller's look, and after each the service's generation is checked
/// against that look, because the v2 API may accept a write with an old etag.
package struct CloudRunClient: Sendable {
    let rest: RESTClient
    let endpoints: CloudRunEndpoints
    let entries: LogEntries
    let identities: any IdentityTokenSource

    /// `identities` say who we are to services that are not public.
    package init(
        endpoints: GoogleEndpoints, tokens: any AccessTokens, identities: any IdentityTokenSource,
        http: HTTPClient = HTTPClient(), retry: RetryPolicy = RetryPolicy()
    ) {
        self.init(
            endpoints: endpoints, identities: identities,
            rest: RESTClient(tokens: tokens, retry: retry, limits: .process) { request throws(TransportError) in
                try await http.send(request)
            })
    }

    init(endpoints: GoogleEndpoints, identities: any IdentityTokenSource, rest: RESTClient) {
        self.rest = rest
        self.endpoints = CloudRunEndpoints(base: endpoints.run)
        entries = LogEntries(base: endpoints.logging, rest: rest)
        self.identities = identities
    }
}

extension CloudRunClient: Platform {
    package func logs(of revision: String, service: ServiceIdentity, limit: Int) async throws -> [LogLine] {
        try await lifting("reading the logs of `\(revision)`") {
            try await entries.lines(of: revision, service: service, limit: limit)
        }
    }

    package func identityToken(audience: String) async throws -> String {
        try await lifting("getting an identity token") {
            try await identities.identityToken(audience: audience)
        }
    }
}
