/// Header fields in the order in which they travel; names compare without case (RFC 9110 section 5.1).
package struct HTTPHeaders: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var fields: [Field]

    package init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// The first field of that name.
    package subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return fields.first { $0.name.lowercased() == wanted }?.value
    }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name, value))
    }
}

/// What is asked, as a value.
package struct HTTPRequest: Hashable, Sendable {
    package var method: String
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    /// For the whole exchange.
    package var timeout: Duration
    package var connectTimeout: Duration
    /// A longer body ends the exchange with `bodyTooLarge`.
    package var maximumBodyBytes: Int
    /// Connect to this socket instead of the URL's host.
    package var unixSocket: String?
    /// Asks for gzip or deflate and decodes it; `maximumBodyBytes` counts what comes out.
    package var acceptsCompression = false
    /// HTTP/2 and nothing older, on a connection of its own: without TLS the server must know it beforehand (RFC 9113
    /// section 3.3), with TLS it is offered, and what was agreed on is the response's `version`.
    package var requiresHTTP2 = false
    /// An answer that goes on when the time is over, or whose connection is lost, is one all the same, with `isCut` or
    /// `isLost`; it has the times at which its body came.
    package var isOpenEnded = false
    /// The exchange ends as soon as the body ends with one of these.
    package var enough: [[UInt8]] = []
    /// The server's certificate comes with the response.
    package var wantsCertificate = false
    /// Ends when the connection stands, with TLS if the URL says so, and sends nothing over it.
    var connectsOnly = false
    /// Where the connection may lead, by its address; nil for anywhere. Through a proxy only the proxy knows.
    var allowedScopes: Set<IPAddress.Scope>?

    package init(
        _ method: String, _ url: String, headers: HTTPHeaders = .init(), body: [UInt8]? = nil,
        timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(5), maximumBodyBytes: Int = 16 << 20,
        unixSocket: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumBodyBytes = maximumBodyBytes
        self.unixSocket = unixSocket
    }
}

/// What came back. Redirects are never followed here: a secret header would travel to another host
/// (libcurl forwards `X-Serverless-Authorization`).
package struct HTTPResponse: Hashable, Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var timings: HTTPTimings
    package var remoteAddress: String?
    /// No connection was made for this request: connect and TLS times are zero and mean nothing.
    package var reusedConnection: Bool
    /// `1.1`, `2`.
    package var version: String
    /// Absolute target of a redirect.
    package var redirectTarget: String?
    /// What came after the body (RFC 9110 section 6.5).
    package var trailers = HTTPHeaders()
    /// The time was over before the answer was.
    package var isCut = false
    /// The connection ended before the answer did.
    package var isLost = false
    /// Of an open-ended exchange.
    package var arrivals: [HTTPArrival] = []
    /// The server's own certificate in PEM form, where it was asked for and there is one.
    package var certificate: String?

    package init(
        status: Int, headers: HTTPHeaders, body: [UInt8], timings: HTTPTimings = .init(), remoteAddress: String? = nil,
        reusedConnection: Bool = false, version: String = "1.1", redirectTarget: String? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.timings = timings
        self.remoteAddress = remoteAddress
        self.reusedConnection = reusedConnection
        self.version = version
        self.redirectTarget = redirectTarget
    }
}

/// Microseconds since the start of the request, as libcurl counts them; each includes the ones before.
package struct HTTPTimings: Hashable, Sendable {
    package var nameLookup: Int64 = 0
    package var connect: Int64 = 0
    package var tls: Int64 = 0
    package var firstByte: Int64 = 0
    package var total: Int64 = 0

    package init() {}
}

package enum TransportError: Error, Hashable, Sendable {
    /// The URL or another part of the request cannot be sent.
    case invalidRequest(reason: String)
    /// No connection: the server has seen nothing of the request.
    case couldNotConnect(reason: String)
    case couldNotResolve(host: String)
    case tls(TLSFailure)
    /// The connection was lost after the request went out: the server may have acted on it.
    case connectionLost(reason: String)
    /// `sent`: at least a part of the request had gone out.
    case timedOut(sent: Bool)
    case bodyTooLarge(limit: Int)
    case headerTooLarge(limit: Int)
    case redirectRefused(reason: String)
    case cancelled
}
