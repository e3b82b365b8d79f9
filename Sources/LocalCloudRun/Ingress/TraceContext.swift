/// The identity of one request across services (W3C Trace Context, level 1, section 3.2).
enum TraceContext {
    /// A new `traceparent`, sampled.
    static func make() -> String {
        // The identifiers must not be all zero.
        let trace = hexadecimal(UInt64.random(in: 1 ... .max)) + hexadecimal(UInt64.random(in: 0 ... .max))
        return "00-\(trace)-\(hexadecimal(UInt64.random(in: 1 ... .max)))-01"
    }

    /// Whether a caller's value may be passed on; a malformed one is replaced, as the specification wants.
    static func isValid(_ value: String) -> Bool {
        let parts = value.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, value.utf8.count <= 512 else { return false }
        guard parts[0] != "ff", parts[0] != "00" || parts.count == 4 else { return false }
        let lengths = [2, 32, 16, 2]
        for (part, length) in zip(parts, lengths) {
            guard part.utf8.count == length, part.utf8.allSatisfy(isLowerHexadecimal) else { return false }
        }
        return parts[1].contains { $0 != "0" } && parts[2].contains { $0 != "0" }
    }

    /// Google's own form of the same identity, which many programs on Cloud Run read instead.
    static func cloudTraceContext(of traceparent: String) -> String? {
        let parts = traceparent.split(separator: "-")
        guard parts.count >= 4, let span = UInt64(parts[2], radix: 16) else { return nil }
        return "\(parts[1])/\(span);o=\(parts[3] == "00" ? 0 : 1)"
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
