import Configuration

/// Somebody else's tests: pytest, and whatever writes JUnit XML, TAP, `go test -json` or Playwright's JSON. Each of its
/// tests is a result of its own.
package struct RunnerCheck: Hashable, Sendable {
    /// How the runner reaches the target.
    package enum Network: String, Hashable, Sendable, CaseIterable {
        /// `${target.url}` is an address of this machine that leads to the target and counts; a proxy counts the rest.
        case reverse
        /// `${target.url}` is the target's own; all goes through the proxy.
        case proxy
        /// Nobody counts: the tests do not ask the target.
        case none
    }

    /// How the runner learns which part of its tests is its own.
    package enum Sharding: Hashable, Sendable {
        /// By `STAGECTL_SHARD_INDEX` and `STAGECTL_SHARD_TOTAL` alone.
        case environment
        /// By arguments besides.
        case arguments([Template])
        /// By the list of files that is its share.
        case files
    }

    /// The part of a runner's tests that belongs to this run.
    package struct Share: Hashable, Sendable {
        /// From 1.
        package var index: Int
        package var count: Int

        package init(index: Int, count: Int) {
            self.index = index
            self.count = count
        }
    }

    package var arguments: [Template]
    package var environment: [CommandCheck.Variable]
    /// Names, or patterns with `*`, of variables that go on to it.
    package var inherited: [String]
    package var workingDirectory: Template?
    package var format: ExternalFormat
    /// Where the report is; nil for the place that the run gives, or for standard output.
    package var report: Template?
    package var network: Network
    /// `host` or `host:port`, or patterns with `*`, that it may ask besides the target.
    package var hosts: [Template]
    /// Patterns of files, which it gets as arguments.
    package var files: [Template]
    /// Nil: it runs as a whole, in one part.
    package var sharding: Sharding?
    package var share: Share?
    package var minimumTests: Int
    /// More than in the last run that passed; nil for any number.
    package var maximumNewSkips: Int?
    package var timeoutMilliseconds: Int
    /// Its skips in the last run that passed.
    package var acceptedSkips: Int?

    package init(
        arguments: [Template], format: ExternalFormat = .junit, network: Network = .reverse,
        timeoutMilliseconds: Int = 600_000
    ) {
        self.arguments = arguments
        self.format = format
        self.network = network
        self.timeoutMilliseconds = timeoutMilliseconds
        environment = []
        inherited = []
        hosts = []
        files = []
        minimumTests = 1
    }

    /// What a program needs to be found and to run at all, and nothing that may be a secret.
    static let alwaysInherited = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_*", "TZ", "TMPDIR", "TERM", "VIRTUAL_ENV",
    ]

    func placeRequest(in scope: CheckScope) -> RunnerPlaceRequest {
        var header: String?
        if case .header(let name)? = scope.identity { header = name }
        var headers = scope.authentication
        headers.append(HeaderField("traceparent", scope.trace.header))
        return RunnerPlaceRequest(
            targetURL: scope.baseURL, network: network, headers: headers, identityHeader: header)
    }

    /// - Parameter values: references, with those of the place among them.
    package func request(
        _ values: [String: String], place: (reportPath: String, targetURL: String), trace: TraceContext
    ) throws(Template.Unresolved) -> RunnerProbeRequest {
        var values = values
        values["target.url"] = place.targetURL
        values["junit"] = place.reportPath
        values["report"] = place.reportPath
        values["shard.index"] = String(share?.index ?? 1)
        values["shard.total"] = String(share?.count ?? 1)
        var request = RunnerProbeRequest(
            arguments: [], inherited: Self.alwaysInherited + inherited,
            workingDirectory: try workingDirectory?.render(values), timeoutMilliseconds: timeoutMilliseconds,
            share: share)
        for argument in arguments { request.arguments.append(try argument.render(values)) }
        if let share {
            request.environment["STAGECTL_SHARD_INDEX"] = String(share.index)
            request.environment["STAGECTL_SHARD_TOTAL"] = String(share.count)
            if case .arguments(let more)? = sharding {
                for argument in more { request.arguments.append(try argument.render(values)) }
            }
        }
        if !files.isEmpty {
            request.files = []
            for pattern in files { request.files?.append(try pattern.render(values)) }
        }
        request.environment["TRACEPARENT"] = trace.header
        // What it says is told as it says it, which Python keeps back where nobody seems to read.
        request.environment["PYTHONUNBUFFERED"] = "1"
        if let report {
            request.reports = try report.render(values)
        } else if !format.comesInLines {
            request.reports = place.reportPath
        }
        // What Playwright is told in no other way.
        if format == .playwright {
            for name in ["PLAYWRIGHT_JSON_OUTPUT_FILE", "PLAYWRIGHT_JSON_OUTPUT_NAME"] {
                request.environment[name] = request.reports
            }
        }
        for variable in environment { request.environment[variable.name] = try variable.value.render(values) }
        return request
    }
}
