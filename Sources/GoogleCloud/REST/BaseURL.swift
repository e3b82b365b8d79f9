import Transport

/// The parts of a base URL that decide whether a secret may travel to it.
struct BaseURL: Hashable {
    private let origin: Origin

    /// Nil for what is not `http(s)://host[:port][/path]`; user names in it are refused, as they hide the real host.
    init?(_ url: String) {
        guard let origin = Origin(url), origin.scheme == "http" || origin.scheme == "https", !origin.hasUserInfo,
            origin.host.allSatisfy(\.isASCII)
        else { return nil }
        self.origin = origin
    }

    var scheme: String { origin.scheme }

    var host: String { origin.host }

    /// Over https, or to this very machine: nobody else on the way can read it.
    var keepsSecrets: Bool { origin.keepsSecrets }

    /// This machine, as the local Cloud Run is.
    var isLoopback: Bool { origin.isLoopback }
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
