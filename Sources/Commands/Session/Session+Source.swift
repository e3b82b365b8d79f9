import Configuration
import Releases
import SourceControl

/// The commit to ship, and whether it may be shipped.
extension Session {
    struct Source: Sendable {
        var snapshot: SourceSnapshot?
        var repository: (any SourceRepository)?
    }

    /// Throws `usage` for uncommitted changes, and where there is no repository, unless that was allowed.
    func source(allowDirty: Bool, imageGiven: Bool, services: [Service]) async throws -> Source {
        let root = try configuration().root
        let repository: GitSource
        let snapshot: SourceSnapshot
        do {
            repository = try await GitSource.open(root: root, sourcePaths: services.flatMap { $0.source?.paths ?? [] })
            // A repository without any commit has no snapshot either.
            snapshot = try await repository.snapshot()
        } catch let failure as Failure {
            guard allowDirty || imageGiven else { throw failure }
            return Source(snapshot: nil, repository: nil)
        }
        if snapshot.isDirty, !allowDirty, !imageGiven {
            let shown = snapshot.changes.prefix(10).joined(separator: ", ")
            let more = snapshot.changes.count > 10 ? " and \(snapshot.changes.count - 10) more" : ""
            throw Failure(
                .usage, "there are uncommitted changes, so no commit describes what would be deployed",
                details: [.init("changed", shown + more), .init("commit", snapshot.commit)],
                hint: "commit them, or add --allow-dirty")
        }
        return Source(snapshot: snapshot, repository: repository)
    }
}
