package import GoogleCloud

/// Cloud Build as an environment uses it: where, and with which clients.
package struct CloudBuildSettings: Sendable {
    package var builds: CloudBuildClient
    package var storage: StorageClient
    /// Where sources are uploaded.
    package var bucket: String
    /// The bucket was named by the user: it is used as it is, and neither made nor asked whose it is.
    package var bucketIsGiven: Bool
    /// For the build itself, without its time in the queue.
    package var timeoutSeconds: Int
    package var pace: CloudBuildPace

    package static let defaultTimeoutSeconds = 1200
    /// gcloud's own default too.
    package static let defaultRegion = "global"

    /// - Parameter bucket: nil for the project's own, which gcloud uses as well and which is made where it is missing.
    package init(
        builds: CloudBuildClient, storage: StorageClient, bucket: String? = nil,
        timeoutSeconds: Int = defaultTimeoutSeconds, pace: CloudBuildPace = CloudBuildPace()
    ) {
        self.builds = builds
        self.storage = storage
        self.bucket = bucket ?? Self.bucket(of: builds.project)
        bucketIsGiven = bucket != nil
        self.timeoutSeconds = timeoutSeconds
        self.pace = pace
    }

    /// As gcloud names it: a bucket's name has no colon, no dot where it is not a domain's, and no `google`.
    static func bucket(of project: String) -> String {
        project.replacing(":", with: "_").replacing(".", with: "_").replacing("google", with: "elgoog") + "_cloudbuild"
    }

    /// Where a new bucket lies: with the builds, or where Cloud Storage puts it by itself.
    var bucketLocation: String? { builds.region == Self.defaultRegion ? nil : builds.region }
}

/// How often Cloud Build is asked, and for how long.
package struct CloudBuildPace: Hashable, Sendable {
    /// Between two looks at a build; grows from the first to the second.
    package var shortestPause: Duration
    package var longestPause: Duration
    /// Before each look for a build whose creation was not answered.
    package var looks: [Duration]
    /// How long a build may wait for a worker.
    package var queue: Duration
    /// What the cancelling of a build may take.
    package var cancelling: Duration
    /// Failed looks in a row that are one too many; each of them was repeated by itself already.
    package var patience: Int

    package init(
        shortestPause: Duration = .milliseconds(500), longestPause: Duration = .seconds(5),
        looks: [Duration] = [.seconds(1), .seconds(3), .seconds(6)], queue: Duration = .seconds(600),
        cancelling: Duration = .seconds(15), patience: Int = 5
    ) {
        self.shortestPause = shortestPause
        self.longestPause = longestPause
        self.looks = looks
        self.queue = queue
        self.cancelling = cancelling
        self.patience = patience
    }
}
