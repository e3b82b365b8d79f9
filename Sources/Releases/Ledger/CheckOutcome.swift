/// What one check of a smoke run came to: as much as is needed to compare two runs.
package struct CheckOutcome: Codable, Hashable, Sendable {
    /// With its region where the environment has several: `backend-smoke@europe-west1`.
    package var suite: String
    package var id: String
    /// One of the keys of a verdict's counts.
    package var status: String
    package var milliseconds: Double
    package var attempts: Int

    package init(suite: String, id: String, status: String, milliseconds: Double, attempts: Int) {
        self.suite = suite
        self.id = id
        self.status = status
        self.milliseconds = milliseconds
        self.attempts = attempts
    }
}
