import NIOHTTP1

/// What routes read of a request besides its body.
extension Request {
    /// The body's type without its parameters, in lower case.
    var mediaType: String? {
        headers.first(name: "content-type")?.split(separator: ";").first.map {
            String($0.filter { $0 != " " }).lowercased()
        }
    }

    /// Whether the client came over TLS, which ends before the service does.
    var isSecure: Bool { headers.cameOverTLS }

    func cookie(_ name: String) -> String? {
        for pair in headers["cookie"].flatMap({ $0.split(separator: ";") }) {
            let sides = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if sides.count == 2, sides[0] == name { return String(sides[1]) }
        }
        return nil
    }

    /// RFC 7617; both parts are form-encoded first (RFC 6749 section 2.3.1).
    var basicCredentials: (user: String, password: String)? {
        guard let header = headers.first(name: "authorization"), header.lowercased().hasPrefix("basic "),
            let bytes = Base64.decode(header.dropFirst("basic ".count))
        else { return nil }
        let sides = String(decoding: bytes, as: UTF8.self).split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        return (Self.decoded(String(sides[0])), Self.decoded(String(sides[1])))
    }

    /// Why a body is not taken as JSON; nil where it is.
    var refusalOfJSON: Response? {
        guard mediaType == "application/json" else {
            return .error(.unsupportedMediaType, "the body must be application/json")
        }
        guard case .object = JSONParser.parse(body) else {
            return .error(.badRequest, "the body must be a JSON object")
        }
        return nil
    }
}

extension Call {
    func isBroken(_ defect: some RawRepresentable<String>) -> Bool { isBroken(defect.rawValue) }

    /// The first of a topic's defects that was asked for.
    func defect<Defect: RawRepresentable<String> & CaseIterable>(_ topic: Defect.Type) -> Defect? {
        defects.isEmpty ? nil : Defect.allCases.first { isBroken($0.rawValue) }
    }
}

extension HTTPHeaders {
    /// Whether the client spoke TLS, as who ended it says: in the header that everybody has, or in that of RFC 7239. A
    /// local platform, which has no TLS, writes the first one itself.
    var cameOverTLS: Bool {
        first(name: "x-forwarded-proto")?.lowercased() == "https"
            || first(name: "forwarded")?.lowercased().split(separator: ";").contains("proto=https") == true
    }
}
