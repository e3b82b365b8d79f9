/// What a loop was asked to do, as it stands in its journal: whoever takes it up means the same.
package struct LoopOrder: Codable, Hashable, Sendable {
    /// Who mends what fails.
    package enum Mender: Codable, Hashable, Sendable {
        /// A line for `/bin/sh -c`.
        case command(String)
        /// A person, who says when it is done.
        case person
        /// Whoever changes the source while the loop watches it.
        case watched
        case nobody
    }

    package var run: String
    package var environment: String
    /// As named on the command line; empty for all of the environment.
    package var services: [String]
    package var regions: [String]
    /// Flags of `deploy` for each release, as they would be typed.
    package var flags: [String]
    package var mender: Mender
    package var limits: LoopLimits
    /// The repository's root; empty where there is none.
    package var tree: String
    /// Where fixes are committed; nil where nothing is.
    package var branch: String?
    /// The branch is to be made, since what was checked out is protected.
    package var makesBranch: Bool
    /// What was checked out; nil for no branch.
    package var startedOn: String?
    /// The commit that the loop began with; empty where there is no repository.
    package var head: String
    /// Where reports are written; nil for nowhere.
    package var report: String?
    /// `user@host`.
    package var initiator: String

    package init(
        run: String, environment: String, services: [String] = [], regions: [String] = [], flags: [String] = [],
        mender: Mender = .nobody, limits: LoopLimits = LoopLimits(), tree: String = "", branch: String? = nil,
        makesBranch: Bool = false, startedOn: String? = nil, head: String = "", report: String? = nil,
        initiator: String = ""
    ) {
        self.run = run
        self.environment = environment
        self.services = services
        self.regions = regions
        self.flags = flags
        self.mender = mender
        self.limits = limits
        self.tree = tree
        self.branch = branch
        self.makesBranch = makesBranch
        self.startedOn = startedOn
        self.head = head
        self.report = report
        self.initiator = initiator
    }
}

/// What ends a loop that does not reach its goal.
package struct LoopLimits: Codable, Hashable, Sendable {
    /// Of somebody who watches the source until it is enough.
    package static let unbounded = 1_000_000

    package var iterations: Int
    package var isUnbounded: Bool { iterations >= Self.unbounded }
    /// Of work: time in which nobody worked at the loop does not count.
    package var seconds: Double
    /// US dollars; nil for no bound.
    package var cost: Double?
    /// Of a fix that does not say what it cost, in US dollars.
    package var costOfFix: Double
    /// Iterations in a row that mended nothing.
    package var noProgress: Int
    /// How often failed checks are asked again, and what passed then is tried again as a whole.
    package var reruns: Int

    package init(
        iterations: Int = 10, seconds: Double = 7200, cost: Double? = nil, costOfFix: Double = 0, noProgress: Int = 3,
        reruns: Int = 2
    ) {
        self.iterations = iterations
        self.seconds = seconds
        self.cost = cost
        self.costOfFix = costOfFix
        self.noProgress = noProgress
        self.reruns = reruns
    }
}
