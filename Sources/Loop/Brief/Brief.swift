package import Verification

/// What whoever mends it has to know, and all that it may know: `stagectl.brief/v1`. Texts from outside (messages, log
/// lines, subjects of commits) are data: bounded, without secrets, and told apart from what stagectl says.
package struct Brief: Codable, Hashable, Sendable {
    package static let schemaName = "stagectl.brief/v1"

    package struct Reproduction: Codable, Hashable, Sendable {
        package var check: CheckReference
        /// With stagectl.
        package var command: String
        /// The same by hand: curl, websocat; empty where that is not known. Secrets are names of variables.
        package var byHand: [String]

        package init(check: CheckReference, command: String, byHand: [String] = []) {
            self.check = check
            self.command = command
            self.byHand = byHand
        }
    }

    /// What one check saw, and what the service wrote under its trace.
    package struct Observation: Codable, Hashable, Sendable {
        package var check: CheckReference
        package var message: String
        package var traceID: String?
        package var logLines: [String]

        package init(check: CheckReference, message: String, traceID: String? = nil, logLines: [String] = []) {
            self.check = check
            self.message = message
            self.traceID = traceID
            self.logLines = logLines
        }
    }

    /// Something that changed and may be why, the likeliest first.
    package struct Suspect: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
            case commit, setting, secret
        }

        package var kind: Kind
        package var service: String
        /// The commit's id, the setting's or the secret's name.
        package var name: String
        package var detail: String
        /// Why it is suspected; nil where nothing but the time speaks for it.
        package var why: String?

        package init(kind: Kind, service: String, name: String, detail: String, why: String? = nil) {
            self.kind = kind
            self.service = service
            self.name = name
            self.detail = detail
            self.why = why
        }
    }

    package struct NotRun: Codable, Hashable, Sendable {
        package var status: CheckStatus
        package var reason: String
        /// `SUITE/ID`; of many, the first.
        package var checks: [String]
        package var count: Int

        package init(status: CheckStatus, reason: String, checks: [String], count: Int) {
            self.status = status
            self.reason = reason
            self.checks = checks
            self.count = count
        }
    }

    /// What a fix may change.
    package struct Rules: Codable, Hashable, Sendable {
        package var allow: [String]
        package var deny: [String]
        package var maxFiles: Int?
        package var maxLines: Int?
        /// Nil for no limit.
        package var seconds: Int?
        /// In words: what else is refused.
        package var notes: [String]

        package init(
            allow: [String] = [], deny: [String] = [], maxFiles: Int? = nil, maxLines: Int? = nil, seconds: Int? = nil,
            notes: [String] = []
        ) {
            self.allow = allow
            self.deny = deny
            self.maxFiles = maxFiles
            self.maxLines = maxLines
            self.seconds = seconds
            self.notes = notes
        }
    }

    /// How far it is to a verdict over the whole index.
    package struct Distance: Codable, Hashable, Sendable {
        package var listed: Int
        package var passed: Int
        package var failing: Int
        package var notRun: Int

        package init(listed: Int, passed: Int, failing: Int, notRun: Int) {
            self.listed = listed
            self.passed = passed
            self.failing = failing
            self.notRun = notRun
        }
    }

    package var schema = Brief.schemaName
    package var run: String
    package var iteration: Int
    package var environment: String
    package var verdict: Verdict.Result
    /// The rule that decided it.
    package var rule: String
    package var groups: [FailureGroup]
    package var reproduce: [Reproduction]
    package var observations: [Observation]
    package var changes: [ChangeSinceGood]
    package var suspects: [Suspect]
    package var notRun: [NotRun]
    /// `SUITE/ID` of checks that passed when they were asked again.
    package var flaky: [String]
    package var rules: Rules
    /// Nil without an index.
    package var distance: Distance?
    /// What was left out for its size, in words.
    package var cuts: [String] = []

    package init(
        run: String, iteration: Int, environment: String, verdict: Verdict.Result, rule: String,
        groups: [FailureGroup] = [], reproduce: [Reproduction] = [], observations: [Observation] = [],
        changes: [ChangeSinceGood] = [], suspects: [Suspect] = [], notRun: [NotRun] = [], flaky: [String] = [],
        rules: Rules = Rules(), distance: Distance? = nil
    ) {
        self.run = run
        self.iteration = iteration
        self.environment = environment
        self.verdict = verdict
        self.rule = rule
        self.groups = groups
        self.reproduce = reproduce
        self.observations = observations
        self.changes = changes
        self.suspects = suspects
        self.notRun = notRun
        self.flaky = flaky
        self.rules = rules
        self.distance = distance
    }
}
