import Configuration
import Loop
import Releases
import Reporting

extension CheckReference {
    /// Without a region: a release asks the same of each.
    var nameEverywhere: String { "\(ServiceKey(parsing: suite).service)/\(id)" }
}

extension LoopEngine {
    func waitForChange() async throws {
        guard let iteration = progress.current else { return }
        console.progress("watching for changes (Ctrl-C ends it)")
        let source = try await watchedSource()
        while watched == nil {
            watched = await source.digests()
            if watched == nil { try await clock.sleep(for: WatchedSource.interval) }
        }
        let change = try await source.change(since: watched ?? [:])
        watched = change.digests
        console.progress("changed: \(change.services.joined(separator: ", "))")
        let number = iteration.number + 1
        try await append(.iterationBegan(number, head: head))
        console.progress(LoopText.iteration(number, of: order, head: head))
    }

    /// What failed in the last iteration that has a verdict: while the source is watched, that is asked before all else.
    var failedBefore: [CheckReference] {
        guard order.mender == .watched else { return [] }
        return progress.iterations.dropLast().last { $0.verdict != nil }?.failing ?? []
    }

    /// What the change of this iteration can have broken; nil where nobody waits for a quick answer.
    func watchedChange(in session: Session) throws -> WatchedChange? {
        guard order.mender == .watched, let release = progress.current?.release else { return nil }
        let services = try session.environment().services
        return WatchedChange(
            of: Set(release.services.map { ServiceKey(parsing: $0).service }), failing: failedBefore,
            dependencies: Dictionary(services.map { ($0.name, $0.dependsOn) }, uniquingKeysWith: { first, _ in first }))
    }

    func watchedSource() async throws -> WatchedSource {
        let session = try session()
        return try await session.watchedSource(of: try placements(in: session).services)
    }
}
