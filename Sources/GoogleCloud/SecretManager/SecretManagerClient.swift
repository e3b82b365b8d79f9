import JSON
import Releases
package import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads the value of a secret (`versions.access`), for what stagectl itself needs: the URL of a webhook, say.
package struct SecretManagerClient: Sendable {
    private let base: String
    private let rest: RESTClient

    package init(base: String, tokens: any AccessTokens, http: HTTPClient) {
        self.init(
            base: base,
            rest: RESTClient(tokens: tokens, retry: RetryPolicy(deadline: .seconds(20)), limits: .process) {
                request throws(TransportError) in try await http.send(request)
            })
    }

    init(base: String, rest: RESTClient) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.rest = rest
    }

    /// Throws what calls throw, and `unavailable` for an answer without a text.
    ///
    /// - Parameters:
    ///   - name: the secret's, or `projects/PROJECT/secrets/NAME`.
    ///   - project: of a name that has none.
    package func value(of name: String, version: String, project: String) async throws -> String {
        let parts = name.split(separator: "/")
        let (owner, secret) = parts.count == 4 ? (String(parts[1]), String(parts[3])) : (project, name)
        let path =
            "v1/projects/\(owner.percentEncoded)/secrets/\(secret.percentEncoded)/versions/\(version.percentEncoded):access"
        return try await lifting("reading the secret `\(secret)`") {
            let answer = try await rest.read("\(base)/\(path)")
            guard let data = answer["payload"]?["data"]?.string.flatMap({ Data(base64Encoded: $0) }),
                let text = String(validating: data, as: UTF8.self)
            else {
                throw GoogleError.unreadable(what: "the secret's value", reason: "it is not text", isWrite: false)
            }
            return text
        }
    }
}
