package import Releases
import Synchronization

/// Who executes a run, and until when that is believed without another sign of life.
struct Presence: Codable, Sendable, Hashable {
    var process: LockProcess
    /// By the server's clock, in seconds since 1970.
    var until: Double
}

/// Signs of life of runs. A run that still builds holds no lock, and of a process on another machine nobody can tell in
/// another way whether it lives: two people must not execute one run.
extension BucketState {
    private static let believed = Duration.seconds(30)

    /// The process that executes the run, as far as its last sign of life is believed.
    package func executor(of run: String) async throws -> LockProcess? {
        try await prepare()
        guard let presence = try await look(BucketNames.presence(run), Presence.self)?.content,
            presence.until > (try now()), !isGone(presence.process)
        else { return nil }
        return presence.process
    }

    /// Gives signs of life from now on, until the run stops, this process does, or another one has taken the run up.
    func showPresence(in run: String, as process: LockProcess?) {
        guard let process, let pause = signsOfLife else { return }
        let task = Task(executorPreference: RunExecutor.current) {
            var generation: Int64?
            while !Task.isCancelled {
                generation = try? await self.sign(run, process, after: generation)
                // Somebody else gives them now.
                if generation == -1 { return }
                do { try await self.clock.sleep(for: pause) } catch { return }
            }
        }
        known.withLock { $0.presences.updateValue(task, forKey: run) }?.cancel()
    }

    /// The run has stopped, for good or until somebody goes on with it.
    package func endPresence(in run: String) async {
        guard let task = known.withLock({ $0.presences.removeValue(forKey: run) }) else { return }
        task.cancel()
        await task.value
        let name = BucketNames.presence(run)
        guard let entry = try? await list(name, limit: 1).first, entry.name == name else { return }
        try? await bucket.remove(name, ifGeneration: entry.generation)
    }

    /// The new generation; -1 when another process has written one since.
    private func sign(_ run: String, _ process: LockProcess, after generation: Int64?) async throws -> Int64 {
        let presence = Presence(
            process: process, until: try now() + (Self.believed + Self.slack).inSeconds)
        switch try await put(presence, to: BucketNames.presence(run), ifGeneration: generation ?? 0) {
        case .written(let generation): return generation
        case .lost(let found):
            guard generation == nil else { return -1 }
            let outcome = try await put(presence, to: BucketNames.presence(run), ifGeneration: found?.generation ?? 0)
            if case .written(let generation) = outcome { return generation }
            return -1
        }
    }
}
