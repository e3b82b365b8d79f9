import Transport

/// When a read is asked again, and after how long. Only what changes nothing may be repeated by this policy; a write
/// is repeated, if at all, by whoever can first look at what it did.
package struct RetryPolicy: Hashable, Sendable {
    package var attempts: Int
    package var firstDelay: Duration
    package var longestDelay: Duration
    /// For all attempts together.
    package var deadline: Duration

    package init(
        attempts: Int = 4, firstDelay: Duration = .milliseconds(200), longestDelay: Duration = .seconds(5),
        deadline: Duration = .seconds(60)
    ) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.deadline = deadline
    }

    /// The longest wait before attempt `number` (1 is the first repetition); the real one is drawn below it (full
    /// jitter), so that many clients that failed together do not come back together.
    func ceiling(beforeRepetition number: Int) -> Duration {
        var delay = firstDelay
        for _ in 1..<max(1, min(number, 32)) where delay < longestDelay { delay *= 2 }
        return min(delay, longestDelay)
    }

    func isTransient(_ error: GoogleError) -> Bool {
        switch error {
        case .status(let status): [429, 500, 502, 503, 504].contains(status.httpStatus)
        case .transport(let error, _):
            switch error {
            case .couldNotConnect, .couldNotResolve, .connectionLost, .timedOut: true
            case .invalidRequest, .tls, .bodyTooLarge, .cancelled: false
            }
        case .unreadable, .secretInTheClear, .invalidEndpoint: false
        }
    }
}
