import Configuration
package import Releases

/// A release in words.
package enum ReleaseText {
    /// The lines under which a finished step is remembered.
    static func ended(step: String, outcome: StepOutcome, lines: [String], palette: Palette) -> [String] {
        switch outcome {
        case .done(let output, let seconds):
            let note = output.note.flatMap { $0.contains("/operations/") ? nil : $0 } ?? remark(output)
            let suffix = note.map { palette.faint("  " + SafeText.line($0)) } ?? ""
            return ["  \(palette.good("✔"))  \(step)  \(Seconds.text(seconds))\(suffix)"]
        case .skipped(_, let reason):
            return ["  \(palette.faint("–"))  \(step)  \(palette.faint("skipped: " + reason))"]
        case .failed(let failure, let output, let seconds):
            // What a suite has found is told once, at the end.
            let words = output.smoke.map { failed($0.verdict.counts) } ?? SafeText.line(failure.summary)
            let head = "  \(palette.bad("✘"))  \(step)  \(Seconds.text(seconds))  \(words)"
            // A diagnosis is printed once, at the end; raw output only where there is no better word for it. What was
            // interrupted has no cause to look for.
            let isExplained = output.diagnosis != nil || failure.category == .interrupted
            return [head] + (isExplained ? [] : lines.map { "       " + $0 })
        }
    }

    private static func failed(_ counts: [String: Int]) -> String {
        "\(counts["passed"] ?? 0) of \(Counted.text(counts["total"] ?? 0, "check")) passed"
    }

    private static func remark(_ output: StepOutput) -> String? {
        if let url = output.candidateURL { return url }
        if let traffic = output.traffic { return TrafficPlan.text(traffic) }
        return output.revision ?? output.image?.value
    }

    /// What a person reads at the end.
    package static func summary(_ release: ReleaseDocument, palette: Palette) -> String {
        var lines = ["", "\(headline(release, palette))   run \(release.run)"]
        let areSeveral = Set(release.services.map(\.region)).count > 1
        for service in release.services {
            lines.append("")
            let place = areSeveral ? "  \(service.region)" : ""
            lines.append("\(palette.strong(service.service))\(place)  \(service.outcome.rawValue)")
            if let revision = service.revision { lines.append("  serving   \(SafeText.line(revision))") }
            if let before = service.previousRevision, before != service.revision {
                lines.append("  before    \(SafeText.line(before))")
            }
            if let candidate = service.candidate, candidate != service.revision {
                lines.append("  candidate \(SafeText.line(candidate))\(service.candidateUrl.map { "  " + $0 } ?? "")")
            }
            if let image = service.image { lines.append("  image     \(SafeText.line(image))") }
            if let report = service.imageReport { lines.append("            \(SafeText.line(report.text))") }
            if let commit = service.commit {
                lines.append("  commit    \(commit.prefix(12))\(service.dirty ? " (with uncommitted changes)" : "")")
            }
            if let origin = service.promotedFrom { lines += promotion(origin).map { "  " + $0 } }
            if let url = service.url { lines.append("  url       \(SafeText.line(url))") }
            if !service.traffic.isEmpty { lines.append("  traffic   \(traffic(service.traffic))") }
            if let diagnosis = service.diagnosis { lines += self.diagnosis(diagnosis, palette) }
        }
        lines += infrastructure(release)
        lines.append("")
        lines.append("verdict \(release.verdict.result.rawValue): \(SafeText.line(release.verdict.rule))")
        lines += (release.warnings ?? []).map { "\(palette.warn("warning")) \(SafeText.line($0))" }
        return lines.joined(separator: "\n")
    }

    /// What Terraform has done, one address a line; in a release with services only where something is open.
    private static func infrastructure(_ release: ReleaseDocument) -> [String] {
        guard let record = release.infrastructure, release.kind == .infra || !record.isComplete else { return [] }
        var lines = ["", "infrastructure  \(record.counts)"]
        for (name, addresses) in record.lists {
            let label = "  " + DisplayWidth.padded(name, to: 10)
            lines += addresses.prefix(shownAddresses).map { label + SafeText.line($0) }
            if addresses.count > shownAddresses { lines.append("\(label)and \(addresses.count - shownAddresses) more") }
        }
        return lines
    }

    /// More of one list than this are counted.
    private static let shownAddresses = 50

    /// Where an image was verified, and what is different there.
    private static func promotion(_ origin: PromotedFrom) -> [String] {
        let evidence = [
            origin.run.map { "run \($0)" } ?? "no run that verified it",
            origin.verdict.map { "verdict \($0.rawValue)" },
            origin.ageSeconds.map { "\(Age.text($0)) ago" },
        ].compactMap(\.self)
        let head = "from      \(origin.environment): \(origin.revision), \(evidence.joined(separator: ", "))"
        return ([head] + origin.differences.map { "differs   \($0.text)\($0.isRefused ? " (refused)" : "")" })
            .map { SafeText.line($0) }
    }

    package static func traffic(_ entries: [TrafficEntry]) -> String {
        entries.map { entry in
            SafeText.line(entry.revision) + " \(entry.percent) %" + (entry.tag.map { " (\(SafeText.line($0)))" } ?? "")
        }.joined(separator: ", ")
    }

    static func diagnosis(_ diagnosis: Diagnosis, _ palette: Palette) -> [String] {
        var lines = ["  \(palette.bad("cause"))     \(SafeText.line(diagnosis.cause))"]
        lines.append("  fix       \(SafeText.line(diagnosis.fix))")
        if let command = diagnosis.command { lines.append("  type      \(SafeText.line(command))") }
        lines += diagnosis.evidence.flatMap { evidence in
            SafeText.lines(evidence).enumerated().map {
                ($0.offset == 0 ? "  seen      " : "            ") + $0.element
            }
        }
        lines += (diagnosis.alsoSeen ?? []).map { "  also seen \(SafeText.line($0))" }
        if !diagnosis.logs.isEmpty {
            lines.append("  the container's last lines:")
            lines += diagnosis.logs.flatMap(SafeText.lines).map { "    | " + $0 }
        }
        return lines
    }

    private static func headline(_ release: ReleaseDocument, _ palette: Palette) -> String {
        switch release.outcome {
        case .promoted, .unchanged: palette.good(word(release))
        case .held: palette.warn("held")
        case .rolledBack: release.kind == .rollback ? palette.good("rolled back") : palette.bad("rolled back")
        case .failed: palette.bad("failed")
        case .needsAttention: palette.bad("needs attention")
        }
    }

    /// The outcome for people: nothing is promoted where no service is.
    package static func word(_ release: ReleaseDocument) -> String {
        switch (release.kind, release.outcome) {
        case (.prune, .promoted): "pruned"
        case (.infra, .promoted): release.infrastructure?.destroys == true ? "destroyed" : "applied"
        default: release.outcome.rawValue
        }
    }

    /// A plan in words, for `--dry-run`.
    package static func plan(_ plan: Plan) -> String {
        if plan.steps.isEmpty {
            let foreign = plan.services.filter { $0.isForeign == true }.map { "  \($0.key): \(words($0))" }
            return (["nothing to do: every service is unchanged"] + foreign).joined(separator: "\n")
        }
        var lines = ["\(plan.kind.rawValue) to \(plan.environment), plan \(plan.fingerprint.prefix(12))"]
        for service in plan.services {
            lines.append("  \(service.key): \(words(service))")
            lines += (service.reasons ?? []).map { "    " + SafeText.line($0.text) }
            let origin = service.promotion?.shown(at: plan.created)
            if let origin { lines += promotion(origin).map { "    " + $0 } }
        }
        lines.append("steps, in this order or at the same time where nothing is needed:")
        for step in plan.steps {
            let needs = step.needs.isEmpty ? "" : "   after " + step.needs.joined(separator: ", ")
            lines.append("  \(step.id)\(needs)")
        }
        return lines.joined(separator: "\n")
    }

    private static func words(_ service: PlannedService) -> String {
        switch service.decision {
        case .unchanged where service.isForeign == true:
            "unchanged, \(service.baseline ?? "nothing") serves; it was not made by stagectl and is the same"
        case .unchanged: "unchanged, \(service.baseline ?? "nothing") serves"
        case .reuse(let revision): "\(revision) exists and is the same: it gets the traffic"
        case .deploy where service.isFirst: "first deploy: closed until verified"
        case .deploy: "new revision, then traffic from \(service.baseline ?? "nothing")"
        }
    }
}
