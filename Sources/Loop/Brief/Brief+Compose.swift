import Releases
package import Verification

extension Brief {
    /// What a brief is made from beside facts and groups.
    package struct Occasion: Sendable {
        package var run: String
        package var iteration: Int
        package var environment: String
        /// The folder that holds services.yaml, where it was named.
        package var configuration: String?
        package var verdict: Verdict.Result
        package var rule: String
        /// How to ask the same by hand, by `SUITE/ID`.
        package var byHand: [String: [String]]
        /// Nil where what serves was asked.
        package var candidate: Candidate?
        /// `SUITE/ID` of checks that passed when they were asked again.
        package var flaky: [String]
        package var rules: Rules
        package var distance: Distance?

        package init(
            run: String, iteration: Int, environment: String, verdict: Verdict.Result, rule: String,
            byHand: [String: [String]] = [:], candidate: Candidate? = nil, flaky: [String] = [], rules: Rules = Rules(),
            distance: Distance? = nil
        ) {
            self.run = run
            self.iteration = iteration
            self.environment = environment
            self.verdict = verdict
            self.rule = rule
            self.byHand = byHand
            self.candidate = candidate
            self.flaky = flaky
            self.rules = rules
            self.distance = distance
        }
    }

    /// Of each group some checks tell what all of them do.
    private static let observationsOfGroup = 3

    /// Pure, and already of bounded size.
    package init(_ occasion: Occasion, _ facts: CauseFacts, _ groups: [FailureGroup]) {
        self.init(
            run: occasion.run, iteration: occasion.iteration, environment: occasion.environment,
            verdict: occasion.verdict, rule: occasion.rule, groups: groups, changes: facts.changes,
            flaky: occasion.flaky.sorted(), rules: occasion.rules, distance: occasion.distance)
        let flaky = Set(occasion.flaky)
        let byName = Dictionary(facts.failed.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var told: Set<String> = []
        for group in groups {
            var left = Self.observationsOfGroup
            for check in group.checks where told.insert(check.name).inserted {
                guard let failed = byName[check.name], !flaky.contains(check.name) else { continue }
                reproduce.append(
                    Reproduction(
                        check: check, command: Self.command(check, occasion),
                        byHand: (occasion.byHand[check.name] ?? []).map { occasion.candidate?.renamed($0) ?? $0 }))
                guard left > 0 else { continue }
                left -= 1
                observations.append(
                    Observation(
                        check: check, message: failed.message, traceID: failed.traceID, logLines: failed.logLines))
            }
        }
        suspects = Self.suspects(facts, groups)
        notRun = Self.notRun(facts.idle)
        bound()
    }

    private static func command(_ check: CheckReference, _ occasion: Occasion) -> String {
        let region = check.region.map { " --region \(ShellWord.quoted($0))" } ?? ""
        let folder = occasion.configuration.map { " --config \(ShellWord.quoted($0))" } ?? ""
        let place =
            "\(ShellWord.quoted(check.service)) --env \(ShellWord.quoted(occasion.environment))\(folder)\(region)"
        let only = "--only \(ShellWord.quoted(check.id))"
        guard let candidate = occasion.candidate else {
            return "stagectl smoke \(place) \(only)"
        }
        return
            "stagectl deploy \(place) \(candidate.words) && stagectl smoke \(place) --tag \(Candidate.newTag) \(only)"
    }

    private static func notRun(_ idle: [IdleCheck]) -> [NotRun] {
        struct Key: Hashable {
            var status: CheckStatus
            var reason: String
        }
        return Dictionary(grouping: idle) { Key(status: $0.status, reason: $0.reason) }.map { key, checks in
            NotRun(
                status: key.status, reason: key.reason, checks: checks.map(\.name).sorted(), count: checks.count)
        }.sorted { (-$0.count, $0.reason) < (-$1.count, $1.reason) }
    }

    /// What a cause names comes first, then what changed beside it.
    private static func suspects(_ facts: CauseFacts, _ groups: [FailureGroup]) -> [Suspect] {
        let failing = Set(groups.map(\.signature.service))
        let named = Set(groups.flatMap { group in group.cause.whys.flatMap(\.evidence) }.map(\.text))
        var likely: [Suspect] = []
        var others: [Suspect] = []
        for change in facts.changes {
            for secret in change.secrets {
                let group = groups.first { $0.cause.kind == .secretChanged && $0.cause.subject == secret.secret }
                let suspect = Suspect(
                    kind: .secret, service: change.service, name: secret.secret,
                    detail: "\(secret.usedAs): version \(secret.earlier) → \(secret.later)",
                    why: group.map(\.cause.statement))
                if group == nil { others.append(suspect) } else { likely.append(suspect) }
            }
            for setting in change.settings {
                let group = groups.first { group in
                    group.cause.subject == setting.field
                        || group.cause.whys.contains { why in
                            why.evidence.contains { $0.source == .change && $0.text.hasPrefix("\(setting.field):") }
                        }
                }
                let suspect = Suspect(
                    kind: .setting, service: change.service, name: setting.field,
                    detail: "\(setting.earlier ?? "not set") → \(setting.later ?? "not set")",
                    why: group.map(\.cause.statement))
                if group == nil { others.append(suspect) } else { likely.append(suspect) }
            }
            for commit in change.commits {
                let isNear = failing.contains(change.service)
                let suspect = Suspect(
                    kind: .commit, service: change.service, name: commit.id, detail: commit.subject,
                    why: isNear && named.contains("\(commit.id.prefix(12)) \(commit.subject)")
                        ? "it changed \(change.service), where checks fail, since run \(change.since)" : nil)
                if isNear { likely.append(suspect) } else { others.append(suspect) }
            }
        }
        return likely + others
    }
}
