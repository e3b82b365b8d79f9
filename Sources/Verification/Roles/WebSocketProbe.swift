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
    /// 101; `headers` are those of the 101 response.
    case connected(any WebSocketSession, headers: [HeaderField], remoteAddress: String?)
    /// An HTTP answer that is not 101.
    case refused(status: Int, headers: [HeaderField], body: [UInt8])
    case failed(ProbeFailure)
}

package protocol WebSocketSession: Sendable {
    func send(_ text: String) async throws
    /// The next message, in order; control frames are answered by the adapter and not seen here.
    func receive(withinMilliseconds milliseconds: Int) async -> WebSocketMessage
    /// Ends the connection and frees it; harmless when it has ended already.
    func close(code: Int) async
}

package enum WebSocketMessage: Hashable, Sendable {
    case text(String)
    case binary([UInt8])
    /// The peer closed. 1006 when no close frame came, 1005 when the frame carried no code.
    case closed(code: Int, reason: String)
    case timedOut
}
