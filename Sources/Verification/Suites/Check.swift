package import Configuration

/// One test case: everywhere, in every report, exactly one line.
package struct Check: Hashable, Sendable {
    package var id: String
    /// The id as written, before `each` made rows of it.
    package var baseID: String
    package var kind: CheckKind
    package var target: String
    package var needs: [String]
    /// The values of this row of `each`.
    package var row: [String: String]
    package var auth: Authentication?
    package var retry: RetryPolicy?
    package var poll: PollPolicy?
    package var captures: [Capture]
    /// Why the check is not run; a skip without a reason cannot be written.
    package var skip: String?
    /// Where it is written; nil for a check that was made in memory.
    package var place: SourcePosition?

    /// Where retries would only hide how much fails.
    var withoutRetry: Check {
        var check = self
        check.retry = nil
        return check
    }

    package init(
        id: String, baseID: String? = nil, kind: CheckKind, target: String = "default", needs: [String] = [],
        row: [String: String] = [:], auth: Authentication? = nil, retry: RetryPolicy? = nil, poll: PollPolicy? = nil,
        captures: [Capture] = [], skip: String? = nil
    ) {
        self.id = id
        self.baseID = baseID ?? id
        self.kind = kind
        self.target = target
        self.needs = needs
        self.row = row
        self.auth = auth
        self.retry = retry
        self.poll = poll
        self.captures = captures
        self.skip = skip
    }
}

extension Check {
    /// The check's own tests, where it runs somebody else's: each is called `CHECK/TEST`.
    var runner: RunnerCheck? {
        if case .runner(let runner) = kind { runner } else { nil }
    }

    static func ofRunner(_ id: String) -> String { "\(id)/" }
}

/// Closed: the runner, the loader and the explanation switch over it. Indirect, since a suite of thousands would else
/// have room for the largest kind in each check, and each copy would count the references in it.
package indirect enum CheckKind: Hashable, Sendable {
    case http(HTTPCheck)
    case webSocket(WebSocketCheck)
    case routes(RoutesCheck)
    case events(EventStreamCheck)
    case load(LoadCheck)
    case users(UsersCheck)
    case rateLimit(RateLimitCheck)
    case start(StartCheck)
    case preflight(PreflightCheck)
    case tls(TLSCheck)
    case name(NameCheck)
    case command(CommandCheck)
    case grpc(GRPCCheck)
    case container(ContainerCheck)
    case job(JobCheck)
    case runner(RunnerCheck)
}

/// A retry that changes the outcome makes the check flaky, never passed.
package struct RetryPolicy: Hashable, Sendable {
    package var times: Int
    package var conditions: Set<RetryCondition>

    package init(times: Int, conditions: Set<RetryCondition> = RetryCondition.transport) {
        self.times = times
        self.conditions = conditions
    }
}

package enum RetryCondition: Hashable, Sendable {
    case failure(ProbeFailure.Kind)
    case status(Int)

    /// Errors of the way, not answers of the application.
    package static let transport: Set<RetryCondition> = [
        .failure(.connect), .failure(.timeout), .failure(.lost), .status(502), .status(503), .status(504),
    ]
}

/// Waiting for a state: not a retry, not flaky.
package struct PollPolicy: Hashable, Sendable {
    package var everyMilliseconds: Int
    package var backoff: Double
    package var forMilliseconds: Int

    package init(everyMilliseconds: Int = 1000, backoff: Double = 1, forMilliseconds: Int = 60_000) {
        self.everyMilliseconds = everyMilliseconds
        self.backoff = backoff
        self.forMilliseconds = forMilliseconds
    }
}

/// A value of an answer that later checks use as `${captures.NAME}`.
package struct Capture: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case json(JSONPath)
        case header(String)
        /// The value of a cookie that the answer sets.
        case cookie(String)
        case body(Pattern)
    }

    package var name: String
    package var source: Source
    package var isSecret: Bool

    package init(name: String, source: Source, isSecret: Bool = false) {
        self.name = name
        self.source = source
        self.isSecret = isSecret
    }
}
