import Releases
import SourceControl

/// libgit2's repository as a release wants it.
struct GitSource: SourceRepository {
    private let repository: GitRepository
    private let root: String
    private let sourcePaths: [String]

    /// - Parameter sourcePaths: where an untracked file would go into an image. Elsewhere it changes nothing that is
    ///   deployed, so it does not make the tree dirty (as for `git describe --dirty`).
    static func open(root: String, sourcePaths: [String]) async throws -> GitSource {
        do {
            return GitSource(
                repository: try await GitRepository.open(at: root), root: root, sourcePaths: sourcePaths)
        } catch {
            throw FailureLifting.lift(error)
        }
    }

    func snapshot() async throws -> SourceSnapshot {
        try await lifting {
            let snapshot = try await repository.snapshot()
            let inside = snapshot.untracked.map(\.path).filter(isSource)
            return SourceSnapshot(
                commit: snapshot.commit, branch: snapshot.branch, subject: snapshot.subject,
                committed: LogTimeText.rfc3339(Double(snapshot.committed)),
                changes: snapshot.trackedChanges.map(\.path) + inside)
        }
    }

    func digest(of paths: [String]) async throws -> String {
        try await lifting { try await repository.digest(of: paths, relativeTo: root) }
    }

    func relation(of commit: String, to other: String) async throws -> CommitRelation {
        try await lifting {
            switch try await repository.relation(of: commit, to: other) {
            case .same: .same
            case .ancestor: .ancestor
            case .descendant: .descendant
            case .diverged: .diverged
            case .unknown: .unknown
            }
        }
    }

    func resolve(_ revision: String) async throws -> String? {
        try await lifting { try await repository.resolve(revision) }
    }

    private func isSource(_ path: String) -> Bool {
        // Both are relative to different folders when the configuration is not at the repository's top.
        let absolute = repository.top + (repository.top.hasSuffix("/") ? "" : "/") + path
        return sourcePaths.contains { source in
            // `.`, `./x` and `x/` are written too.
            let folder = Folders.absolute(root + "/" + source)
            return absolute == folder || absolute.hasPrefix(folder + "/")
                || (absolute.hasSuffix("/") && (folder + "/").hasPrefix(absolute))
        }
    }

    private func lifting<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as SourceControlError {
            throw FailureLifting.lift(error)
        }
    }
}
