import Transport

/// Why a source gave no token.
enum TokenError: Error, Hashable, Sendable {
    /// The server said no.
    case refused(TokenRefusal, TokenPurpose)
    /// No answer.
    case unreachable(TransportError, host: String, TokenPurpose)
    /// A success that holds no token.
    case unreadable(reason: String, TokenPurpose)
    /// What lies on this machine is not as it should be.
    case fault(CredentialFault, TokenPurpose)
    /// This kind of credentials has no such token.
    case unsupported(reason: String, hint: String)
}

/// What a token request is for.
struct TokenPurpose: Hashable, Sendable {
    /// As a clause: "exchanging the federated token".
    var clause: String
    /// What helps when the server says no.
    var remedy: String

    init(_ clause: String, remedy: String) {
        self.clause = clause
        self.remedy = remedy
    }
}

/// Why credentials cannot be used at all: what is wrong with a file, a variable or a program.
package struct CredentialFault: Error, Hashable, Sendable {
    package var reason: String
    package var hint: String?

    init(_ reason: String, hint: String? = nil) {
        self.reason = reason
        self.hint = hint
    }
}
