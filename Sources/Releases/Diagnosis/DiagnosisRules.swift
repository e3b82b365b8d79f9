import Configuration

/// From what is seen outside to one cause, one fix and one command. Reasons of Cloud Run are compared as the words of
/// its enum. What containers print, and what the platform refuses a service for, has no other form than text and is
/// read as such: that chooses words for people, and never what a release does.
package enum DiagnosisRules {
    private static let linesShown = 12
    private static let othersShown = 3

    /// The candidate never became ready.
    package static func notReady(_ symptoms: Symptoms) -> Diagnosis {
        let all = RuleTable.seen(in: symptoms)
        let cause = all.first ?? ProbeRules.unknown(symptoms)
        var evidence = ["reason \(symptoms.reasons.first ?? "none given")"]
        evidence += symptoms.statements.prefix(2).map { "message \(firstParagraph($0))" }
        return diagnosis(cause, all, evidence: evidence, symptoms)
    }

    /// The platform would not take the service as it is; nil when nothing is known about why.
    package static func refused(_ symptoms: Symptoms) -> Diagnosis? {
        let all = RuleTable.seen(in: symptoms).filter { $0.rule.closeness == .refused }
        guard let cause = all.first else { return nil }
        return diagnosis(
            cause, all, evidence: symptoms.statements.prefix(2).map { "message \(firstParagraph($0))" }, symptoms)
    }

    /// Health samples of a candidate that is ready.
    package static func unhealthy(
        _ symptoms: Symptoms, result: HealthResult, expected: String?
    ) -> Diagnosis {
        let finding = HealthFinding(result: result, service: symptoms.service, expected: expected)
        let all = RuleTable.seen(in: symptoms)
        // What the log says of a container that answers for itself may be old or harmless: only what explains such an
        // answer is taken for the cause of it.
        let cause = finding.isFailureInside ? all.first { explains($0, finding) } : nil
        guard let cause else {
            return Diagnosis(
                kind: finding.kind, cause: finding.cause, fix: finding.fix, command: finding.command(symptoms),
                evidence: finding.evidence + logProblem(symptoms), alsoSeen: others(than: nil, in: all),
                logs: shown(symptoms))
        }
        var diagnosis = diagnosis(cause, all, evidence: finding.evidence, symptoms)
        diagnosis.cause = "\(finding.cause): \(diagnosis.cause)"
        return diagnosis
    }

    /// Checks that did not pass. The check says best what is wrong; what the log says beside it is told as well.
    package static func smoke(_ symptoms: Symptoms, result: SmokeResult) -> Diagnosis {
        let name = symptoms.service.name
        let problems = result.problems.prefix(10).map { problem in
            "\(problem.check) \(problem.status): \(problem.summary)"
                + (problem.trace.map { " (trace \($0))" } ?? "")
        }
        let evidence = problems + logProblem(symptoms)
        let also = others(than: nil, in: RuleTable.seen(in: symptoms))
        guard let first = result.problems.first(where: { $0.cause != nil }) ?? result.problems.first else {
            return Diagnosis(
                kind: "verdict", cause: result.verdict.rule, fix: "see which checks ran, and which should have",
                command: "stagectl smoke \(name) --list", evidence: evidence, alsoSeen: also, logs: shown(symptoms))
        }
        return Diagnosis(
            kind: "check-failed", cause: first.cause ?? "\(first.check): \(first.summary)",
            fix: first.fix ?? "see what the check asks, and ask it yourself",
            // What serves answers a check that is asked again, so only the candidate's log shows what it did.
            command: symptoms.revision.map { "stagectl logs \(name) --revision \($0)" }
                ?? "stagectl smoke \(name) --only \(quoted(first.check)) --explain",
            evidence: evidence, alsoSeen: also, logs: shown(symptoms))
    }

    // MARK: - Words

    private static func diagnosis(
        _ cause: RuleTable.Seen, _ all: [RuleTable.Seen], evidence: [String], _ symptoms: Symptoms
    ) -> Diagnosis {
        let words = cause.explanation
        let text = cause.sighting.match.text
        let isLine = !text.isEmpty && !symptoms.statements.contains(text)
        return Diagnosis(
            kind: cause.rule.kind, cause: words.cause, fix: words.fix, command: words.command,
            evidence: evidence + (isLine ? ["log \(text.trimmed.prefix(300))"] : []) + logProblem(symptoms),
            alsoSeen: others(than: cause, in: all), logs: shown(symptoms))
    }

    private static func explains(_ seen: RuleTable.Seen, _ finding: HealthFinding) -> Bool {
        switch seen.rule.closeness {
        case .refused: false
        case .killed, .named, .gaveUp: true
        // A container that ended answers nothing; one that answers has not ended.
        case .ended: finding.isSilence && seen.rule.kind == "container-exited"
        }
    }

    /// Further causes, each with a line of its own. That the program gave up, and how it ended, is no cause beside one.
    private static func others(than cause: RuleTable.Seen?, in all: [RuleTable.Seen]) -> [String]? {
        var known: Set<String> = cause.map { [$0.sighting.match.text] } ?? []
        var result: [String] = []
        let furthest: DiagnosisRule.Closeness = cause == nil ? .gaveUp : .named
        for seen in all where seen.rule.closeness <= furthest && seen.rule.kind != cause?.rule.kind {
            // A reason alone is the platform's word for what its message says better.
            guard result.count < othersShown, !seen.sighting.match.text.isEmpty,
                known.insert(seen.sighting.match.text).inserted
            else { continue }
            result.append("\(seen.rule.kind): \(seen.explanation.cause)")
        }
        return result.isEmpty ? nil : result
    }

    private static func logProblem(_ symptoms: Symptoms) -> [String] {
        symptoms.logProblem.map { ["the log could not be read: \($0)"] } ?? []
    }

    /// The container's last lines, its stack traces folded, what was said again and again told once.
    private static func shown(_ symptoms: Symptoms) -> [String] {
        let lines = StackFolding.fold(symptoms.texts.map(\.text)).flatMap { folded in
            switch folded {
            case .line(let text): [text]
            case .trace(let trace):
                [trace.exception]
                    + (trace.frame.map { ["    at \($0)  (\(Counted.text(trace.lines, "line")) folded)"] } ?? [])
            }
        }
        var counted: [(text: String, times: Int)] = []
        for line in lines {
            if counted.last?.text == line {
                counted[counted.count - 1].times += 1
            } else {
                counted.append((line, 1))
            }
        }
        return counted.suffix(linesShown).map { $0.times == 1 ? $0.text : "\($0.text)  (\($0.times) times)" }
    }

    /// The rest of Cloud Run's messages are links.
    private static func firstParagraph(_ message: String) -> String {
        var lines: [Substring] = []
        for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { break }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    /// As a shell takes it whole: the rows of a check have brackets in their names.
    private static func quoted(_ text: String) -> String {
        text.contains { !($0.isLetter || $0.isNumber || "._/-".contains($0)) }
            ? "'" + text.replacing("'", with: "'\\''") + "'" : text
    }
}
