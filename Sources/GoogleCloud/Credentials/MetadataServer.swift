import JSON
import Transport

/// The server that every machine of Google Cloud has at hand (cloud.google.com/compute/docs/metadata). It speaks no
/// TLS, so only addresses that cannot leave the machine or its link are asked.
struct MetadataServer: TokenIssuer {
    /// Host and port of tokens.
    var host: String
    /// Host and port that tell whether there is one at all.
    var pingHost: String
    var summary = CredentialSummary("metadata server", principal: "default service account")

    static let name = "metadata.google.internal"
    static let address = "169.254.169.254"
    static let addressIPv6 = "[fd20:ce::254]"
    private static let flavor = HTTPHeaders.Field("Metadata-Flavor", "Google")

    /// `GCE_METADATA_HOST` (before: `GCE_METADATA_ROOT`) moves the server, `GCE_METADATA_IP` the address of the first
    /// question, as in google-auth; unlike there, a server that was moved is asked itself when no address is given.
    init(_ surroundings: CredentialSurroundings) throws(CredentialFault) {
        let moved = surroundings.value("GCE_METADATA_HOST") ?? surroundings.value("GCE_METADATA_ROOT")
        host = moved ?? Self.name
        pingHost = surroundings.value("GCE_METADATA_IP") ?? moved ?? Self.address
        for host in [host, pingHost] where !Self.isNear(host) {
            throw CredentialFault(
                "`\(host.prefix(200))` is not a metadata server's address: tokens would travel in the clear",
                hint: "unset GCE_METADATA_HOST and GCE_METADATA_IP, or name an address of this machine")
        }
    }

    private static func isNear(_ host: String) -> Bool {
        guard let base = BaseURL("http://\(host)"), !host.contains(where: { "/?#\\".contains($0) }) else {
            return false
        }
        return base.keepsSecrets || base.isInstanceMetadata
    }

    func accessToken(scopes: [String], through endpoint: TokenEndpoint) async throws -> IssuedToken {
        let purpose = TokenPurpose(
            "asking the metadata server for a token", remedy: "give this machine or service a service account")
        let scopes = scopes.joined(separator: ",").percentEncoded
        let body = try await get(
            "instance/service-accounts/default/token?scopes=\(scopes)", through: endpoint, for: purpose)
        guard let answer = try? JSONValue(parsing: body) else {
            throw TokenError.unreadable(reason: "the answer is not JSON", purpose)
        }
        return try .oauth(answer, for: purpose)
    }

    /// In the full form, which names the account's address: Cloud Run's invokers are known by it.
    func identityToken(audience: String, through endpoint: TokenEndpoint) async throws -> IssuedToken {
        let purpose = TokenPurpose(
            "asking the metadata server for an identity token",
            remedy: "give this machine or service a service account")
        let body = try await get(
            "instance/service-accounts/default/identity?audience=\(audience.percentEncoded)&format=full",
            through: endpoint, for: purpose)
        guard let token = IssuedToken(identity: Self.line(body), now: endpoint.now()) else {
            throw TokenError.unreadable(reason: "the answer is not a token with an end", purpose)
        }
        return token
    }

    /// Servers from before there was more than one universe do not know the question.
    func universeDomain(through endpoint: TokenEndpoint) async throws -> String {
        let purpose = TokenPurpose("asking the metadata server for its universe", remedy: "try again in a minute")
        do {
            let domain = Self.line(
                try await get("universe/universe-domain", through: endpoint, for: purpose))
            return UniverseDomain.isValid(domain) ? domain : UniverseDomain.google
        } catch TokenError.refused(let refusal, _) where refusal.httpStatus == 404 {
            return UniverseDomain.google
        }
    }

    func project(through endpoint: TokenEndpoint) async throws -> String {
        let purpose = TokenPurpose("asking the metadata server for the project", remedy: "try again in a minute")
        return Self.line(try await get("project/project-id", through: endpoint, for: purpose))
    }

    /// Nil when it answers as a metadata server does; else why it is not taken for one.
    func absence(through endpoint: TokenEndpoint) async -> String? {
        let purpose = TokenPurpose("looking for the metadata server", remedy: "")
        let request = HTTPRequest("GET", "http://\(pingHost)/", headers: HTTPHeaders([Self.flavor]))
        do {
            let response = try await endpoint.send(request, for: purpose)
            return Self.isFlavored(response) ? nil : "the server at \(pingHost) is not Google's (no Metadata-Flavor)"
        } catch TokenError.refused(let refusal, _) {
            return "the server at \(pingHost) answers \(refusal.httpStatus)"
        } catch {
            return "no answer from \(pingHost)"
        }
    }

    private func get(
        _ path: String, through endpoint: TokenEndpoint, for purpose: TokenPurpose
    ) async throws -> [UInt8] {
        let request = HTTPRequest(
            "GET", "http://\(host)/computeMetadata/v1/\(path)", headers: HTTPHeaders([Self.flavor]))
        let response = try await endpoint.send(request, for: purpose)
        guard Self.isFlavored(response) else {
            throw TokenError.unreadable(reason: "`\(host)` does not say Metadata-Flavor: Google", purpose)
        }
        return response.body
    }

    private static func isFlavored(_ response: HTTPResponse) -> Bool {
        response.headers[flavor.name]?.lowercased() == flavor.value.lowercased()
    }

    private static func line(_ body: [UInt8]) -> String {
        String(String(decoding: body, as: UTF8.self).filter { !$0.isWhitespace })
    }
}
