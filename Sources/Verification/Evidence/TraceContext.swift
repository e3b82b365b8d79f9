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
            traceID: hexadecimal([UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max) | 1]),
            spanID: hexadecimal([UInt64.random(in: .min ... .max) | 1]))
    }

    /// The header value; the flag asks for sampling.
    package var header: String { "00-\(traceID)-\(spanID)-01" }

    /// Sixteen digits for each word; thousands of requests are made a second.
    private static func hexadecimal(_ words: [UInt64]) -> String {
        let count = 16 * words.count
        return String(unsafeUninitializedCapacity: count) { room in
            for index in 0..<count {
                let digit = UInt8(words[index / 16] >> UInt64(60 - index % 16 * 4) & 0xF)
                room[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return count
        }
    }
}
