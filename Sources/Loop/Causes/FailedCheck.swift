package import Verification

/// One failing check as clustering sees it: what was asked, what came, and what the service wrote about it meanwhile.
package struct FailedCheck: Codable, Hashable, Sendable {
    package var id: String
    package var suite: String
    package var priority: Priority
    package var service: String
    package var region: String?
    /// Who answered, as far as anybody says.
    package var revision: String?
    /// As a suite calls it (`http`, `ws`, `runner`, …); nil where that is not known.
    package var kind: String?
    package var status: CheckStatus
    package var httpStatus: Int?
    package var closeCode: Int?
    /// Method and path, without a query; nil where the check names none.
    package var route: String?
    package var message: String
    /// 32 hex digits.
    package var traceID: String?
    /// What the service logged under the check's trace, oldest first.
    package var logLines: [String]
    package var milliseconds: Double
    package var module: String?
    /// Whose answer an error was; nil where nobody can tell.
    package var answeredBy: RefusalEvidence.Origin?
    /// What `WWW-Authenticate` said.
    package var challenge: String?
    /// Names of the headers that the check sends, in lower case; nil where nobody knows, as of an external runner.
    package var sentHeaders: [String]?

    package init(
        id: String, suite: String, priority: Priority, service: String, region: String? = nil, revision: String? = nil,
        kind: String? = nil, status: CheckStatus = .failed, httpStatus: Int? = nil, closeCode: Int? = nil,
        route: String? = nil, message: String, traceID: String? = nil, logLines: [String] = [],
        milliseconds: Double = 0, module: String? = nil, answeredBy: RefusalEvidence.Origin? = nil,
        challenge: String? = nil, sentHeaders: [String]? = nil
    ) {
        self.id = id
        self.suite = suite
        self.priority = priority
        self.service = service
        self.region = region
        self.revision = revision
        self.kind = kind
        self.status = status
        self.httpStatus = httpStatus
        self.closeCode = closeCode
        self.route = route
        self.message = message
        self.traceID = traceID
        self.logLines = logLines
        self.milliseconds = milliseconds
        self.module = module
        self.answeredBy = answeredBy
        self.challenge = challenge
        self.sentHeaders = sentHeaders
    }

    package var name: String { "\(suite)/\(id)" }
}

/// A check that came to no result: skipped, blocked by another one, or not run.
package struct IdleCheck: Codable, Hashable, Sendable {
    package var id: String
    package var suite: String
    package var priority: Priority
    package var service: String
    package var status: CheckStatus
    package var reason: String
    /// Ids in the same suite without whose pass it does not run.
    package var needs: [String]

    package init(
        id: String, suite: String, priority: Priority, service: String, status: CheckStatus, reason: String,
        needs: [String] = []
    ) {
        self.id = id
        self.suite = suite
        self.priority = priority
        self.service = service
        self.status = status
        self.reason = reason
        self.needs = needs
    }

    package var name: String { "\(suite)/\(id)" }
}
