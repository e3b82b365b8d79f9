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
        if let watched {
            let change = try await source.change(since: watched)
            self.watched = change.digests
            console.progress("changed: \(change.services.joined(separator: ", "))")
        } else {
            // Nobody knows what was tried last, as the loop was taken up again: what is there now is tried.
            watched = await source.digests()
        }
        let number = iteration.number + 1
        let head = try? await RepositoryTree.open(at: order.tree).state().head
        try await append(.iterationBegan(number, head: head ?? self.head))
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

    /// A configuration that cannot be read is a change like any other: what was watched before is watched on.
    func watchedSource() async throws -> WatchedSource {
        do {
            let session = try session()
            let source = try await session.watchedSource(of: try placements(in: session).services)
            lastSource = source
            return source
        } catch {
            guard let lastSource, !Task.isCancelled else { throw error }
            return lastSource
        }
    }

    /// Whoever watches mends what stands in the way, and saves: it is told, and the next change is tried.
    func isTold(_ error: any Error) -> Bool {
        let failure = FailureLifting.lift(error)
        guard order.mender == .watched, !isWaiting, !Task.isCancelled, progress.current != nil,
            ![.interrupted, .terminated, .internalError, .needsAttention].contains(failure.category)
        else { return false }
        console.problem(FailureText.text(failure, palette: Palette(isEnabled: false)))
        return true
    }
}
