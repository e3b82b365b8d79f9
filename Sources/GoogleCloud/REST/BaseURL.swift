/// The parts of a base URL that decide whether a secret may travel to it.
struct BaseURL: Hashable {
    var scheme: String
    var host: String

    /// Nil for what is not `http(s)://host[:port][/path]`; user names in it are refused, as they hide the real host.
    init?(_ url: String) {
        guard let separator = url.firstRange(of: "://") else { return nil }
        scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
        guard !authority.isEmpty, !authority.contains("@"), authority.allSatisfy(\.isASCII) else { return nil }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end].lowercased()
        } else {
            host = authority.prefix { $0 != ":" }.lowercased()
        }
    }

    /// Over https, or to this very machine: nobody else on the way can read it.
    var keepsSecrets: Bool { scheme == "https" || isLoopback }

    /// This machine, as the local Cloud Run is.
    var isLoopback: Bool { host == "localhost" || host == "[::1]" || isLoopbackIPv4 }

    private var isLoopbackIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in part.allSatisfy(\.isNumber) && UInt8(part) != nil }
    }
}

extension String {
    /// As one segment of a path or one value in a query (RFC 3986: everything but unreserved characters is escaped).
    var percentEncoded: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
