/// Keeps tokens until shortly before they end, and asks once for however many wait.
///
/// Time is the machine's monotonic one, which goes on while it sleeps: a token lives for as many seconds as its issuer
/// said, whatever any wall clock shows.
actor TokenCache {
    enum Key: Hashable, Sendable {
        case access
        case identity(audience: String)
    }

    typealias Issue = @Sendable () async throws -> IssuedToken

    /// A token this close to its end is renewed: 3 min 45 s, google-auth's own figure. The metadata server gives the
    /// same token until four minutes before its end, so that asking earlier would change nothing there.
    static let margin = Duration.seconds(225)

    /// How long a token that still holds is used after its renewal failed: a server that is down would else hold up
    /// every request by its timeout.
    private static let respite = Duration.seconds(30)

    private struct Held {
        var token: Secret
        /// From when on a new one is wanted; nil for never.
        var renewal: ContinuousClock.Instant?
        var end: ContinuousClock.Instant?
    }

    private struct Refresh {
        var id: Int
        var task: Task<Void, Never>?
        var waiters: [Int: CheckedContinuation<Secret, any Error>] = [:]
    }

    private let now: @Sendable () -> ContinuousClock.Instant
    private var held: [Key: Held] = [:]
    private var refreshes: [Key: Refresh] = [:]
    private var lastNumber = 0

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) {
        self.now = now
    }

    /// The token that is kept, or a new one from `issue`, which runs once for all that wait at the same time. A waiter
    /// that is cancelled leaves the others waiting; the last one ends the request, and waits until it has ended.
    func token(_ key: Key, issue: @escaping Issue) async throws -> Secret {
        if let kept = held[key], kept.renewal.map({ now() < $0 }) ?? true { return kept.token }
        let waiter = nextNumber()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // The handler below may have run already, and found nobody.
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    wait(continuation, as: waiter, for: key, issue)
                }
            }
        } onCancel: {
            Task { await leave(waiter, key) }
        }
    }

    /// The server did not take it.
    func forget(_ token: Secret) {
        held = held.filter { $0.value.token != token }
    }

    private func wait(
        _ continuation: CheckedContinuation<Secret, any Error>, as waiter: Int, for key: Key, _ issue: @escaping Issue
    ) {
        if refreshes[key] == nil {
            let id = nextNumber()
            let asked = now()
            refreshes[key] = Refresh(id: id)
            refreshes[key]?.task = Task {
                let result: Result<IssuedToken, any Error>
                do {
                    result = .success(try await issue())
                } catch {
                    result = .failure(error)
                }
                finish(key, id, result, asked: asked)
            }
        }
        refreshes[key]?.waiters[waiter] = continuation
    }

    private func finish(
        _ key: Key, _ id: Int, _ result: Result<IssuedToken, any Error>, asked: ContinuousClock.Instant
    ) {
        guard let refresh = refreshes[key], refresh.id == id else { return }
        refreshes[key] = nil
        let outcome: Result<Secret, any Error>
        switch result {
        case .success(let issued):
            held[key] = Held(
                token: issued.value,
                // One that is short-lived from the start would else be renewed before every request.
                renewal: issued.lifetime.map { asked + max($0 - Self.margin, $0 / 2) },
                end: issued.lifetime.map { asked + $0 })
            outcome = .success(issued.value)
        case .failure(let error):
            if var kept = held[key], let end = kept.end, now() < end {
                kept.renewal = min(now() + Self.respite, end)
                held[key] = kept
                outcome = .success(kept.token)
            } else {
                held[key] = nil
                outcome = .failure(error)
            }
        }
        for waiter in refresh.waiters.values { waiter.resume(with: outcome) }
    }

    private func leave(_ waiter: Int, _ key: Key) async {
        guard let continuation = refreshes[key]?.waiters.removeValue(forKey: waiter) else { return }
        if let refresh = refreshes[key], refresh.waiters.isEmpty {
            refreshes[key] = nil
            refresh.task?.cancel()
            // This process may end with its last waiter, and a program that gives tokens must not outlive it.
            await refresh.task?.value
        }
        continuation.resume(throwing: CancellationError())
    }

    private func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }
}
