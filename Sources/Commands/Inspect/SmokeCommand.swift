import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting
import Verification

/// `stagectl smoke`
struct SmokeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "smoke", abstract: "Run suites against what is deployed (or --revision, --tag, --url).")
    static let schema = VerdictDocument.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services; all when none is named.")
    var services: [String] = []

    @Option(help: "Only this suite.")
    var suite: String?

    @Option(help: "Only these priorities: P1,P2.")
    var priority: String?

    @Option(help: "Only this check, and what it needs (a name or a pattern with *).")
    var only: [String] = []

    @Flag(help: "Show what would run, and run nothing.")
    var list = false

    @Flag(help: "Print an equivalent curl or websocat line for each check, and run nothing.")
    var explain = false

    @Option(help: "I/N: the I-th of N parts; auto: the one that a task of a Cloud Run job is.")
    var shard: String?

    @Option(
        name: .customLong("shard-lines"),
        help: "With --shard: print the verdict as lines that --tasks of this run reads; exit code 0 when they are out.")
    var shardLines: String?

    @OptionGroup var tasks: TaskOptions

    @Option(
        parsing: .upToNextOption,
        help: "Verdicts of shards (verdict.json, or folders of --report) as one, instead of running anything.")
    var merge: [String] = []

    @Flag(name: .customLong("keep-going"), help: "Run lower priorities although a higher one failed.")
    var keepGoing = false

    @Option(help: "Write JUnit XML to this file.")
    var junit: String?

    @Option(help: "Write verdict and report into this folder: JSON, HTML, Markdown, text and JUnit.")
    var report: String?

    @Option(help: "Test this revision, which must have a tag or serve alone.")
    var revision: String?

    @Option(help: "Test the revision that has this tag.")
    var tag: String?

    @Option(help: "Test this URL instead of what is deployed.")
    var url: String?

    func validate() throws {
        if let shard, shard != "auto", SuiteSelection.Shard(parsing: shard) == nil {
            throw ValidationError("--shard takes I/N, for example 1/4, or auto, not `\(shard)`")
        }
        if let shardLines, shard == nil || shardLines.wholeMatch(of: /[a-z0-9-]{1,63}/) == nil {
            throw ValidationError("--shard-lines takes the name of a run, beside --shard")
        }
        if tasks.count != nil, let other = othersThanTasks.first(where: \.1)?.0 {
            throw ValidationError("--tasks runs all shards in tasks, so \(other) does not go with it")
        }
        if !merge.isEmpty {
            let others: [(String, Bool)] = [
                ("SERVICE", !services.isEmpty), ("--suite", suite != nil), ("--priority", priority != nil),
                ("--only", !only.isEmpty), ("--list", list), ("--explain", explain), ("--shard", shard != nil),
                ("--keep-going", keepGoing), ("--revision", revision != nil), ("--tag", tag != nil),
                ("--url", url != nil), ("--tasks", tasks.count != nil),
            ]
            if let other = others.first(where: \.1)?.0 {
                throw ValidationError("--merge runs nothing, so \(other) does not go with it")
            }
        }
        for name in priorityNames where Priority(rawValue: name) == nil {
            throw ValidationError("--priority takes P1 to P6, not `\(name)`")
        }
        if let url, !Self.isAddress(url) { throw ValidationError("--url `\(url)` is not an http or https address") }
        if junit?.isEmpty == true { throw ValidationError("--junit takes a file") }
        if report?.isEmpty == true { throw ValidationError("--report takes a folder") }
        if [revision, tag, url].compactMap(\.self).count > 1 {
            throw ValidationError("--revision, --tag and --url exclude one another")
        }
    }

    private var othersThanTasks: [(String, Bool)] {
        [("--list", list), ("--explain", explain), ("--shard", shard != nil)]
    }

    private static func isAddress(_ text: String) -> Bool {
        ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count }
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Everything was asked for, so that the whole index is.
    var isWhole: Bool { services.isEmpty && suite == nil && priority == nil }

    private var priorityNames: [String] {
        priority?.split(separator: ",").map { String($0).uppercased() } ?? []
    }

    func run(in session: Session) async throws -> CommandResult {
        guard merge.isEmpty else { return try await mergeShards(in: session) }
        let placements = try session.place(services, all: services.isEmpty, in: regions)
        let selected = placements.services
        let verifier = try session.verifier()
        let selection = SuiteSelection(
            suites: suite.map { [$0] } ?? [], priorities: Set(priorityNames.compactMap(Priority.init(rawValue:))),
            only: only, shard: try ownShard())
        // Once each, though several services may run it.
        var names: Set<String> = []
        let all = selected.flatMap(\.suites).filter { names.insert($0).inserted }.compactMap { verifier.suites[$0] }
        let chosen = selection.apply(to: all)
        if let missing = chosen.unmatched.first {
            throw Failure(.usage, "no check is called `\(missing)`", hint: "stagectl smoke --list")
        }
        if let suite, chosen.suites.isEmpty {
            throw Failure(.usage, "no suite of these services is called `\(suite)`", hint: "stagectl smoke --list")
        }
        if list { return listing(chosen.suites, session.console) }
        // Said before anything is measured that could not be told.
        if !explain {
            if let junit { try Folders.write("", to: junit) }
            if let report { try Folders.create(report) }
        }
        if let count = tasks.count {
            return try await runTasks(count, of: placements, chosen, verifier, session)
        }
        var measurement = SmokeMeasurement(
            session, verifier, keepGoing: keepGoing, isNarrowed: chosen.leftOut > 0 || !only.isEmpty)
        var explanation: [String] = []
        var sharding = selection.shard.map { Sharding($0, whole: selection.whole.apply(to: all)) }
        for placement in placements {
            let own = chosen.suites.filter { placement.service.suites.contains($0.name) }.map { placement.own($0) }
            // What other parts test is looked at too: all of them must mean the same.
            guard !own.isEmpty || !explain && sharding?.concerns(placement) == true else { continue }
            let target = try await target(of: placement, session)
            sharding?.add(placement, verifier.runTarget(target), digest: target.references["deploy.image_digest"])
            guard !own.isEmpty else { continue }
            if explain {
                for suite in own {
                    for check in suite.checks {
                        explanation.append("# \(suite.name)/\(check.id)")
                        explanation += CheckExplanation.lines(
                            for: check, of: suite, target: verifier.runTarget(target))
                    }
                }
                continue
            }
            try await measurement.measure(own, of: placement, against: target)
        }
        try Task.checkCancellation()
        if explain {
            return CommandResult(
                [
                    "schema": "stagectl.explanation/v1", "lines": .array(explanation.map(JSONValue.string)),
                    "error": .null,
                ], text: explanation.joined(separator: "\n"))
        }
        // Only who asks for everything can be told that something is missing of it.
        let index = isWhole ? verifier.index : verifier.index?.limited(to: Set(chosen.suites.map(\.name)))
        let record = await sharding?.record(
            environment: session.environmentName, verifier, isWhole: isWhole, isNarrowed: !only.isEmpty)
        let identities = measurement.runs.compactMap(\.run.identity)
        // What was not asked for is not missing.
        measurement.evidence.index = measurement.placed(index)
        let document = measurement.verdict(index: index, shard: record)
        if let shardLines { return try Self.lines(of: document, run: shardLines, session) }
        return try await conclude(
            document, measurement.evidence,
            identity: identities.isEmpty ? nil : identities.joined(separator: "; "), session)
    }

    private func listing(_ suites: [Suite], _ console: Console) -> CommandResult {
        var table = TextTable(["SUITE", "PRIORITY", "CHECK", "NEEDS"])
        var checks: [JSONValue] = []
        for suite in suites {
            for check in suite.checks {
                table.add([suite.name, suite.priority.rawValue, check.id, check.needs.joined(separator: ", ")])
                checks.append([
                    "id": .string(check.id), "suite": .string(suite.name), "priority": .string(suite.priority.rawValue),
                    "needs": .array(check.needs.map(JSONValue.string)),
                ])
            }
        }
        return CommandResult(
            ["schema": "stagectl.checks/v1", "checks": .array(checks), "error": .null],
            text: table.text(for: console))
    }

    func target(of placement: Placement, _ session: Session) async throws -> VerificationTarget {
        if let url {
            return VerificationTarget(
                service: placement.service, url: url, revision: nil, references: ["run.id": RunName.make()])
        }
        let platform = try await session.platformAccess().platform
        guard let target = try await session.servingTarget(of: placement, platform: platform),
            let observation = try await platform.observe(placement.identity)
        else {
            throw Failure(
                .conflict, "`\(placement.key)` is not deployed", hint: "stagectl deploy \(placement.key.arguments)")
        }
        guard revision != nil || tag != nil else { return target }
        let share = observation.trafficStatuses.first {
            $0.tag != nil && (tag == nil || $0.tag == tag) && (revision == nil || $0.revision == revision)
        }
        guard let share, let url = share.url else {
            throw Failure(
                .usage,
                "`\(placement.key)` has no URL for \(tag.map { "tag `\($0)`" } ?? "revision `\(revision ?? "")`")",
                details: [.init("traffic", TrafficPlan.text(observation.trafficStatuses))],
                hint: "stagectl traffic show \(placement.key.arguments)")
        }
        return target.asking(share.revision, at: url)
    }
}
