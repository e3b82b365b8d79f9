/// Opens WebSocket connections (RFC 6455) and tells a refusal from a failure.
package protocol WebSocketProbe: Sendable {
    func open(_ request: WebSocketProbeRequest) async -> WebSocketOpening
}

package struct WebSocketProbeRequest: Hashable, Sendable {
    /// `ws://` or `wss://`.
    package var url: String
    package var headers: [HeaderField]
    package var subprotocols: [String]
    /// For name lookup, connection, TLS and upgrade together.
    package var timeoutMilliseconds: Int
    package var maximumMessageBytes: Int

    package init(
        url: String, headers: [HeaderField] = [], subprotocols: [String] = [], timeoutMilliseconds: Int = 5000,
        maximumMessageBytes: Int = 1 << 20
    ) {
        self.url = url
        self.headers = headers
        self.subprotocols = subprotocols
        self.timeoutMilliseconds = timeoutMilliseconds
        self.maximumMessageBytes = maximumMessageBytes
    }
}

package enum WebSocketOpening: Sendable {
    case connected(any WebSocketSession, WebSocketAcceptance)
    /// An HTTP answer that is not 101.
    case refused(status: Int, headers: [HeaderField], body: [UInt8])
    case failed(ProbeFailure)
}

/// The answer with 101.
package struct WebSocketAcceptance: Hashable, Sendable {
    package var headers: [HeaderField]
    package var remoteAddress: String?
    package var phases: Phases
    /// SHA-256 of the server's certificate, 64 lower-case hexadecimal digits; nil without TLS.
    package var certificateFingerprint: String?

    package init(
        headers: [HeaderField] = [], remoteAddress: String? = nil, phases: Phases = Phases(),
        certificateFingerprint: String? = nil
    ) {
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.phases = phases
        self.certificateFingerprint = certificateFingerprint
    }

    /// What the server chose of the subprotocols that were offered.
    package var subprotocol: String? { headers["Sec-WebSocket-Protocol"] }
}

package protocol WebSocketSession: Sendable {
    func send(_ text: String) async throws
    func send(_ bytes: [UInt8]) async throws
    /// The next message, in order; control frames are answered by the adapter and not seen here.
    func receive(withinMilliseconds milliseconds: Int) async -> WebSocketMessage
    /// Milliseconds until the pong; nil when none came in time or the connection has ended.
    func ping(withinMilliseconds milliseconds: Int) async -> Double?
    /// Ends the connection and frees it; harmless when it has ended already. What the server's own close frame said,
    /// 1006 where none came.
    @discardableResult
    func close(code: Int, reason: String) async -> Int
    /// Ends the connection without a close frame.
    func drop() async
}

package enum WebSocketMessage: Hashable, Sendable {
    case text(String)
    case binary([UInt8])
    /// The peer closed. 1006 when no close frame came, 1005 when the frame carried no code.
    case closed(code: Int, reason: String)
    /// The peer broke RFC 6455, and was closed with this code for it.
    case violated(code: Int, reason: String)
    case timedOut
}
