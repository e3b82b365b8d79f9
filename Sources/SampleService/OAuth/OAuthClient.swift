/// An application that asks for tokens. The samples know three, as a real service knows those that were registered.
struct OAuthClient: Sendable {
    enum Grant: String, CaseIterable, Sendable {
        case code = "authorization_code"
        case refresh = "refresh_token"
        case credentials = "client_credentials"
    }

    var id: String
    /// Nil for one that can keep none (an app on a phone): RFC 6749 section 2.1.
    var secret: String?
    /// Compared as they stand (RFC 9700 section 2.1).
    var redirects: [String]
    var scopes: [String]
    var grants: Set<Grant>

    static func table(secret: String) -> [OAuthClient] {
        [
            OAuthClient(
                id: "web-app", secret: secret, redirects: ["https://app.example.com/callback"],
                scopes: ["openid", "profile", "email"], grants: [.code, .refresh]),
            OAuthClient(
                id: "mobile-app", redirects: ["com.example.app:/callback"], scopes: ["openid", "profile"],
                grants: [.code, .refresh]),
            OAuthClient(
                id: "worker", secret: secret, redirects: [], scopes: ["jobs:read", "jobs:write"],
                grants: [.credentials]),
        ]
    }

    func redirects(to address: String, _ defect: OAuthDefect?) -> Bool {
        switch defect {
        case .redirectByPrefix: redirects.contains { address.hasPrefix($0) }
        case .redirectByHost: redirects.contains { Self.origin($0) == Self.origin(address) }
        case .redirectAnywhere: true
        default: redirects.contains(address)
        }
    }

    private static func origin(_ address: String) -> String {
        address.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }
}
