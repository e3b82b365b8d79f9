/// A number of writes that an API takes in a time, counted over everybody who writes for one project.
package struct WriteQuota: Hashable, Sendable {
    /// What the user is told: "Cloud Run in `us-central1`".
    package var subject: String
    package var limit: Int
    package var window: Duration

    /// Cloud Run's Admin API takes 60 writes a minute in each region of a project (cloud.google.com/run/quotas). The
    /// window is a second longer, as requests do not all travel equally long.
    static func cloudRun(project: String, region: String) -> WriteQuota {
        WriteQuota(subject: "Cloud Run in `\(region)` of `\(project)`", limit: 60, window: .seconds(61))
    }

    var schedule: WriteSchedule { WriteSchedule(limit: limit, window: window) }
}
