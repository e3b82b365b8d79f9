/// Of a check that opens many connections.
package struct ConnectionEvidence: Codable, Hashable, Sendable {
    package var count: Int
    /// Answered with 101.
    package var accepted: Int
    /// The most that were open at the same time.
    package var atOnce: Int

    package init(count: Int, accepted: Int, atOnce: Int) {
        self.count = count
        self.accepted = accepted
        self.atOnce = atOnce
    }
}

/// Of a check that loses its connection and makes it again.
package struct ReconnectionEvidence: Codable, Hashable, Sendable {
    /// How often the conversation went on as wanted.
    package var count = 0
    /// Upgrades that were asked for.
    package var attempts = 0
    /// The longest time from a loss to the connection after it.
    package var slowestMilliseconds = 0.0

    package init() {}
}
