package import Releases

/// Everything that causes are judged by, and nothing else: the same facts give the same causes.
package struct CauseFacts: Sendable {
    package var failed: [FailedCheck]
    package var idle: [IdleCheck]
    /// Routes that answered as wanted, as `FailedCheck.route` has them, by service.
    package var answeredRoutes: [String: [String]]
    /// Names of headers, in lower case, that every check that passed on a service sends.
    package var acceptedHeaders: [String: [String]]
    /// Method and path of what the service's API documents, by service; missing where it documents nothing.
    package var documentedRoutes: [String: [String]]
    package var services: [ServiceFinding]
    package var changes: [ChangeSinceGood]
    /// What each priority protects, by its name.
    package var protects: [String: String]

    package init(
        failed: [FailedCheck] = [], idle: [IdleCheck] = [], answeredRoutes: [String: [String]] = [:],
        acceptedHeaders: [String: [String]] = [:], documentedRoutes: [String: [String]] = [:],
        services: [ServiceFinding] = [], changes: [ChangeSinceGood] = [], protects: [String: String] = [:]
    ) {
        self.failed = failed
        self.idle = idle
        self.answeredRoutes = answeredRoutes
        self.acceptedHeaders = acceptedHeaders
        self.documentedRoutes = documentedRoutes
        self.services = services
        self.changes = changes
        self.protects = protects
    }

    func finding(of service: String) -> ServiceFinding? { services.first { $0.service == service } }

    func change(of service: String) -> ChangeSinceGood? { changes.first { $0.service == service } }
}

/// How one service of the loop stands, as platform, health window and log tell.
package struct ServiceFinding: Codable, Hashable, Sendable {
    package var service: String
    package var region: String?
    package var revision: String?
    /// Nil where nobody looked.
    package var isReady: Bool?
    package var isHealthy: Bool?
    /// Reasons and messages of conditions, problems of health samples.
    package var statements: [String]
    /// Of a candidate that did not make it.
    package var diagnosis: Diagnosis?
    /// What it wrote while the suites ran, oldest first.
    package var logLines: [String]
    package var dependsOn: [String]
    /// As configured, for people: `512Mi`.
    package var memory: String?
    /// Of a request; Cloud Run's, unless the service sets another one.
    package var timeoutSeconds: Int
    package var isPublic: Bool

    package init(
        service: String, region: String? = nil, revision: String? = nil, isReady: Bool? = nil, isHealthy: Bool? = nil,
        statements: [String] = [], diagnosis: Diagnosis? = nil, logLines: [String] = [], dependsOn: [String] = [],
        memory: String? = nil, timeoutSeconds: Int = 300, isPublic: Bool = true
    ) {
        self.service = service
        self.region = region
        self.revision = revision
        self.isReady = isReady
        self.isHealthy = isHealthy
        self.statements = statements
        self.diagnosis = diagnosis
        self.logLines = logLines
        self.dependsOn = dependsOn
        self.memory = memory
        self.timeoutSeconds = timeoutSeconds
        self.isPublic = isPublic
    }

    package var isDown: Bool { isReady == false || isHealthy == false || diagnosis != nil }
}

/// What differs of one service from the last good release.
package struct ChangeSinceGood: Codable, Hashable, Sendable {
    package struct Setting: Codable, Hashable, Sendable {
        /// In the configuration's words: `memory`, `env.LOG_LEVEL`.
        package var field: String
        /// For people; nil for what was not set. Values that nobody may see are only numbered.
        package var earlier: String?
        package var later: String?

        package init(_ field: String, _ earlier: String?, _ later: String?) {
            self.field = field
            self.earlier = earlier
            self.later = later
        }
    }

    package struct SecretVersion: Codable, Hashable, Sendable {
        /// Its name in Secret Manager.
        package var secret: String
        /// The variable or the file that holds it.
        package var usedAs: String
        package var earlier: String
        package var later: String

        package init(_ secret: String, usedAs: String, _ earlier: String, _ later: String) {
            self.secret = secret
            self.usedAs = usedAs
            self.earlier = earlier
            self.later = later
        }
    }

    package struct Commit: Codable, Hashable, Sendable {
        /// 40 hex digits.
        package var id: String
        package var subject: String

        package init(_ id: String, _ subject: String) {
            self.id = id
            self.subject = subject
        }
    }

    package var service: String
    /// The last good run.
    package var since: String
    package var settings: [Setting]
    package var secrets: [SecretVersion]
    /// Newest first.
    package var commits: [Commit]
    /// Why commits are missing or may be; nil where the list is whole.
    package var note: String?

    package init(
        service: String, since: String, settings: [Setting] = [], secrets: [SecretVersion] = [],
        commits: [Commit] = [], note: String? = nil
    ) {
        self.service = service
        self.since = since
        self.settings = settings
        self.secrets = secrets
        self.commits = commits
        self.note = note
    }
}
