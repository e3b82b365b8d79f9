import ArgumentParser
import Simulation

/// `simulate`: histories of releases by the thousand, each decided by its seed.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play histories of releases in simulated worlds and check what must hold after every effect.",
        discussion: "Ends with 1 when a rule was broken, and prints the seeds.")

    @Option(help: "How many histories.")
    var count = 10_000

    @Option(name: .customLong("from"), help: "The first seed.")
    var first: UInt64 = 1

    @Option(help: "Play this one alone and print what happened.")
    var seed: UInt64?

    @Option(help: "Where releases keep what they know: sqlite, or gcs for a team's bucket.")
    var store = Keeping.disk

    @Option(help: "Threads; each plays its own part of the seeds.")
    var threads = 2

    @Flag(help: "Put in every known mistake, one after the other, and say after how many seeds it was caught.")
    var defects = false

    @Flag(
        name: .customLong("crash-points"),
        help: "Let a process be gone at every place of every flow, and again in what takes it up.")
    var crashPoints = false

    @Flag(
        help:
            "Judge canaries by the ten thousand: false alarms, power against the published table, and the time it takes."
    )
    var canary = false

    @Option(help: "How many runs of each of those scenarios.")
    var runs = 20_000

    @Flag(
        help:
            "Find the causes of labelled failures in batches of several causes, and say how well: purity and accuracy.")
    var causes = false

    @Option(help: "Read a JUnit file as an external runner's report is read, and say how long that took.")
    var junit: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard count > 0 else { throw ValidationError("--count is a number above 0") }
        guard runs > 0 else { throw ValidationError("--runs is a number above 0") }
        guard !(defects && crashPoints) else { throw ValidationError("--defects or --crash-points, not both") }
        guard (1...64).contains(threads) else { throw ValidationError("--threads is a number from 1 to 64") }
    }

    func run() throws {
        if let seed {
            let result = History(seed: seed, plans: PlanCache(), keeping: store).play()
            print(Report.history(result))
            if !result.violations.isEmpty { throw ExitCode(1) }
        } else if let junit {
            print(try JUnitIngestion.measure(junit))
        } else if causes {
            let report = CauseReport(batches: UInt64(min(count, 1000)))
            print(json ? report.json : report.text)
            if !report.isWithinBounds { throw ExitCode(1) }
        } else if canary {
            let report = CanaryReport(runs: runs, threads: threads)
            print(json ? report.json : report.text)
            if !report.isWithinBounds { throw ExitCode(1) }
        } else if defects {
            let caught = DefectCampaign(first: first, most: count).run()
            print(json ? Report.defectsJSON(caught) : Report.defects(caught))
            if caught.contains(where: { $0.seeds == nil }) { throw ExitCode(1) }
        } else if crashPoints {
            let results = CrashPoints(threads: threads, keeping: store).run()
            print(json ? Report.crashPointsJSON(results) : Report.crashPoints(results))
            if results.contains(where: { !$0.violations.isEmpty }) { throw ExitCode(1) }
        } else {
            let campaign = Campaign(first: first, count: count, threads: threads, keeping: store).run()
            print(json ? Report.campaignJSON(campaign) : Report.campaign(campaign))
            if !campaign.violations.isEmpty { throw ExitCode(1) }
        }
    }
}
