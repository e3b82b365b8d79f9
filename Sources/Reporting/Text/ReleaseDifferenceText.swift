package import Releases

/// Two releases against each other, for people. The older one stands left.
package enum ReleaseDifferenceText {
    private static let mostChecks = 20
    private static let mostCommits = 30

    /// - Parameter columns: of the terminal; nil keeps every line whole.
    package static func text(_ difference: ReleaseDifference, palette: Palette, columns: Int? = nil) -> String {
        let (earlier, later) = (difference.earlier, difference.later)
        var lines = [
            palette.strong("\(earlier.run) → \(later.run)"), "  started  \(earlier.started) → \(later.started)",
            "  outcome  \(change(earlier.outcome.rawValue, later.outcome.rawValue))",
            "  verdict  \(change(earlier.verdict.result.rawValue, later.verdict.result.rawValue))",
        ]
        if earlier.verdict.rule != later.verdict.rule {
            lines += [
                "    was  \(SafeText.line(earlier.verdict.rule))", "    now  \(SafeText.line(later.verdict.rule))",
            ]
        }
        lines += difference.notes.map { "  ! \(SafeText.line($0))" }
        for service in difference.services {
            let areSeveral = Set(difference.services.map(\.region)).count > 1
            lines += [""] + rows(of: service, areSeveral: areSeveral, palette)
        }
        lines += rows(of: difference.checks, palette) + rows(of: difference.steps, palette, columns)
        return lines.joined(separator: "\n")
    }

    // MARK: - Services

    private static func rows(
        of service: ReleasedServiceDifference, areSeveral: Bool, _ palette: Palette
    ) -> [String] {
        let name = palette.strong(SafeText.line(service.service)) + (areSeveral ? "  \(service.region)" : "")
        guard let earlier = service.earlier else { return ["\(name)  only in the later one"] }
        guard let later = service.later else { return ["\(name)  only in the earlier one"] }
        var rows = ["\(name)  \(change(earlier.outcome.rawValue, later.outcome.rawValue))"]
        rows.append("  serving   \(change(earlier.revision, later.revision))")
        rows += commits(service.commits, earlier.commit, later.commit)
        rows += image(earlier, later)
        let traffic = [earlier, later].map { ReleaseText.traffic($0.traffic) }
        if traffic[0] != traffic[1] { rows += ["  traffic   \(traffic[0])", "         →  \(traffic[1])"] }
        guard let settings = service.settings else { return rows + ["  settings  not known of both"] }
        if settings.isEmpty { rows.append("  settings  the same") }
        rows += settings.flatMap { setting in
            ["  \(SafeText.line(setting.field))", "    \(side(setting.earlier)) → \(side(setting.later))"]
        }
        return rows
    }

    private static func commits(_ range: CommitRange?, _ before: String?, _ now: String?) -> [String] {
        guard let range else { return ["  commit    \(change(before, now))"] }
        guard range.from != range.to else { return ["  commit    \(range.from.prefix(12)), the same"] }
        let way =
            switch range.relation {
            case .descendant: ", back to an older one"
            case .diverged: ", of another branch"
            case .same, .ancestor, .unknown: ""
            }
        var rows = ["  commits   \(range.from.prefix(12)) → \(range.to.prefix(12))\(way)"]
        for (sign, commits) in [("+", range.added), ("-", range.removed)] {
            rows += commits.prefix(mostCommits).map {
                "    \(sign) \($0.id.prefix(12))  \(SafeText.line($0.subject))"
            }
            if commits.count > mostCommits || range.isCut && commits.count == mostCommits {
                rows.append("    \(sign) … and more: git log")
            }
        }
        return rows + (range.note.map { ["    ! \(SafeText.line($0))"] } ?? [])
    }

    private static func image(_ earlier: ServiceResult, _ later: ServiceResult) -> [String] {
        guard earlier.image != later.image else {
            return [later.image.map { "  image     \(SafeText.line($0)), the same" } ?? "  image     not known"]
        }
        var rows = ["  image     \(text(earlier.image))", "         →  \(text(later.image))"]
        if let before = earlier.imageReport, let now = later.imageReport {
            if let change = ImageChange(from: before, of: "before", to: now) {
                let old = ImageReport.size(before.bytes)
                rows.append("            \(old) → \(ImageReport.size(now.bytes)): \(change.text)")
            } else {
                rows.append("            sizes were counted in two ways, so they say nothing of each other")
            }
        }
        return rows
    }

    private static func side(_ side: ServiceDifference.Side) -> String {
        side.shown.map { $0.isEmpty ? "(empty)" : SafeText.line($0) } ?? "(not set)"
    }

    // MARK: - Checks and steps

    private static func rows(of checks: [CheckDifference]?, _ palette: Palette) -> [String] {
        guard let checks else { return ["", "checks: none to compare, since not both releases have a record of them"] }
        guard !checks.isEmpty else { return ["", "checks: the same"] }
        var rows: [String] = []
        for kind in CheckDifference.Kind.allCases {
            let own = checks.filter { $0.kind == kind }
            guard !own.isEmpty else { continue }
            let title = "checks \(words(kind)): \(own.count)"
            rows += ["", kind == .broken ? palette.bad(title) : kind == .fixed ? palette.good(title) : title]
            rows += own.prefix(mostChecks).flatMap { check in
                [
                    "  \(SafeText.line("\(check.suite)/\(check.id)"))",
                    "    \(outcome(check.earlier)) → \(outcome(check.later))",
                ]
            }
            if own.count > mostChecks { rows.append("  … and \(own.count - mostChecks) more: -o json has all") }
        }
        return rows
    }

    private static func words(_ kind: CheckDifference.Kind) -> String {
        switch kind {
        case .broken: "broken"
        case .fixed: "fixed"
        case .stillFailing: "still failing"
        case .flaky: "flaky"
        case .notRun: "that do not run any more"
        case .new: "new or running again"
        case .gone: "that are gone"
        case .slower: "slower"
        }
    }

    private static func outcome(_ outcome: CheckOutcome?) -> String {
        guard let outcome else { return "(not there)" }
        let attempts = outcome.attempts > 1 ? ", \(outcome.attempts) attempts" : ""
        return "\(SafeText.line(outcome.status)) in \(Seconds.milliseconds(outcome.milliseconds))\(attempts)"
    }

    /// Those that one of the two did not do, or did differently; of the others how long they took.
    private static func rows(of steps: [StepDifference], _ palette: Palette, _ columns: Int?) -> [String] {
        guard !steps.isEmpty else { return [] }
        var table = TextTable(["  STEP", "EARLIER", "LATER"])
        for step in steps { table.add(["  " + step.id, cell(step.earlier), cell(step.later)]) }
        return ["", "steps", table.text(columns: columns)]
    }

    private static func cell(_ step: StepResult?) -> String {
        guard let step else { return "–" }
        let time = Seconds.text(step.seconds)
        return step.status == .done ? time : step.seconds > 0 ? "\(step.status.rawValue) \(time)" : step.status.rawValue
    }

    private static func change(_ before: String?, _ now: String?) -> String {
        before == now ? text(now) : "\(text(before)) → \(text(now))"
    }

    private static func text(_ value: String?) -> String { value.map(SafeText.line) ?? "–" }
}
