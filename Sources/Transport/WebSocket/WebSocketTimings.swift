import NIOCore

/// How long the parts of an opening took, since its start; each includes the ones before.
package struct WebSocketTimings: Hashable, Sendable {
    /// Name look-up and TCP, and the proxy's tunnel where there is one.
    package var connect: Duration = .zero
    /// Zero without TLS.
    package var tls: Duration = .zero
    /// The first byte of the answer to the handshake.
    package var firstByte: Duration = .zero
    package var total: Duration = .zero

    package init() {}
}

/// Notes when the steps of one opening were reached.
struct WebSocketStopwatch: Sendable {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private(set) var timings = WebSocketTimings()

    init() { start = clock.now }

    mutating func connected() { timings.connect = elapsed }
    mutating func secured() { timings.tls = elapsed }
    mutating func answered() { if timings.firstByte == .zero { timings.firstByte = elapsed } }
    mutating func upgraded() { timings.total = elapsed }

    private var elapsed: Duration { clock.now - start }
}
