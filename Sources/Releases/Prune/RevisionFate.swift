/// What becomes of one revision, and why.
package struct RevisionFate: Hashable, Sendable {
    /// In which of its two meanings.
    package enum Latest: Hashable, Sendable {
        case made, ready, both
    }

    /// In the order in which they count: the first that holds is told.
    package enum Reason: Hashable, Sendable {
        case serves
        /// The split names it: traffic was asked for it that it does not have yet, or 0 % of it.
        case isWanted
        /// By a person, or one of stagectl's that stays.
        case tagged(String)
        /// Cloud Run deletes neither the last one that was made nor the last one that is ready; they are two where the
        /// last one is not ready.
        case isLatest(Latest)
        /// A run that has not ended goes on with it, or back to it.
        case unfinished(run: String)
        /// It was verified and waits for traffic; nothing newer has got it since.
        case waits(run: String)
        case rollbackTarget
        /// Among so many of the newest.
        case newest(Int)
        /// Younger than so many seconds.
        case young(Int)
        /// None of these: it may go.
        case notNeeded
    }

    package var revision: String
    package var reason: Reason
    /// Seconds since 1970.
    package var created: Double
    package var image: ImageReference?
    package var commit: String?

    package init(_ revision: RevisionObservation, _ reason: Reason) {
        self.revision = revision.name
        self.reason = reason
        created = revision.created
        image = revision.pinnedImage
        commit = revision.labels[ReleaseLabel.commit]
    }

    package var isDeleted: Bool { reason == .notNeeded }
}

extension RevisionFate.Reason {
    /// For programs; never changed.
    package var word: String {
        switch self {
        case .serves: "serves"
        case .isWanted: "wanted"
        case .tagged: "tagged"
        case .isLatest: "latest"
        case .unfinished: "unfinished-run"
        case .waits: "waits-for-traffic"
        case .rollbackTarget: "rollback-target"
        case .newest: "newest"
        case .young: "young"
        case .notNeeded: "not-needed"
        }
    }

    package var text: String {
        switch self {
        case .serves: "serves"
        case .isWanted: "the traffic split names it"
        case .tagged(let tag): "tag `\(tag)`"
        case .isLatest(.both): "the latest of its service: Cloud Run does not delete it"
        case .isLatest(.made): "the one made last, not ready or not yet: Cloud Run does not delete it"
        case .isLatest(.ready): "the latest that is ready, since the one made last is not: Cloud Run does not delete it"
        case .unfinished(let run): "run \(run) has not ended"
        case .waits(let run): "waits for traffic since run \(run)"
        case .rollbackTarget: "witnessed healthy, to go back to"
        case .newest(let count): "among the newest \(count)"
        case .young(let limit): "younger than \(Age.text(limit))"
        case .notNeeded: "old, and nothing needs it"
        }
    }
}
