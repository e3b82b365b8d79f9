#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A numeric address in its standard form: four decimal numbers, or IPv6.
struct IPAddress: Hashable, Sendable {
    /// Who can be at it.
    enum Scope: Hashable, Sendable {
        case everywhere
        case thisMachine
        /// Among them the metadata servers of clouds.
        case link
        case privateNetwork
        /// Multicast, reserved, or none at all.
        case special
    }

    /// 4 or 16.
    let bytes: [UInt8]

    /// IPv4 written as IPv6 is IPv4 (RFC 4291 section 2.5.5.2).
    init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
            return
        }
        // A zone (`fe80::1%eth0`) says which link, not which address.
        var six = in6_addr()
        guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &six) == 1 else { return nil }
        let all = withUnsafeBytes(of: &six) { Array($0) }
        let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
        bytes = isMapped ? Array(all[12...]) : all
    }

    private init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    func isIn(_ network: IPAddress, prefix: Int) -> Bool {
        guard bytes.count == network.bytes.count, (0...bytes.count * 8).contains(prefix) else { return false }
        return (0..<prefix).allSatisfy { bit in
            (bytes[bit / 8] ^ network.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }

    /// By the registries of special-purpose addresses (RFC 6890 and what updates it).
    var scope: Scope {
        bytes.count == 4 ? scopeOfIPv4 : scopeOfIPv6
    }

    private var scopeOfIPv4: Scope {
        switch (bytes[0], bytes[1]) {
        case (127, _): .thisMachine
        case (169, 254): .link
        case (10, _), (192, 168), (172, 16...31), (100, 64...127): .privateNetwork
        case (0, _),
            (192, 0) where bytes[0] == 0 || bytes[2] == 0:
            .special
        case (198, 18...19), (224..., _): .special
        default: .everywhere
        }
    }

    private var scopeOfIPv6: Scope {
        if bytes[..<15].allSatisfy({ $0 == 0 }) { return bytes[15] == 1 ? .thisMachine : .special }
        switch (bytes[0], bytes[1]) {
        case (0xFE, 0x80...0xBF): return .link
        case (0xFE, 0xC0...), (0xFC...0xFD, _): return .privateNetwork
        case (0xFF, _): return .special
        // Ways to write an IPv4 address: translated (RFC 6052) and 6to4 (RFC 3056).
        case (0x00, 0x64) where bytes[2] == 0xFF && bytes[3] == 0x9B: return IPAddress(bytes: bytes[12...]).scope
        case (0x20, 0x02): return IPAddress(bytes: bytes[2..<6]).scope
        case (0x00, _) where bytes[..<12].allSatisfy({ $0 == 0 }): return IPAddress(bytes: bytes[12...]).scope
        default: return .everywhere
        }
    }
}
