import Synchronization

/// The instances of all revisions: starts them, gives them to the ingress in turn, restarts what crashed and stops
/// what is idle. Revisions go by their full resource name.
final class InstancePool: InstanceSource, Sendable {
    struct Settings: Sendable {
        /// Marks this server's instances for `Runtime.removeLeftovers`.
        var owner: String
        var idleTimeout: Duration = .seconds(5)
        /// Longer startup budgets are cut to this; nil leaves Cloud Run's (240 s by default).
        var startupLimit: Duration?
        /// Instances of one revision on this machine, whatever it allows itself.
        var instanceLimit = 8
        var stopGrace: Duration = .seconds(10)
    }

    struct State {
        var revisions: [String: RevisionInstances] = [:]
        /// For each service, the audiences that a token may have.
        var audiences: [String: Set<String>] = [:]
        var hostNames: [String] = []
        var nextInstance = 0
        var isClosed = false
    }

    let runtime: any Runtime
    let settings: Settings
    let work: BackgroundWork
    let logs: LogStore
    let issuer: LocalIssuer
    let now: @Sendable () -> Timestamp
    /// The value of a secret; nil when there is none.
    let secret: @Sendable (_ name: String, _ version: String) -> String?
    let state = Mutex(State())

    init(
        runtime: any Runtime, settings: Settings, work: BackgroundWork, logs: LogStore, issuer: LocalIssuer,
        now: @escaping @Sendable () -> Timestamp, secret: @escaping @Sendable (String, String) -> String?
    ) {
        self.runtime = runtime
        self.settings = settings
        self.work = work
        self.logs = logs
        self.issuer = issuer
        self.now = now
        self.secret = secret
    }

    /// Makes a revision known; starts nothing.
    func add(_ revision: String, blueprint: InstanceBlueprint) {
        state.withLock { state in
            if state.revisions[revision] == nil {
                state.revisions[revision] = RevisionInstances(blueprint: blueprint)
            }
        }
    }

    /// Which revisions keep an instance: those with traffic or a tag.
    func pin(_ revisions: Set<String>) {
        let now = ContinuousClock.now
        state.withLock { state in
            for name in state.revisions.keys {
                let isPinned = revisions.contains(name)
                guard state.revisions[name]?.isPinned != isPinned else { continue }
                state.revisions[name]?.isPinned = isPinned
                guard !isPinned, let indices = state.revisions[name]?.instances.indices else { continue }
                for index in indices { state.revisions[name]?.instances[index].idleSince = now }
            }
        }
    }

    func setAudiences(_ audiences: [String: Set<String>], hostNames: [String]) {
        state.withLock {
            $0.audiences = audiences
            $0.hostNames = hostNames
        }
    }

    /// Sees to it that at least one instance is ready; nil when it is, else why not.
    func ensure(_ revision: String) async -> StartupFailure? {
        let attempt: Int? = state.withLock { state in
            guard !state.isClosed, let entry = state.revisions[revision] else { return nil }
            if !entry.ready.isEmpty { return 0 }
            return beginStart(of: revision, in: &state)
        }
        guard let attempt else { return .interrupted }
        if attempt == 0 { return nil }
        // The start has its own deadlines; this one only bounds a runtime that hangs.
        let outcome = await poll(until: .now + .seconds(900)) { () -> StartupFailure?? in
            state.withLock { state in
                guard let entry = state.revisions[revision], !state.isClosed else { return .some(.interrupted) }
                guard entry.outcome.attempt >= attempt else { return nil }
                return .some(entry.outcome.failure)
            }
        }
        return outcome ?? .interrupted
    }

    func isPinned(_ revision: String) -> Bool {
        state.withLock { $0.revisions[revision]?.isPinned ?? false }
    }

    /// Number of instances that are ready.
    func readyCount(_ revision: String) -> Int {
        state.withLock { $0.revisions[revision]?.ready.count ?? 0 }
    }

    /// Starts an instance in the background unless one is starting; returns the number of that start.
    func beginStart(of revision: String, in state: inout State) -> Int? {
        guard var entry = state.revisions[revision], !state.isClosed else { return nil }
        if !entry.isStarting {
            entry.isStarting = true
            entry.attempt += 1
            let attempt = entry.attempt
            state.revisions[revision] = entry
            work.add { [self] in
                let failure = await start(revision)
                finishStart(of: revision, attempt: attempt, failure: failure)
            }
        }
        return entry.attempt
    }

    private func finishStart(of revision: String, attempt: Int, failure: StartupFailure?) {
        state.withLock { state in
            state.revisions[revision]?.isStarting = false
            state.revisions[revision]?.outcome = (attempt, failure)
            if failure == nil {
                state.revisions[revision]?.backoffUntil = nil
            } else {
                state.revisions[revision]?.backOff(now: .now)
            }
        }
    }
}

// MARK: - What the ingress asks

extension InstancePool {
    func instance(of revision: String) async throws(InstanceUnavailable) -> (host: String, port: Int) {
        // Twice, as the instance that was started for this request may have crashed before the request got it.
        for _ in 0..<2 {
            let found = state.withLock { state -> (host: String, port: Int)? in
                guard !state.isClosed, let instance = state.revisions[revision]?.choose() else { return nil }
                if state.revisions[revision]?.needsMore(limit: settings.instanceLimit) == true {
                    _ = beginStart(of: revision, in: &state)
                }
                return instance
            }
            if let found { return found }
            let mayStart = state.withLock { state in
                !state.isClosed && state.revisions[revision]?.isBackingOff(now: .now) == false
            }
            guard mayStart else { throw .noInstance }
            if let failure = await ensure(revision) {
                if failure == .interrupted { throw .noInstance }
                throw InstanceUnavailable(
                    status: 503, message: "The request failed because the instance could not start successfully.")
            }
        }
        throw .noInstance
    }

    func finished(revision: String, host: String, port: Int) {
        let now = ContinuousClock.now
        state.withLock { state in
            guard
                let index = state.revisions[revision]?.instances.firstIndex(where: {
                    $0.running.host == host && $0.running.port == port
                })
            else { return }
            let left = max(0, (state.revisions[revision]?.instances[index].inFlight ?? 1) - 1)
            state.revisions[revision]?.instances[index].inFlight = left
            if left == 0 { state.revisions[revision]?.instances[index].idleSince = now }
        }
    }

    func accepts(token: String, service: String) -> Bool {
        guard let audience = issuer.audience(of: token, now: now().microseconds / 1_000_000) else { return false }
        let wanted = audience.hasSuffix("/") ? String(audience.dropLast()) : audience
        return state.withLock { $0.audiences[service]?.contains(wanted) ?? false }
    }

    func log(_ request: RequestRecord) {
        logs.append(.request(request, at: now()))
    }
}

extension InstanceUnavailable {
    fileprivate static let noInstance = Self(
        status: 503, message: "The request was aborted because there was no available instance.")
}
