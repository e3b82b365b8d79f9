/// Of a stream of events or lines. Times in milliseconds.
package struct StreamEvidence: Codable, Hashable, Sendable {
    /// Since the request was sent; nil where none came.
    package var firstEventMilliseconds: Double?
    package var longestGapMilliseconds: Double
    package var longestSilenceMilliseconds: Double
    /// By the server, not by the check's time limit.
    package var ended: Bool
    package var lastEventID: String?
    /// More than one where the stream was read on from where it ended.
    package var requests: Int

    package init(
        firstEventMilliseconds: Double? = nil, longestGapMilliseconds: Double, longestSilenceMilliseconds: Double,
        ended: Bool, lastEventID: String? = nil, requests: Int
    ) {
        self.firstEventMilliseconds = firstEventMilliseconds
        self.longestGapMilliseconds = longestGapMilliseconds
        self.longestSilenceMilliseconds = longestSilenceMilliseconds
        self.ended = ended
        self.lastEventID = lastEventID
        self.requests = requests
    }
}
