import Synchronization

/// The instances of all revisions: starts them, gives them to the ingress in turn, restarts what crashed and stops
/// what is idle. Revisions go by their full resource name.
final class InstancePool: InstanceSource, Sendable {
    struct Settings: Sendable {
        /// Marks this server's instances for `Runtime.removeLeftovers`.
        var owner: String
        /// How long an instance beyond what is wanted lives on without requests.
        var idleTimeout: Duration = .seconds(5)
        /// How long a revision with traffic or a tag keeps its last instance without requests. Cloud Run: 15 minutes.
        var scaleToZero: Duration = .seconds(900)
        /// How long a request waits for room at least.
        var queueTime: Duration = .seconds(10)
        /// In all, for a revision to show its first instance.
        var startDeadline: Duration = .seconds(900)
        /// Longer startup budgets are cut to this; nil leaves Cloud Run's (240 s by default).
        var startupLimit: Duration?
        /// Instances of one revision on this machine, whatever it allows itself.
        var instanceLimit = 8
        var stopGrace: Duration = .seconds(10)
        /// Where the files of secret volumes are written, absolute.
        var volumeFolder = "/tmp/stagectl-volumes"
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
    let secret: @Sendable (_ name: String, _ version: String) -> [UInt8]?
    let state = Mutex(State())

    init(
        runtime: any Runtime, settings: Settings, work: BackgroundWork, logs: LogStore, issuer: LocalIssuer,
        now: @escaping @Sendable () -> Timestamp, secret: @escaping @Sendable (String, String) -> [UInt8]?
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
                state.revisions[revision] = RevisionInstances(name: revision, blueprint: blueprint)
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
                state.revisions[name]?.usedAt = now
                guard !isPinned, let indices = state.revisions[name]?.instances.indices else { continue }
                for index in indices { state.revisions[name]?.instances[index].idleSince = now }
            }
        }
    }

    /// What services allow their revisions, besides their own bounds; a revision that is not named is free.
    func setServiceBounds(_ bounds: [String: ScalingBounds]) {
        state.withLock { state in
            for name in state.revisions.keys { state.revisions[name]?.serviceBounds = bounds[name] }
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
        await withCheckedContinuation { continuation in
            let known: StartupFailure?? = state.withLock { state in
                guard !state.isClosed, state.revisions[revision] != nil else { return .some(.interrupted) }
                state.revisions[revision]?.usedAt = .now
                guard state.revisions[revision]?.ready.isEmpty == true else { return .some(nil) }
                state.revisions[revision]?.observers.append(
                    RevisionInstances.Observer(deadline: .now + settings.startDeadline) {
                        continuation.resume(returning: $0)
                    })
                if state.revisions[revision]?.starting == 0 { beginStart(of: revision, in: &state) }
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    func isPinned(_ revision: String) -> Bool {
        state.withLock { $0.revisions[revision]?.isPinned ?? false }
    }

    /// Number of instances that are up.
    func readyCount(_ revision: String) -> Int {
        state.withLock { $0.revisions[revision]?.ready.count ?? 0 }
    }

    /// Starts as many instances as the requests and the bounds of a revision want.
    func scaleOut(_ revision: String, in state: inout State) {
        guard !state.isClosed else { return }
        let count =
            state.revisions[revision]?.missing(
                now: .now, scaleToZero: settings.scaleToZero, limit: settings.instanceLimit) ?? 0
        for _ in 0..<count { beginStart(of: revision, in: &state) }
    }

    private func beginStart(of revision: String, in state: inout State) {
        guard let blueprint = state.revisions[revision]?.blueprint else { return }
        state.nextInstance += 1
        let id = "\(blueprint.revision)-\(state.nextInstance)"
        state.revisions[revision]?.instances.append(RevisionInstances.Instance(id: id))
        let start = InstanceStart(
            pool: self, revision: revision, id: id, blueprint: blueprint, hostNames: state.hostNames)
        work.add { await start.run() }
    }
}
