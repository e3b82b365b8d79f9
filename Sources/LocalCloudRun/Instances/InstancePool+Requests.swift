import Synchronization

/// What the ingress asks.
extension InstancePool {
    /// More than this many waiting requests of one revision are not held: memory is bounded.
    private static let longestQueue = 10_000

    func readyInstance(of revision: String, preferring instance: String?) -> InstanceLease? {
        state.withLock { state in
            // Whoever waits already goes first.
            guard !state.isClosed, state.revisions[revision]?.waiting.isEmpty == true else { return nil }
            return state.revisions[revision]?.lease(preferring: instance)
        }
    }

    func instance(of revision: String, preferring instance: String?) async throws(InstanceUnavailable) -> InstanceLease
    {
        let result: Result<InstanceLease, InstanceUnavailable> = await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Result<InstanceLease, InstanceUnavailable>? in
                guard !state.isClosed, let entry = state.revisions[revision] else { return .failure(.stopped) }
                if entry.waiting.isEmpty, let lease = state.revisions[revision]?.lease(preferring: instance) {
                    return .success(lease)
                }
                guard !entry.isStopped(now: .now) else { return .failure(.stopped) }
                guard entry.waiting.count < Self.longestQueue else { return .failure(.noRoom) }
                state.revisions[revision]?.usedAt = .now
                state.revisions[revision]?.waiting.append(
                    RevisionInstances.Waiter(preferred: instance, since: .now) { continuation.resume(returning: $0) })
                scaleOut(revision, in: &state)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
        return try result.get()
    }

    func finished(_ lease: InstanceLease) {
        let served = state.withLock { state in
            state.revisions[lease.revision]?.finished(instance: lease.instance, now: .now)
            return state.revisions[lease.revision]?.served() ?? []
        }
        for (waiter, lease) in served { waiter.resume(.success(lease)) }
    }

    func accepts(token: String, service: String) -> Bool {
        guard let audience = issuer.audience(of: token, now: now().microseconds / 1_000_000) else { return false }
        let wanted = audience.hasSuffix("/") ? String(audience.dropLast()) : audience
        return state.withLock { $0.audiences[service]?.contains(wanted) ?? false }
    }

    func log(_ request: RequestRecord) {
        logs.append(request, at: now())
    }
}

extension InstanceUnavailable {
    /// Every instance is full, and no more are allowed or none came up in time.
    static let noRoom = Self(
        status: 429, message: "The request was aborted because there was no available instance.")
    /// There is no instance, and none is about to come.
    static let stopped = Self(
        status: 503, message: "The request was aborted because there was no available instance.")
    static let couldNotStart = Self(
        status: 503, message: "The request failed because the instance could not start successfully.")
}
