/// How often, how long and until when a call is sent; ``RetryRule`` says whether it is sent again at all.
package struct RetryPolicy: Hashable, Sendable {
    package var attempts: Int
    package var firstDelay: Duration
    package var longestDelay: Duration
    /// For all attempts of one call together, pauses included.
    package var deadline: Duration
    /// For each attempt of a read; a caller may ask for less.
    package var readTimeout: Duration
    package var writeTimeout: Duration

    package init(
        attempts: Int = 4, firstDelay: Duration = .milliseconds(200), longestDelay: Duration = .seconds(5),
        deadline: Duration = .seconds(60), readTimeout: Duration = .seconds(30), writeTimeout: Duration = .seconds(60)
    ) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.deadline = deadline
        self.readTimeout = readTimeout
        self.writeTimeout = writeTimeout
    }

    func readTimeout(_ wanted: Duration?) -> Duration {
        min(wanted ?? readTimeout, readTimeout, deadline)
    }

    /// The longest wait before attempt `number` (1 is the first repetition); the real one is drawn below it (full
    /// jitter), so that many clients that failed together do not come back together.
    func ceiling(beforeRepetition number: Int) -> Duration {
        var delay = firstDelay
        for _ in 1..<max(1, min(number, 32)) where delay < longestDelay { delay *= 2 }
        return min(delay, longestDelay)
    }

    /// `drawn` is a number from 0 to 1. A server that says how long to wait is believed.
    func pause(beforeRepetition number: Int, drawn: Double, retryAfter: Duration?) -> Duration {
        max(ceiling(beforeRepetition: number) * min(max(drawn, 0), 1), retryAfter ?? .zero)
    }
}
