package import Configuration

/// What went wrong, in the one shape that every command shows: what, why, and the next thing to type.
///
/// Adapters throw small errors of their own and lift them to this value in one file each. Nothing decides by
/// `summary` or `details`: they are for people.
package struct Failure: Error, Codable, Hashable, Sendable {
    /// The closed list from which the exit code follows (`ExitStatus` in Commands holds the one mapping).
    package enum Category: String, Codable, Hashable, Sendable, CaseIterable {
        /// The command as typed cannot be run.
        case usage
        /// The files in `environments/` are not valid.
        case configuration
        /// A tool or a remote that is needed cannot be reached.
        case unavailable
        /// Not authenticated, or not permitted.
        case permission
        /// Locked, changed underneath, or an older commit over a newer one.
        case conflict
        /// Build, push, readiness or platform said no.
        case release
        /// A gate of checks did not pass.
        case checks
        /// A step is in doubt; `resume` or `abort` decides.
        case needsAttention
        /// The time that was allowed is over.
        case deadline
        /// SIGINT.
        case interrupted
        /// SIGTERM.
        case terminated
        /// We are wrong.
        case internalError
    }

    package struct Detail: Codable, Hashable, Sendable {
        package var label: String
        package var value: String
        /// In a file, for whoever shows it there.
        package var place: SourcePosition?

        package init(_ label: String, _ value: String, at place: SourcePosition? = nil) {
            self.label = label
            self.value = value
            self.place = place
        }
    }

    package var category: Category
    package var summary: String
    package var details: [Detail]
    /// The next thing to type or to do.
    package var hint: String?
    /// Whether the effect may have happened although this was thrown (a reply that was lost, say). A handler then
    /// looks at the world before anything repeats.
    package var mayHaveHappened: Bool

    package init(
        _ category: Category, _ summary: String, details: [Detail] = [], hint: String? = nil,
        mayHaveHappened: Bool = false
    ) {
        self.category = category
        self.summary = summary
        self.details = details
        self.hint = hint
        self.mayHaveHappened = mayHaveHappened
    }
}

extension Failure {
    /// Of two that happened at the same time, the one that decides how the run ends (70 > 6 > 5 > 4 > 3 > 1); the first
    /// where neither is worse. What was only interrupted because another failed never decides.
    package func worse(_ other: Failure) -> Failure {
        other.category.rank > category.rank && category != .interrupted && category != .terminated ? other : self
    }
}

extension Failure.Category {
    fileprivate var rank: Int {
        switch self {
        case .internalError: 6
        case .needsAttention: 5
        case .conflict: 4
        case .permission: 3
        case .checks: 2
        case .release, .deadline, .unavailable, .usage, .configuration: 1
        case .interrupted, .terminated: 0
        }
    }
}
