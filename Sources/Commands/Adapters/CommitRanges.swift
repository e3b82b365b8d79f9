import Releases
import SourceControl

/// What is between two commits, as the repository here tells it.
struct CommitRanges {
    /// Enough to read; more are counted as more.
    static let most = 100

    /// The folder that holds `environments/`.
    let root: String

    /// The range with its commits, or with why there are none.
    func filled(_ range: CommitRange) async -> CommitRange {
        guard range.from != range.to else { return range }
        var range = range
        do {
            let repository = try await GitRepository.open(at: root)
            range.relation = Self.relation(try await repository.relation(of: range.from, to: range.to))
            guard range.relation != .unknown else {
                range.note = try await why(range, repository)
                return range
            }
            range.added = try await commits(from: range.from, to: range.to, repository)
            range.removed = try await commits(from: range.to, to: range.from, repository)
            range.isCut = max(range.added.count, range.removed.count) > Self.most
            range.added = Array(range.added.prefix(Self.most))
            range.removed = Array(range.removed.prefix(Self.most))
        } catch {
            let failure = FailureLifting.lift(error)
            range.note = "the commits between are not known: \(failure.summary)"
        }
        return range
    }

    private func commits(
        from: String, to: String, _ repository: GitRepository
    ) async throws -> [CommitRange.Commit] {
        try await repository.subjects(from: from, to: to, limit: Self.most + 1).map {
            CommitRange.Commit(id: $0.commit, subject: $0.subject)
        }
    }

    private func why(_ range: CommitRange, _ repository: GitRepository) async throws -> String {
        var missing: [String] = []
        for commit in [range.from, range.to] where try await repository.resolve(commit) == nil {
            missing.append(String(commit.prefix(12)))
        }
        guard missing.isEmpty else {
            return "\(missing.joined(separator: " and ")) is not in the repository here: git fetch, or "
                + "git fetch --unshallow where history is cut"
        }
        return "history here ends before the two meet (a shallow clone): git fetch --unshallow"
    }

    private static func relation(_ relation: GitRelation) -> CommitRelation {
        switch relation {
        case .same: .same
        case .ancestor: .ancestor
        case .descendant: .descendant
        case .diverged: .diverged
        case .unknown: .unknown
        }
    }
}
