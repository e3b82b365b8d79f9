import Synchronization

/// The last look at each service. What was seen a moment ago need not be asked again: a release makes few calls, and
/// traffic is back one round trip after the probe that wants it back.
///
/// What makes a remembered look safe to base a write on: it never predates this run's own last write (``forget``), it is
/// at most ``longestUse`` old, the write carries its etag, and the generation afterwards tells whether somebody wrote in
/// between.
final class ServiceLooks: Sendable {
    private struct Look {
        var observation: ServiceObservation
        var at: Duration
    }

    /// Long enough for a health window's last second and a round trip to a far region; short against what people do.
    static let longestUse = Duration.seconds(2)

    private let clock: any RunClock
    private let looks = Mutex<[ServiceIdentity: Look]>([:])
    /// Outlives ``forget``: whether anybody may call a service is not in every answer.
    private let access = Mutex<[ServiceIdentity: Bool]>([:])
    /// When the service last answered probes that said nothing of who they are.
    private let openness = Mutex<[ServiceIdentity: Duration]>([:])

    /// A change of who may call reaches callers within two minutes as a rule, and may take seven or more
    /// (cloud.google.com/iam/docs/access-change-propagation): an answer of that age says hardly less than one of now, and
    /// whoever closes the service meanwhile is met by the assertion after the shift, which goes back.
    static let longestOpenness = Duration.seconds(30)

    init(clock: any RunClock) {
        self.clock = clock
    }

    /// - Parameter asked: when the question was sent, since the answer may be as old as that.
    func keep(_ observation: ServiceObservation, asked: Duration) {
        access.withLock { $0[observation.identity] = observation.isPublic }
        looks.withLock { $0[observation.identity] = Look(observation: observation, at: asked) }
    }

    /// What an operation answered with, who may call it filled in; nil where that is not known, and then not kept.
    func keep(answer: ServiceObservation?) -> ServiceObservation? {
        guard var answer, let isPublic = access.withLock({ $0[answer.identity] }) else { return nil }
        answer.isPublic = isPublic
        keep(answer, asked: clock.now())
        return answer
    }

    /// Before a write, and before anything that changes who may call it.
    func forget(_ service: ServiceIdentity) {
        looks.withLock { $0[service] = nil }
    }

    func recent(_ service: ServiceIdentity) -> ServiceObservation? {
        guard let look = looks.withLock({ $0[service] }), clock.now() - look.at <= Self.longestUse else { return nil }
        return look.observation
    }

    /// Whether anybody may call the service, as last seen or as this run has made it.
    func access(of service: ServiceIdentity) -> Bool? {
        access.withLock { $0[service] }
    }

    /// A window of probes without a token has just passed: the platform lets everybody in.
    func hasAnsweredEverybody(_ service: ServiceIdentity) {
        openness.withLock { $0[service] = clock.now() }
    }

    /// Who may call, where its policy need not be asked: it was closed, and nothing depends on its being so still, or it
    /// was open and has answered everybody a moment ago. Nil otherwise.
    func provenAccess(of service: ServiceIdentity) -> Bool? {
        guard let isPublic = access(of: service) else { return nil }
        guard isPublic else { return false }
        guard let answered = openness.withLock({ $0[service] }), clock.now() - answered <= Self.longestOpenness else {
            return nil
        }
        return true
    }

    func hasChangedAccess(of service: ServiceIdentity, to isPublic: Bool) {
        access.withLock { $0[service] = isPublic }
        openness.withLock { $0[service] = nil }
        forget(service)
    }
}
