import Configuration

/// One reason not to take an image over from another environment.
package struct PromotionFinding: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The other environment's configuration has no such service.
        case notThere(services: [String])
        /// This environment takes nothing from that one.
        case notAllowed(from: [String])
        /// The configuration here names an image of its own.
        case pinned(here: String, there: String)
        case servesNothing
        /// What serves was deployed under a tag, and nothing says which image that was.
        case unnamed(revision: String, image: String)
        case split(String)
        case regionsDiffer([String])
        /// No release of the history ran the gates of what serves.
        case none(revision: String)
        case failed(run: String, rule: String)
        /// Something was skipped, overridden or could not be told.
        case incomplete(run: String, result: VerdictSummary.Result, rule: String)
        /// It passed as a candidate, and no release saw it healthy under all traffic.
        case notWitnessed(revision: String, run: String)
        /// In seconds.
        case tooOld(run: String, age: Int, limit: Int)
        /// What passed is not what serves.
        case moved(run: String, passed: String, serving: String)
        case differs(PromotionDifference)
    }

    package var service: ServiceKey
    package var reason: Reason

    package init(_ service: ServiceKey, _ reason: Reason) {
        self.service = service
        self.reason = reason
    }

    /// `configuration` for what is written down wrong, else `checks`: evidence is missing.
    package var category: Failure.Category {
        switch reason {
        case .notThere, .notAllowed, .pinned: .configuration
        case .servesNothing, .unnamed, .split, .regionsDiffer, .none, .failed, .incomplete, .notWitnessed, .tooOld,
            .moved,
            .differs:
            .checks
        }
    }

    /// Whether there is an image that an override could go on with.
    package var canBeOverridden: Bool {
        switch reason {
        case .servesNothing, .unnamed, .notThere, .pinned, .notAllowed: false
        case .split, .regionsDiffer, .none, .failed, .incomplete, .notWitnessed, .tooOld, .moved, .differs: true
        }
    }

    package func summary(from environment: String) -> String {
        switch reason {
        case .notThere: "`\(environment)` has no service of that name"
        case .notAllowed(let allowed):
            "nothing is promoted from `\(environment)`: `gates.promotion.from` is \(allowed.joined(separator: ", "))"
        case .pinned(let here, let there):
            "the configuration pins \(Self.short(here)), and `\(environment)` serves \(Self.short(there))"
        case .servesNothing: "nothing serves in `\(environment)`"
        case .unnamed(let revision, let image):
            "`\(revision)` serves in `\(environment)` from `\(image)`, whose digest nobody knows"
        case .split(let text): "the traffic in `\(environment)` is split: \(text)"
        case .regionsDiffer(let digests):
            "the regions of `\(environment)` serve different images: "
                + Set(digests).sorted().map(Self.short).joined(separator: ", ")
        case .none(let revision): "no release of `\(environment)` ran the gates of `\(revision)`, which serves there"
        case .failed(let run, let rule): "what serves in `\(environment)` failed in run \(run) (\(rule))"
        case .incomplete(let run, let result, let rule):
            "what serves in `\(environment)` did not pass: run \(run) is \(result.rawValue) (\(rule))"
        case .notWitnessed(let revision, let run):
            "`\(revision)` passed in run \(run), and no release saw it healthy under all traffic of `\(environment)`"
        case .tooOld(let run, let age, let limit):
            "run \(run) passed \(Age.text(age)) ago, and the gate takes \(Age.text(limit))"
        case .moved(let run, let passed, let serving):
            "what passed last in `\(environment)` (\(Self.short(passed)), run \(run)) does not serve there: "
                + "\(Self.short(serving)) does"
        case .differs(let difference): "the configuration differs in " + difference.text
        }
    }

    /// What ends it.
    package func hint(from environment: String) -> String {
        let deploy = "stagectl deploy \(service.service) --env \(environment)"
        switch reason {
        case .notThere(let services): return "it has " + services.joined(separator: ", ")
        case .notAllowed: return "name one of those with --from, or add it to the gate"
        case .pinned: return "take the pinned image out of the configuration, or deploy it without --from"
        case .split: return "stagectl status \(service.service) --env \(environment), and let the release there end"
        case .differs(let difference):
            return difference.setting == .env
                ? "give both environments the same names, or take `env` out of gates.promotion.same"
                : "make both the same, or take `\(difference.setting.rawValue)` out of gates.promotion.same"
        case .failed(let run, _), .incomplete(let run, _, _):
            return "stagectl show \(run) --env \(environment); \(deploy)"
        case .tooOld: return "release it there again: \(deploy)"
        case .notWitnessed: return "stagectl traffic promote \(service.service) --env \(environment)"
        case .servesNothing, .unnamed, .regionsDiffer, .none, .moved: return deploy
        }
    }

    private static func short(_ image: String) -> String {
        let digest = image.split(separator: "@", maxSplits: 1).last.map(String.init) ?? image
        return String(digest.prefix("sha256:".count + 12))
    }
}

extension [PromotionFinding] {
    /// All of them as one failure; nil without any. What is written down wrong goes before what is missing, since no
    /// evidence mends it.
    package func failure(from environment: String, of count: Int) -> Failure? {
        guard let first else { return nil }
        let stuck = Set(map(\.service.service))
        let subject =
            count == 1
            ? "`\(first.service.service)` cannot be promoted from `\(environment)`"
            : "\(stuck.count) of \(count) services cannot be promoted from `\(environment)`, so none is"
        let mayGoOn = allSatisfy(\.canBeOverridden)
        return Failure(
            contains { $0.category == .configuration } ? .configuration : .checks, subject,
            details: map { finding in
                .init(
                    finding.service.description,
                    "\(finding.summary(from: environment)) [\(finding.category.rawValue)]; "
                        + finding.hint(from: environment))
            },
            hint: mayGoOn
                ? "mend it, or say why it is promoted all the same: --override promotion=REASON"
                : first.hint(from: environment))
    }
}

/// Lengths of time as people say them.
package enum Age {
    package static func text(_ seconds: Int) -> String {
        for (size, name) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds >= size {
            let whole = seconds / size
            // A day and a half is said in hours.
            if name == "d", whole < 3, seconds % size >= 3600 { continue }
            return "\(whole) \(name)"
        }
        return "\(seconds) s"
    }
}
