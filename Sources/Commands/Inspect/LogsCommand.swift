import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl logs`
struct LogsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "The log of a service, oldest first; JSON Lines with -o json.")
    static let schema = "stagectl.logs/v1"
    static let printsLines = true

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "The service.")
    var service: String

    @Option(help: "The revision; else the one that serves, and with --follow or --trace all of them.")
    var revision: String?

    @Flag(name: [.customLong("follow"), .customShort("f")], help: "Go on with what comes, until Ctrl-C.")
    var follows = false

    @Option(help: "From when: 10m, 2h, or a time such as 2026-03-02T09:00:00Z.")
    var since: String?

    @Option(help: "That severity and above: DEBUG, INFO, WARNING, ERROR, CRITICAL, …")
    var severity: String?

    @Option(help: "One request: a trace id, its full name, or a traceparent.")
    var trace: String?

    @Flag(help: "With the requests that were served; --trace has them anyway.")
    var requests = false

    @Option(help: "How many lines, the newest of them: 1 to 1000.")
    var limit = 100

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000") }
        if let since, LogSelection.since(since, now: 0) == nil {
            throw ValidationError(
                "--since takes a length of time (10m, 2h) or a time (2026-03-02T09:00:00Z), not `\(since)`")
        }
        if let severity, LogSelection.severity(severity) == nil {
            let known = LogSeverity.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--severity takes one of \(known), not `\(severity)`")
        }
        if let trace, LogSelection.trace(trace) == nil {
            throw ValidationError("--trace takes 32 hex digits, projects/P/traces/ID or a traceparent, not `\(trace)`")
        }
    }

    /// A revision's name tells in which region it is.
    private func place(in session: Session, on platform: any Platform) async throws -> Placement {
        let placements = try session.place([service], all: false, in: regions)
        if let revision, placements.count > 1,
            let own = try await session.place(having: [revision], among: placements, platform)
        {
            return own
        }
        return try session.placeOne(service, in: regions)
    }

    func run(in session: Session) async throws -> CommandResult {
        let platform = try await session.platformAccess().platform
        let placement = try await place(in: session, on: platform)
        var query = LogQuery(service: placement.identity)
        query.revision = try await chosenRevision(in: placement, platform)
        query.since = since.flatMap { LogSelection.since($0, now: LogTimeText.now()) }
        query.severity = severity.flatMap(LogSelection.severity)
        query.trace = trace.flatMap(LogSelection.trace)
        query.includesRequests = requests || trace != nil
        query.limit = limit
        let first = try await platform.entries(query)
        show(first, query, session)
        if follows {
            try await follow(query, after: first, platform, session)
        } else if first.isEmpty {
            session.console.progress("no entry fits; an entry shows some seconds after it was written")
        }
        return CommandResult(.null, text: "", isPrinted: true)
    }

    /// Nil for all revisions.
    private func chosenRevision(in placement: Placement, _ platform: any Platform) async throws -> String? {
        let key = placement.key
        let identity = placement.identity
        guard let observation = try await platform.observe(identity) else {
            throw Failure(.conflict, "`\(key)` is not deployed", hint: "stagectl deploy \(key.arguments)")
        }
        if let revision {
            let known = try await platform.revisions(of: identity).map(\.name)
            guard known.contains(revision) else {
                throw Failure(
                    .usage, "`\(key)` has no revision `\(SafeText.line(revision))`",
                    details: [.init("revisions", known.prefix(10).joined(separator: ", "))],
                    hint: "stagectl traffic show \(key.arguments)")
            }
            return revision
        }
        // What is followed moves on with the traffic, and any revision may have answered a trace.
        if follows || trace != nil { return nil }
        guard let name = observation.servingRevision ?? observation.latestCreatedRevision else {
            throw Failure(.conflict, "`\(key)` has no revision", hint: "stagectl status \(key.arguments)")
        }
        return name
    }

    private func show(_ lines: [LogLine], _ query: LogQuery, _ session: Session) {
        for line in lines {
            switch session.global.output {
            case .json: session.console.document(LogLineText.json(line).serialized())
            case .text: session.console.result(LogLineText.text(line, showsRevision: query.revision == nil))
            }
        }
    }

    /// Until the task is cancelled, or nobody reads any more.
    private func follow(
        _ query: LogQuery, after first: [LogLine], _ platform: any RevisionLogs, _ session: Session
    ) async throws {
        let isLocal = try session.environment().platform.kind == .local
        // Sixty questions a minute is what a project may ask (Cloud Logging's quota of entries.list).
        var pace = FollowPace(usual: .milliseconds(isLocal ? 300 : 2000))
        var follower = LogFollower(after: first, isCut: first.count == limit, start: LogTimeText.now())
        var next = query
        next.takes = .oldest
        next.limit = 1000
        next.since = follower.since
        while !OutputReader.isGone {
            try await ContinuousClock().sleep(for: pace.pause)
            do {
                let lines = try await platform.entries(next)
                show(follower.take(lines), query, session)
                // More than one look can hold: the next one begins where this one ended, or it would show the same.
                next.since = lines.count == next.limit ? lines.last?.time : follower.since
                pace.goOn()
            } catch let failure as Failure where failure.category == .unavailable {
                pace.slowDown()
                session.console.detail("\(failure.summary); asking again in \(pace.pause.components.seconds) s")
            }
        }
    }
}
