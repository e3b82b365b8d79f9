#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whom a registry is told that we are.
package struct RegistryLogin: Hashable, Sendable {
    package var user: String
    package var password: String

    package init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// Base64 of `user:password` (RFC 7617), also what engines keep in their files.
    var encoded: String { Data("\(user):\(password)".utf8).base64EncodedString() }

    /// Nil for what is not the base64 of `user:password`.
    init?(encoded: String) {
        guard let data = Data(base64Encoded: encoded), let text = String(data: data, encoding: .utf8),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        user = String(text[..<colon])
        // Docker pads what it wrote with zero bytes in some versions.
        password = String(text[text.index(after: colon)...].prefix { $0 != "\u{0}" })
    }
}

/// Short-lived logins that stagectl itself can get.
package protocol RegistryCredentials: Sendable {
    /// Nil for a registry of whose logins the engine's own configuration knows more. `host` may have a port.
    ///
    /// Throws ``Failure`` with `permission` where there should be one and is not.
    func login(for host: String) async throws -> RegistryLogin?
}

/// For registries that the engines' own logins, or none, are enough for.
package struct NoRegistryCredentials: RegistryCredentials {
    package init() {}

    package func login(for host: String) async throws -> RegistryLogin? { nil }
}

/// The registries of Google Cloud, which take an OAuth access token as a password.
package enum GoogleRegistry {
    /// The user's name that goes with an access token.
    package static let user = "oauth2accesstoken"

    /// Artifact Registry's hosts (`us-docker.pkg.dev`, `docker.europe-west1.rep.pkg.dev`) and Container Registry's.
    package static func serves(host: String) -> Bool {
        host.hasSuffix(".pkg.dev") || host == "gcr.io" || host.hasSuffix(".gcr.io")
    }
}
