import Transport

/// How a registry wants to be told who asks: the `WWW-Authenticate` field of a 401 (RFC 9110 section 11.6.1).
enum RegistryChallenge: Hashable {
    case basic
    /// The distribution project's token service: ask `realm` for a token with `service` and a scope.
    case bearer(realm: String, service: String?)

    /// The strongest one that is understood; nil when there is none.
    init?(_ headers: HTTPHeaders) {
        let fields = headers.fields.filter { $0.name.lowercased() == "www-authenticate" }.map(\.value)
        var found: RegistryChallenge?
        for field in fields {
            let scheme = field.prefix { $0 != " " }.lowercased()
            switch scheme {
            case "bearer":
                let parameters = Self.parameters(field.dropFirst(scheme.count))
                if let realm = parameters["realm"] {
                    self = .bearer(realm: realm, service: parameters["service"])
                    return
                }
            case "basic": found = .basic
            default: break
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// `name="value"` or `name=value`, separated by commas; the first of equal names counts.
    private static func parameters(_ text: Substring) -> [String: String] {
        var result: [String: String] = [:]
        var rest = text
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != "," }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.first == "=" else { return result }
            rest = rest.dropFirst()
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    // A quoted pair (RFC 9110 section 5.6.4) stands for its second character.
                    value.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
                }
            } else {
                value = String(rest.prefix { $0 != "," })
                rest = rest.dropFirst(value.count)
            }
            let key = name.lowercased().filter { !$0.isWhitespace }
            if result[key] == nil { result[key] = value }
        }
    }
}
