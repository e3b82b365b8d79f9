/// One HTTP exchange, measured. What the answer means is decided elsewhere.
package protocol HTTPProbe: Sendable {
    /// Never throws: that nothing came back is a measurement too. Redirects are reported, not followed (a secret
    /// header would travel to another host).
    func send(_ request: HTTPProbeRequest) async -> HTTPProbeOutcome
}

package struct HeaderField: Codable, Hashable, Sendable {
    package var name: String
    package var value: String
    /// Made from a secret, whatever its name says; not written down.
    package var holdsSecret = false

    private enum CodingKeys: CodingKey {
        case name, value
    }

    /// Fields that give access to something, whatever they are made from.
    private static let credentials: Set<String> = [
        "authorization", "proxy-authorization", "x-serverless-authorization", "cookie", "x-api-key", "x-goog-api-key",
        "x-auth-token",
    ]

    package init(_ name: String, _ value: String, holdsSecret: Bool = false) {
        self.name = name
        self.value = value
        self.holdsSecret = holdsSecret
    }

    /// Nothing for others on the way to read.
    package var isSecret: Bool { holdsSecret || Self.credentials.contains(name.lowercased()) }
}

extension [HeaderField] {
    /// The first field of that name; names compare without case (RFC 9110 section 5.1).
    package subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return first { $0.name.lowercased() == wanted }?.value
    }

    /// Replaces every field of that name.
    package mutating func set(_ name: String, _ value: String, holdsSecret: Bool = false) {
        let wanted = name.lowercased()
        removeAll { $0.name.lowercased() == wanted }
        append(HeaderField(name, value, holdsSecret: holdsSecret))
    }
}

package struct HTTPProbeRequest: Hashable, Sendable {
    package var method: String
    package var url: String
    package var headers: [HeaderField]
    package var body: [UInt8]?
    /// For the whole exchange.
    package var timeoutMilliseconds: Int
    package var connectTimeoutMilliseconds: Int
    package var maximumBodyBytes: Int
    /// HTTP/2 and nothing older, on a connection of its own.
    package var requiresHTTP2 = false
    /// What came until the time is over is handed over with the failure.
    package var isOpenEnded = false
    /// Asks for gzip or deflate, and decodes it.
    package var acceptsCompression = false
    /// The exchange ends as soon as the body ends with one of these.
    package var enough: [[UInt8]] = []

    package init(
        method: String = "GET", url: String, headers: [HeaderField] = [], body: [UInt8]? = nil,
        timeoutMilliseconds: Int = 5000, connectTimeoutMilliseconds: Int = 2000, maximumBodyBytes: Int = 1 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutMilliseconds = timeoutMilliseconds
        self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
        self.maximumBodyBytes = maximumBodyBytes
    }
}

package struct HTTPProbeResponse: Hashable, Sendable {
    package var status: Int
    package var headers: [HeaderField]
    package var body: [UInt8]
    package var phases: Phases
    package var remoteAddress: String?
    /// No connection was made for this request, so its connect and TLS phases mean nothing.
    package var reusedConnection: Bool
    /// `1.1`, `2`.
    package var version: String
    package var redirectTarget: String?
    /// Of an open-ended exchange: when how much of the body had come, in the order of time.
    package var arrivals: [Arrival] = []
    /// What came after the body (RFC 9110 section 6.5).
    package var trailers: [HeaderField] = []
    /// SHA-256 of the server's certificate, 64 lower-case hexadecimal digits; nil without TLS.
    package var certificateFingerprint: String?

    package init(
        status: Int, headers: [HeaderField] = [], body: [UInt8] = [], phases: Phases = Phases(),
        remoteAddress: String? = nil, reusedConnection: Bool = false, version: String = "1.1",
        redirectTarget: String? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.phases = phases
        self.remoteAddress = remoteAddress
        self.reusedConnection = reusedConnection
        self.version = version
        self.redirectTarget = redirectTarget
    }
}

/// So much of a body had come by then.
package struct Arrival: Hashable, Sendable {
    /// From the body's start.
    package var bytes: Int
    /// Since the start of the request.
    package var milliseconds: Double

    package init(bytes: Int, milliseconds: Double) {
        self.bytes = bytes
        self.milliseconds = milliseconds
    }
}

/// Milliseconds since the start of the request; each includes the ones before.
package struct Phases: Codable, Hashable, Sendable {
    package var nameLookup: Double
    package var connect: Double
    package var tls: Double
    package var firstByte: Double
    package var total: Double

    package init(
        nameLookup: Double = 0, connect: Double = 0, tls: Double = 0, firstByte: Double = 0, total: Double = 0
    ) {
        self.nameLookup = nameLookup
        self.connect = connect
        self.tls = tls
        self.firstByte = firstByte
        self.total = total
    }
}

package enum HTTPProbeOutcome: Hashable, Sendable {
    case response(HTTPProbeResponse)
    case failure(ProbeFailure)
}

/// No complete answer came.
package struct ProbeFailure: Error, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// No connection: the server saw nothing.
        case connect
        case timeout
        case tls
        /// The connection ended before the answer did.
        case lost
        /// What came is not what the protocol has.
        case malformed
        case other
    }

    package var kind: Kind
    package var reason: String
    package var milliseconds: Double
    /// What had arrived before the failure, where the adapter can tell (a stream that stalls).
    package var partial: HTTPProbeResponse?

    package init(_ kind: Kind, _ reason: String, milliseconds: Double = 0, partial: HTTPProbeResponse? = nil) {
        self.kind = kind
        self.reason = reason
        self.milliseconds = milliseconds
        self.partial = partial
    }
}
