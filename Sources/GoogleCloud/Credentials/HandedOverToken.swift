/// An access token that somebody else got, in a variable. Nothing is known of its end, and there is no other.
struct HandedOverToken: TokenIssuer {
    var token: Secret
    var summary: CredentialSummary

    init(_ text: String, variables: CredentialSurroundings) throws(CredentialFault) {
        token = Secret(text)
        guard token.isBearerToken else {
            throw CredentialFault(
                "it holds a space, a line break or a character that no token has",
                hint: "export STAGECTL_ACCESS_TOKEN=\"$(gcloud auth print-access-token)\"")
        }
        summary = CredentialSummary("access token")
        if let domain = variables.value("CLOUDSDK_CORE_UNIVERSE_DOMAIN"), UniverseDomain.isValid(domain) {
            summary.universeDomain = domain
        }
    }

    func accessToken(scopes: [String], through endpoint: TokenEndpoint) async throws -> IssuedToken {
        IssuedToken(token, lifetime: nil)
    }

    func identityToken(audience: String, through endpoint: TokenEndpoint) async throws -> IssuedToken {
        throw TokenError.unsupported(
            reason: "an access token alone makes no identity tokens",
            hint: "export STAGECTL_IDENTITY_ACCOUNT=ACCOUNT, a service account that it may impersonate and that may "
                + "call the service")
    }
}
