import JSON

/// A token as its issuer gave it.
struct IssuedToken: Hashable, Sendable {
    var value: Secret
    /// From before it was asked for; nil when it has no known end.
    var lifetime: Duration?

    init(_ value: Secret, lifetime: Duration?) {
        self.value = value
        self.lifetime = lifetime
    }
}

extension IssuedToken {
    /// An OAuth answer (RFC 6749 section 5.1). The lifetime is a number of seconds, so that no clock needs to agree
    /// with the server's; some servers write it as a string.
    init?(oauth answer: JSONValue) {
        guard let text = answer["access_token"]?.string, Secret(text).isBearerToken else { return nil }
        value = Secret(text)
        lifetime = answer["expires_in"]?.integer.map { .seconds(max(0, min($0, Self.longestSeconds))) }
    }

    /// An OpenID Connect token, whose end is a time of the issuer's clock: `exp - iat` is right whatever ours says,
    /// and one that had been kept for a while ends earlier by ours.
    ///
    /// - Parameter now: seconds since 1970.
    init?(identity text: String, now: Int64) {
        value = Secret(text)
        guard value.isBearerToken, let claims = SignedJWT.claims(of: text), let end = claims["exp"]?.integer else {
            return nil
        }
        let whole = claims["iat"]?.integer.map { end &- $0 } ?? 3600
        let left = end &- now
        let seconds = left > 0 ? min(left, whole) : whole
        guard seconds > 0 else { return nil }
        lifetime = .seconds(min(seconds, Self.longestSeconds))
    }

    /// No issuer of Google's gives more than twelve hours.
    private static let longestSeconds: Int64 = 86_400
}
