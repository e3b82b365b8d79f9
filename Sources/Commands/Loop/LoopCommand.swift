import ArgumentParser
import Configuration
import Loop
import Releases
import State

/// `stagectl loop`
struct LoopCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "loop", abstract: "The test-deploy loop: release, test, find the cause, fix, commit, again.",
        discussion: """
            Each iteration releases what changed (candidate first), runs the suites of all services of the loop, finds \
            what the failures come from, and writes a brief. With --fix the command gets the brief's path in \
            STAGECTL_BRIEF; what it changes is judged, committed, and tried. It ends with every check of the index \
            passed, or with the rule that ended it.
            """)
    static let schema = LoopDocument.schemaName

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions
    @OptionGroup var flags: DeployFlags

    @Argument(help: "Services of the loop; all when none is named.")
    var services: [String] = []

    @Flag(help: "Every service of the environment, as when none is named.")
    var all = false

    @Option(help: "Mends what fails: a line for /bin/sh, with the brief's path in STAGECTL_BRIEF.")
    var fix: String?

    @Flag(name: .customLong("fix-interactive"), help: "Wait for a person who mends it and says so.")
    var fixInteractive = false

    @Flag(help: "No fix: iterate when the source changes, with uncommitted changes too.")
    var watch = false

    @Option(
        name: .customLong("max-iterations"),
        help: "End after so many iterations (else the environment's, else 10; with --watch without end).")
    var maxIterations: Int?

    @Option(help: "Write the loop's report, and one folder for each iteration, into this folder.")
    var report: String?

    func validate() throws {
        if [fix != nil, fixInteractive, watch].count(where: { $0 }) > 1 {
            throw ValidationError("--fix, --fix-interactive and --watch exclude one another")
        }
        if let fix, fix.allSatisfy(\.isWhitespace) { throw ValidationError("--fix takes a command") }
        if let maxIterations, !(1...1000).contains(maxIterations) {
            throw ValidationError("--max-iterations takes a number from 1 to 1000, not `\(maxIterations)`")
        }
        if report?.isEmpty == true { throw ValidationError("--report takes a folder") }
        if all, !services.isEmpty {
            throw ValidationError("services were named and --all was given; use one of the two")
        }
        // What a loop tests is what serves: a candidate that stays one, or is half of what serves, is never that.
        if flags.noTraffic {
            throw ValidationError("--no-traffic: a loop tests what serves; use deploy for a candidate")
        }
        if flags.strategy.pauseAt != nil {
            throw ValidationError("--pause-at: a loop tests what serves; use deploy for a release that is held")
        }
        if flags.skipSmoke != nil { throw ValidationError("--skip-smoke: a loop ends when the suites pass") }
        if flags.image != nil || flags.from != nil, fix != nil || fixInteractive || watch {
            throw ValidationError("--image and --from build nothing, so no change of the source would be released")
        }
        if flags.image != nil, services.count != 1 {
            throw ValidationError("--image is one service's image; name that service alone")
        }
    }

    func run(in session: Session) async throws -> CommandResult {
        if change.dryRun {
            return try await Deployment(
                of: try session.place(services, all: services.isEmpty, in: regions), flags, change: change
            ).run(in: session)
        }
        if fixInteractive { try FixStepPerson.demandTerminal() }
        let order = try await order(in: session)
        let store = try session.loopJournal()
        try await store.begin(order, at: Today.secondsSince1970, process: ProcessLife.this)
        return try await LoopEngine(session, store, order).run()
    }

    private func order(in session: Session) async throws -> LoopOrder {
        // What is wrong is said before anything begins.
        let placements = try session.place(services, all: services.isEmpty, in: regions)
        guard placements.contains(where: { !$0.service.suites.isEmpty }) else {
            throw Failure(
                .usage, "no suite tests these services, so nothing would ever be reached",
                hint: "name suites of a service in environments/services.yaml (docs/suites.md)")
        }
        let settings = try session.environment().loop ?? LoopSettings()
        let run = RunName.make()
        var order = LoopOrder(run: run, environment: session.environmentName)
        order.services = services
        order.regions = regions.names
        order.flags = flags.words
        order.mender =
            watch ? .watched : fixInteractive ? .person : fix.map(LoopOrder.Mender.command) ?? .nobody
        order.limits = LoopLimits(
            iterations: maxIterations ?? (watch ? LoopLimits.unbounded : settings.maxIterations),
            seconds: Double(settings.deadlineSeconds),
            cost: settings.maxCost, costOfFix: settings.costPerIteration, noProgress: settings.noProgress,
            reruns: settings.flakyReruns)
        order.report = report.map(Folders.absolute)
        order.initiator = session.initiator
        try await LoopBranch(settings).settle(&order, in: session)
        if let report = order.report {
            let tree = order.tree.isEmpty ? nil : try await RepositoryTree.open(at: order.tree)
            try await LoopReportFolder.prepare(report, in: tree)
        }
        return order
    }
}
