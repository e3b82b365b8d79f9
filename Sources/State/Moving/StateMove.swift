import Releases
import Verification

/// Carries the state of an environment to another place and leaves a note where it was. Nothing is removed there.
package struct StateMove: Sendable {
    /// What there was to carry.
    package struct Load: Hashable, Sendable {
        package var runs = 0
        package var entries = 0
        package var releases = 0
        package var images = 0
        package var locks = 0
        /// Runs whose evidence is there for their reports.
        package var evidence = 0
        /// Runs of suites.
        package var verdicts = 0
    }

    private let environment: String
    private let source: any MovableState
    private let target: any MovableState
    private let note: MovedState
    private let progress: @Sendable (String) -> Void

    /// - Parameters:
    ///   - who: `user@host`.
    ///   - time: RFC 3339.
    package init(
        of environment: String, from source: any MovableState, to target: any MovableState, who: String, time: String,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.environment = environment
        self.source = source
        self.target = target
        self.progress = progress
        note = MovedState(to: target.place, who: who, time: time, isComplete: false)
    }

    /// Throws `conflict` where somebody works with the state, or where the target has another history.
    package func run() async throws -> Load {
        try await refuseWhileInUse()
        // From here on nobody begins anything at the source; who did so just now is found by the second look.
        try await source.setMoved(note, of: environment)
        var load = Load()
        // What once went from there to here comes back.
        let former = try await target.movedState(of: environment)
        do {
            try await target.setMoved(nil, of: environment)
            try await refuseWhileInUse()
            try await carryRuns(&load)
            try await carryReleases(&load)
            try await carryTheRest(&load)
            try await compare()
        } catch {
            // Where it was it still is: nothing was removed.
            try? await source.setMoved(nil, of: environment)
            try? await target.setMoved(former, of: environment)
            throw error
        }
        var done = note
        done.isComplete = true
        try await source.setMoved(done, of: environment)
        return load
    }

    private func refuseWhileInUse() async throws {
        for record in try await source.lockRecords(of: environment) {
            let holder = try await source.lockHolder(record.service, of: environment)
            guard let holder else { continue }
            throw Failure(
                .conflict, "`\(record.service)` is locked by \(holder.who), so the state cannot be moved now",
                details: [.init("run", holder.run), .init("since", holder.since)],
                hint: "wait until that has ended: stagectl lock show --env \(environment)")
        }
    }

    private func carryRuns(_ load: inout Load) async throws {
        let names = try await source.runNames(of: environment)
        for batch in names.chunked(by: 64) {
            let source = source
            let target = target
            let counts = try await BucketState.concurrently(batch) { name in
                guard let run = try await source.movableRun(name) else { return 0 }
                try await target.bring(run)
                return run.lines.count
            }
            load.runs += batch.count
            load.entries += counts.reduce(0, +)
            if names.count > 1000 { progress("\(load.runs) of \(names.count) runs") }
        }
    }

    private func carryReleases(_ load: inout Load) async throws {
        let names = try await source.releaseNames(of: environment)
        for batch in names.chunked(by: 64) {
            let source = source
            let releases = try await BucketState.concurrently(batch) { try await source.release(run: $0) }
            // One after the other: whoever orders by when it was written keeps the order.
            for release in releases.compactMap(\.self) { try await target.record(release) }
            load.releases += batch.count
            if names.count > 1000 { progress("\(load.releases) of \(names.count) releases") }
        }
    }

    private func carryTheRest(_ load: inout Load) async throws {
        for image in try await source.movableImages() {
            try await target.bring(image)
            load.images += 1
        }
        for lock in try await source.lockRecords(of: environment) {
            try await target.bring(lock)
            load.locks += 1
        }
        let verdicts = try await source.verdicts(of: environment).whole()
        try await target.verdicts(of: environment).add(verdicts)
        load.verdicts = verdicts.count
        for run in try await source.evidenceNames(of: environment) {
            guard let evidence = try await source.evidence(of: run, in: environment) else { continue }
            try await target.changeEvidence(of: run, in: environment) { _ in evidence }
            load.evidence += 1
        }
        let forced = try await source.forcedReleases(environment: environment, limit: 10_000)
        let known = Set(try await target.forcedReleases(environment: environment, limit: 10_000))
        try await target.bring(forced.reversed().filter { !known.contains($0) }, of: environment)
    }

    /// What was there must be there now.
    private func compare() async throws {
        let runs = Set(try await source.runNames(of: environment))
            .subtracting(try await target.runNames(of: environment))
        let releases = Set(try await source.releaseNames(of: environment))
            .subtracting(try await target.releaseNames(of: environment))
        guard runs.isEmpty, releases.isEmpty else {
            throw Failure(
                .internalError, "not everything has arrived in `\(target.place)`",
                details: [.init("missing", (runs.union(releases)).sorted().prefix(5).joined(separator: ", "))],
                hint: "type it again: what has arrived is not carried twice")
        }
    }
}

extension MovableState {
    /// Who holds it, asked past the note that the state is on its way.
    fileprivate func lockHolder(_ service: ServiceKey, of environment: String) async throws -> LockHolder? {
        let moved = try await movedState(of: environment)
        guard moved == nil else {
            return try await lockRecords(of: environment).first { $0.service == service }?.holder
        }
        return try await holder(service: service, environment: environment)
    }
}

extension Array {
    fileprivate func chunked(by size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
