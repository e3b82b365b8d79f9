/// A one-shot Cloud Run job that runs before a candidate is made, with the candidate's image, variables and account.
package struct MigrationSettings: Codable, Hashable, Sendable {
    /// In place of the image's entry point; empty keeps it.
    package var command: [String]
    package var arguments: [String]
    /// Of one attempt.
    package var timeoutSeconds: Int
    /// Attempts after the first.
    package var retries: Int
    /// What the service was cannot run any more after it: traffic that has moved is not moved back by itself.
    package var isIrreversible: Bool

    package init(
        command: [String] = [], arguments: [String] = [], timeoutSeconds: Int = 600, retries: Int = 0,
        isIrreversible: Bool = false
    ) {
        self.command = command
        self.arguments = arguments
        self.timeoutSeconds = timeoutSeconds
        self.retries = retries
        self.isIrreversible = isIrreversible
    }
}
