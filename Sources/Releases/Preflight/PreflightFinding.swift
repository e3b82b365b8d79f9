/// One thing that was looked at before anything is built or changed.
package struct PreflightFinding: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case ok
        /// A release works without it, less well.
        case warning
        /// A release would fail.
        case problem
        /// It could not be looked at, so nothing is claimed.
        case unknown
    }

    /// What was looked at, for example `secret:jwt-secret`; unique in a report.
    package var id: String
    package var state: State
    /// From which the exit code follows when this is a problem.
    package var category: Failure.Category
    package var what: String
    package var why: String?
    /// A whole line for a shell that mends it.
    package var command: String?

    package init(
        _ id: String, _ state: State, _ category: Failure.Category = .release, what: String, why: String? = nil,
        command: String? = nil
    ) {
        self.id = id
        self.state = state
        self.category = category
        self.what = what
        self.why = why
        self.command = command
    }
}
