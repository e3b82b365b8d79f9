import Loop
import Reporting

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

    func watchedSource() async throws -> WatchedSource {
        let session = try session()
        return try await session.watchedSource(of: try placements(in: session).services)
    }
}
