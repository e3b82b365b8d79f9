/// A W3C trace context: the id that connects a check with the service's own log lines.
package struct TraceContext: Hashable, Sendable {
    package var traceID: String
    package var spanID: String

    package init(traceID: String, spanID: String) {
        self.traceID = traceID
        self.spanID = spanID
    }

    package static func random() -> TraceContext {
        // All zeros is invalid (Trace Context section 3.2.2.3); the low bit keeps that out.
        TraceContext(
            traceID: hexadecimal(UInt64.random(in: .min ... .max)) + hexadecimal(UInt64.random(in: .min ... .max) | 1),
            spanID: hexadecimal(UInt64.random(in: .min ... .max) | 1))
    }

    /// The header value; the flag asks for sampling.
    package var header: String { "00-\(traceID)-\(spanID)-01" }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
