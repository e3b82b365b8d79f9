import NIOHTTP1

/// An error as OAuth writes it (RFC 6749 sections 4.1.2.1 and 5.2).
struct OAuthFailure: Error, Sendable {
    enum Code: String, Sendable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case invalidScope = "invalid_scope"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case unsupportedTokenType = "unsupported_token_type"
        case loginRequired = "login_required"
    }

    var code: Code
    var description: String
    /// The client tried HTTP Basic, so the answer says how to do it right.
    var triedBasic = false

    init(_ code: Code, _ description: String, triedBasic: Bool = false) {
        self.code = code
        self.description = description
        self.triedBasic = triedBasic
    }

    var response: Response {
        let response = Response.json(
            ["error": .string(code.rawValue), "error_description": .string(description)],
            status: code == .invalidClient ? .unauthorized : .badRequest)
        return triedBasic ? response.with(header: "www-authenticate", "Basic realm=\"oauth\"") : response
    }
}
