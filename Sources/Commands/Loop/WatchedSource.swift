import Configuration
import Images
import Releases

/// Notices changes of the source, by content: a file that is touched, or saved as it was, is none, and neither is one
/// that git ignores.
struct WatchedSource: Sendable {
    /// What changed, and what everything is like now.
    struct Change: Hashable, Sendable {
        /// Services whose sources changed, sorted; all that are watched where the configuration did.
        var services: [String]
        var digests: WatchedSourceQuiet.Digests
    }

    /// Between two looks at least.
    static let interval = Duration.milliseconds(250)
    /// A look may take a twentieth of the time, so that a large repository costs no more of a processor than a small
    /// one.
    static let share = 20.0

    /// What is read for whom; the empty name is what all of them share.
    let paths: [String: [String]]
    /// The folder that they start from.
    let root: String
    /// Nil where there is none: then ignored files count too.
    let repository: (any SourceRepository)?
    /// Whether git is at work right now.
    let isBusy: @Sendable () -> Bool

    /// The state from which the next change counts.
    func digests() async -> WatchedSourceQuiet.Digests? {
        var digests: WatchedSourceQuiet.Digests = [:]
        for (name, paths) in paths {
            // A file that is being saved by renaming is missing for a moment.
            guard let digest = try? await digest(of: paths) else { return nil }
            digests[name] = digest
        }
        return digests
    }

    private func digest(of paths: [String]) async throws -> String {
        guard let repository else { return try SourceDigest.ofFiles(paths, root: root) }
        return try await repository.digest(of: paths)
    }

    /// Waits until something else is there than what was known, and it has come to rest. Throws `CancellationError`.
    func change(since known: WatchedSourceQuiet.Digests) async throws -> Change {
        var quiet = WatchedSourceQuiet(known: known)
        let clock = ContinuousClock()
        let beginning = clock.now
        while true {
            try Task.checkCancellation()
            let began = clock.now
            let found = await digests()
            if let changed = quiet.take(found, isBusy: isBusy(), at: (clock.now - beginning).inSeconds),
                let found
            {
                let all = paths.keys.filter { !$0.isEmpty }.sorted()
                return Change(services: changed.contains("") ? all : changed, digests: found)
            }
            let pause = max(Self.interval.inSeconds, (clock.now - began).inSeconds * Self.share)
            try await clock.sleep(for: .seconds(min(pause, 10)))
        }
    }
}

extension Session {
    /// The sources of the services, and the files that say how they run and what judges them.
    func watchedSource(of services: [Service]) async throws -> WatchedSource {
        let configuration = try configuration()
        let sources = services.compactMap { service in service.source.map { (service.name, $0.paths) } }
        let root = configuration.root
        let repository = try? await GitSource.open(root: root, sourcePaths: sources.flatMap(\.1))
        let top = repository == nil ? nil : try? await RepositoryTree.open(at: root).root
        var paths = Dictionary(sources) { first, _ in first }
        paths[""] = [configuration.folder.name]
        return WatchedSource(paths: paths, root: root, repository: repository) {
            top.map { FixStepFiles.exists($0 + "/.git/index.lock") } ?? false
        }
    }
}
