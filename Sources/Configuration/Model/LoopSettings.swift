/// How `stagectl loop` works in an environment: what bounds it, and what a fix may change.
package struct LoopSettings: Codable, Hashable, Sendable {
    /// A command before an iteration's commit: a build, unit tests.
    package struct Command: Codable, Hashable, Sendable {
        /// An argument vector.
        package var arguments: [String]
        /// How long it may take.
        package var timeoutSeconds: Int

        package init(arguments: [String], timeoutSeconds: Int = 1800) {
            self.arguments = arguments
            self.timeoutSeconds = timeoutSeconds
        }
    }

    /// The branch that fixes are committed to; `{run}` stands for the loop's name.
    package var branch = "loop/{run}"
    /// Branches that no fix is committed to, as globs.
    package var protectedBranches = ["main", "master", "production", "release/*"]
    /// What a fix may change, as globs of paths below the repository's root; empty for everything that is not denied.
    package var allow: [String] = []
    /// What a fix may never change, beside what judges it.
    package var deny: [String] = []
    package var maxFiles = 50
    /// Added and removed together.
    package var maxLines = 2000
    package var fixTimeoutSeconds = 1800
    package var beforeDeploy: [Command] = []
    package var maxIterations = 10
    /// Of the whole loop.
    package var deadlineSeconds = 7200
    /// What all fixes together may cost, in US dollars; nil for no bound.
    package var maxCost: Double?
    /// What a fix costs that does not say it, in US dollars.
    package var costPerIteration = 0.0
    /// After so many iterations in a row that mended nothing the loop ends.
    package var noProgress = 3
    /// How often checks that failed are asked again before they count.
    package var flakyReruns = 2
    /// How long a deployed service that is not healthy is waited for.
    package var readyWaitSeconds = 120
    /// Whether commits carry a `Signed-off-by` line.
    package var signOff = true

    package init() {}
}
