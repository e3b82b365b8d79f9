/// Holds writes back so that all services of a process together keep to the quotas of the APIs they are written to.
package actor WriteLimiter {
    private let clock: CallClock
    private var schedules: [WriteQuota: WriteSchedule] = [:]
    private var told: Set<WriteQuota> = []
    private var observer: (@Sendable (WriteQuota, Duration) -> Void)?

    package init(clock: CallClock = .system) {
        self.clock = clock
    }

    /// `observer` hears once of each quota that writes have to wait for, with how long the first one waits.
    package func onFirstWait(_ observer: @escaping @Sendable (WriteQuota, Duration) -> Void) {
        self.observer = observer
    }

    /// Writes of the last window and those that wait.
    func queued(for quota: WriteQuota) -> Int { schedules[quota]?.taken.count ?? 0 }

    /// Returns when one write may go out. A cancelled caller leaves the queue and throws `CancellationError`.
    func waitForTurn(_ quota: WriteQuota) async throws {
        let now = clock.now()
        let moment = schedules[quota, default: quota.schedule].reserve(at: now)
        guard moment > now else { return }
        if told.insert(quota).inserted { observer?(quota, moment - now) }
        do {
            try await clock.sleep(moment - now)
        } catch {
            schedules[quota]?.giveBack(moment)
            throw error
        }
    }
}
