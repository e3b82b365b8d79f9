/// What people who run the service look at.
struct Operations: Sendable {
    private static let capacity = 200

    struct Line: Sendable {
        var route: String
        var status: Int
        /// Of the request's `traceparent`; empty without one.
        var trace: String
    }

    struct Entry: Sendable {
        var actor: String
        var action: String
    }

    /// The last requests, oldest first.
    private(set) var lines: [Line] = []
    /// Requests by route, since the start.
    private(set) var requests: [String: Int] = [:]
    private(set) var errors: [String: Int] = [:]
    private(set) var audit: [Entry] = []
    /// Events by name.
    private(set) var analytics: [String: Int] = [:]
    var flags = ["new-editor": 100, "beta-search": 0, "half": 50]

    mutating func note(route: String, status: Int, trace: String) {
        lines.append(Line(route: route, status: status, trace: trace))
        if lines.count > Self.capacity { lines.removeFirst() }
        requests[route, default: 0] += 1
        if status >= 400 { errors["\(status) \(route)", default: 0] += 1 }
    }

    mutating func count(_ event: String) -> Int {
        guard analytics[event] != nil || analytics.count < Self.capacity else { return 0 }
        analytics[event, default: 0] += 1
        return analytics[event] ?? 0
    }

    mutating func record(_ actor: String, _ action: String) {
        audit.append(Entry(actor: actor, action: action))
        if audit.count > Self.capacity { audit.removeFirst() }
    }

    /// The same user is always on the same side of a share, whatever else is asked.
    static func bucket(_ user: String, of name: String) -> Int {
        // FNV-1a: small, and spreads short names well.
        let hash = "\(name)/\(user)".utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Int(hash % 100)
    }
}
