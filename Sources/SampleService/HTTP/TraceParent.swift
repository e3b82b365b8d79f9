/// W3C Trace Context: whose request this is part of. A field that is not well formed starts a trace anew.
struct TraceParent: Sendable {
    let traceID: String
    private let flags: String

    init(_ field: String?) {
        let parts = (field ?? "").split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 4, parts[0] == "00", Self.isID(parts[1], 32), Self.isID(parts[2], 16), parts[3].count == 2 {
            traceID = String(parts[1])
            flags = String(parts[3])
        } else {
            traceID = Self.random(16)
            flags = "00"
        }
    }

    /// For a request that is sent on: the same trace, a span of its own.
    var next: String { "00-\(traceID)-\(Self.random(8))-\(flags)" }

    private static func isID(_ text: Substring, _ length: Int) -> Bool {
        text.utf8.count == length && text.contains { $0 != "0" }
            && text.allSatisfy { ("0"..."9").contains($0) || ("a"..."f").contains($0) }
    }

    private static func random(_ count: Int) -> String {
        (0..<count).map { _ in
            let digits = String(UInt8.random(in: 1 ... .max), radix: 16)
            return digits.utf8.count < 2 ? "0" + digits : digits
        }.joined()
    }
}
