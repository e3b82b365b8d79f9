import JSON
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Workload identity federation: the token of another identity provider, exchanged for one of Google's at the
/// security token service (RFC 8693; google.aip.dev/auth/4117). With an impersonation URL it is the source of an
/// ``Impersonation``.
struct FederatedIdentity: TokenIssuer {
    var audience: String
    var subjectTokenType: String
    var tokenURL: String
    var subject: SubjectToken
    var client: (id: String, secret: Secret)?
    /// The project that the exchange of a workforce pool's member is counted against.
    var workforceProject: String?
    var summary: CredentialSummary

    /// `external_account` files, with impersonation where the file asks for it.
    static func issuer(
        _ fields: CredentialFields, surroundings: CredentialSurroundings, tokens: TokenCache
    ) throws(CredentialFault) -> any TokenIssuer {
        let identity = try FederatedIdentity(fields, surroundings: surroundings)
        guard let url = try fields.endpoint("service_account_impersonation_url") else { return identity }
        let options = try fields.fields("service_account_impersonation")
        // IAM's own bounds: ten minutes to twelve hours.
        let lifetime = try options?.integer("token_lifetime_seconds", in: 600...43_200)
        return try Impersonation(
            url: url, lifetime: lifetime ?? Impersonation.defaultLifetime, source: identity, tokens: tokens)
    }

    init(_ fields: CredentialFields, surroundings: CredentialSurroundings) throws(CredentialFault) {
        let domain = try fields.universeDomain()
        audience = try fields.required("audience")
        subjectTokenType = try fields.required("subject_token_type")
        tokenURL = try fields.endpoint("token_url") ?? "https://sts.\(domain)/v1/token"
        if let id = try fields.text("client_id") { client = (id, try fields.secret("client_secret") ?? Secret("")) }
        workforceProject = try fields.text("workforce_pool_user_project")
        if workforceProject != nil, !audience.contains("/workforcePools/") {
            throw CredentialFault("`workforce_pool_user_project` is for workforce pools, and `audience` names none")
        }
        guard let source = try fields.fields("credential_source") else {
            throw CredentialFault("`credential_source` is missing")
        }
        var subject = try SubjectTokenReader.subject(
            source, audience: audience, tokenType: subjectTokenType, surroundings: surroundings)
        if case .executable(var program) = subject {
            program.impersonatedAccount = try fields.text("service_account_impersonation_url").flatMap(Self.account)
            subject = .executable(program)
        }
        self.subject = subject
        summary = CredentialSummary(
            "workload identity federation (\(subject.word))", quotaProject: try fields.text("quota_project_id"),
            universeDomain: domain)
    }

    func accessToken(scopes: [String], through endpoint: TokenEndpoint) async throws -> IssuedToken {
        let token = try await subject.read(through: endpoint)
        let purpose = TokenPurpose(
            "exchanging the federated token",
            remedy: "compare the provider's issuer, audience and attribute condition with the token: "
                + "gcloud iam workload-identity-pools providers describe")
        var form = [
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "audience": audience,
            "scope": scopes.joined(separator: " "),
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "subject_token_type": subjectTokenType,
        ]
        // A client says already which project it is of.
        if let workforceProject, client == nil {
            let options: JSONValue = ["userProject": .string(workforceProject)]
            form["options"] = options.serialized().percentEncoded
        }
        let basic = client.map { (client: $0.id, secret: $0.secret) }
        let answer = try await endpoint.post(
            tokenURL, form: form, secret: ["subject_token": token], basic: basic, for: purpose)
        return try .oauth(answer, for: purpose)
    }

    func identityToken(audience: String, through endpoint: TokenEndpoint) async throws -> IssuedToken {
        throw TokenError.unsupported(
            reason: "a federated identity has no identity tokens of its own",
            hint: "let it impersonate a service account that may call the service: "
                + "`service_account_impersonation_url` in the credential file")
    }

    private static func account(_ url: String) -> String? {
        guard url.hasSuffix(":generateAccessToken") else { return nil }
        return url.split(separator: "/").last.map { String($0.dropLast(":generateAccessToken".count)) }
    }
}
