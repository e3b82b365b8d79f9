import Dispatch

/// A git work tree, through libgit2. What writes is in `Writing/`; everything here only reads.
///
/// libgit2's objects must not be shared between threads, and its calls block: each operation runs on this
/// repository's own queue, off the cooperative pool, and opens the repository for itself (well under a millisecond),
/// so that no handle outlives or leaves the queue.
package final class GitRepository: Sendable {
    /// The work tree's top folder, without a slash at its end.
    package let top: String
    private let queue: DispatchQueue

    private init(top: String, queue: DispatchQueue) {
        self.top = top
        self.queue = queue
    }

    /// Finds the repository at the path or in a folder above it; worktrees and submodules count.
    package static func open(at path: String) async throws(SourceControlError) -> GitRepository {
        let queue = DispatchQueue(label: "stagectl.source-control")
        let top = try await perform(on: queue) { () throws(SourceControlError) in
            try OpenRepository(discovering: path).workTree
        }
        return GitRepository(top: top, queue: queue)
    }

    /// HEAD, its branch, and what differs from it.
    package func snapshot() async throws(SourceControlError) -> GitSnapshot {
        try await withRepository { repository throws(SourceControlError) in try repository.snapshot() }
    }

    /// Content address (40 hex digits) of files and folders, given relative to `root`, as they are in the work tree
    /// now: the same before and after a commit of the same content. Ignored files count only where a path that was
    /// asked for holds nothing else.
    package func digest(of paths: [String], relativeTo root: String) async throws(SourceControlError) -> String {
        try await withRepository { repository throws(SourceControlError) in
            try repository.digest(of: paths, relativeTo: root)
        }
    }

    /// How `commit` relates to `other`, both as 40 hex digits: `ancestor` means that `other` contains `commit`.
    package func relation(of commit: String, to other: String) async throws(SourceControlError) -> GitRelation {
        try await withRepository { repository throws(SourceControlError) in
            try repository.relation(of: commit, to: other)
        }
    }

    /// The full id for an abbreviated commit, a branch or a tag; nil when nothing or more than one thing matches.
    package func resolve(_ name: String) async throws(SourceControlError) -> String? {
        try await withRepository { repository throws(SourceControlError) in try repository.resolve(name) }
    }

    /// What `to` has and `from` has not, newest first; empty when one of the two is not here.
    package func subjects(
        from: String, to: String, limit: Int
    ) async throws(SourceControlError) -> [CommitSubject] {
        try await withRepository { repository throws(SourceControlError) in
            try repository.subjects(from: from, to: to, limit: limit)
        }
    }

    func withRepository<Value: Sendable>(
        _ body: @escaping @Sendable (OpenRepository) throws(SourceControlError) -> Value
    ) async throws(SourceControlError) -> Value {
        let top = top
        return try await Self.perform(on: queue) { () throws(SourceControlError) in
            try body(OpenRepository(workTree: top))
        }
    }

    private static func perform<Value: Sendable>(
        on queue: DispatchQueue, _ body: @escaping @Sendable () throws(SourceControlError) -> Value
    ) async throws(SourceControlError) -> Value {
        let result: Result<Value, SourceControlError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(SourceControlError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
