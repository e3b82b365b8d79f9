/// What a WebSocket connection is opened with.
package struct WebSocketRequest: Hashable, Sendable {
    /// `ws://host[:port]/path?query`, or `wss://`.
    package var url: String
    package var headers: HTTPHeaders
    /// In order of preference.
    package var subprotocols: [String]
    /// For the connection and the handshake together.
    package var connectTimeout: Duration
    /// A longer message, in whatever number of fragments, ends the connection with code 1009.
    package var maximumMessageBytes: Int

    package init(
        _ url: String, headers: HTTPHeaders = .init(), subprotocols: [String] = [],
        connectTimeout: Duration = .seconds(5), maximumMessageBytes: Int = 1 << 20
    ) {
        self.url = url
        self.headers = headers
        self.subprotocols = subprotocols
        self.connectTimeout = connectTimeout
        self.maximumMessageBytes = maximumMessageBytes
    }
}

package enum WebSocketMessage: Hashable, Sendable {
    case text(String)
    case binary([UInt8])
    /// The last message of every connection. 1006: it ended without a close frame; 1005: the frame had no code
    /// (RFC 6455 section 7.1.5).
    case closed(code: UInt16, reason: String)
}

package enum WebSocketError: Error, Hashable, Sendable {
    case invalidURL(reason: String)
    case tls(TLSFailure)
    case couldNotConnect(reason: String)
    /// The server answered the handshake with something other than 101; at most the first 64 KiB of its body.
    case refused(status: Int, headers: HTTPHeaders, body: [UInt8])
    case timedOut
    /// The server broke RFC 6455; `code` is what the connection was closed with for it, nil before there was one.
    case protocolViolation(reason: String, code: UInt16? = nil)
    case closed
    case cancelled
}
