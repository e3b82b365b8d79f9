import Configuration
import JSON
import Releases
import Reporting
import Verification

extension SmokeCommand {
    /// A verdict as this command's result, and as the files that were asked for.
    func conclude(
        _ verdict: VerdictDocument, _ evidence: RunEvidence, identity: String?, job: SmokeJob.Ended? = nil,
        _ session: Session
    ) async throws -> CommandResult {
        var document = verdict.documentWithoutChecks
        document["job"] = job?.json
        document["environment"] = .string(evidence.environment)
        document["identity"] = identity.map(JSONValue.string) ?? .null
        var failure: Failure?
        let lost = job?.reports.filter { $0.loss != nil } ?? []
        if verdict.result != .pass {
            let bad = verdict.checks.filter { $0.summary != nil && $0.status != .passed }
            failure = Failure(
                .checks, "smoke is \(verdict.result.rawValue): \(verdict.rule)",
                details: lost.prefix(10).map { .init($0.name, $0.loss ?? "") } + bad.prefix(10).map(Self.detail),
                hint: bad.first.flatMap(\.fix) ?? bad.first.map { "stagectl smoke --only \($0.id) --explain" }
                    ?? "stagectl smoke --list shows which checks there are; a service names its suites in services.yaml"
            )
        }
        document["error"] = failure.map(ReleaseJSON.failure) ?? .null
        let seen: [(key: String, value: Int)] = verdict.counts.dictionary.filter { $0.value > 0 && $0.key != "total" }
            .sorted { $0.key < $1.key }
        let counts = seen.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        var lines = [
            "\(verdict.result.rawValue): \(verdict.rule)", "\(Counted.text(verdict.counts.total, "check")): \(counts)",
        ]
        if let index = verdict.index { lines.append(index.line) }
        lines.insert(
            contentsOf: FailedChecksText.lines(verdict.checks, palette: session.console.style.resultPalette), at: 0)
        // What is excused must not be forgotten, and neither what no longer is.
        lines += verdict.policies.filter { $0.uses > 0 || $0.refusal != nil }.map { SafeText.line($0.line) }
        var result = CommandResult(
            document, text: lines.joined(separator: "\n"), status: failure == nil ? .done : .checks,
            failure: failure?.brief)
        result.lists["checks"] = JSONList(verdict.checks) { ReleaseJSON.encoded($0) }
        try write(result, verdict, session.console)
        if report != nil || ReportFiles.hasSummary {
            let made = await session.report(of: verdict, evidence: evidence)
            if let report { try ReportFiles.write(made, folder: report, redacting: session.console.redacted) }
            try ReportFiles.addToSummary(made, redacting: session.console.redacted)
        }
        return result
    }

    /// The files that were asked for.
    private func write(_ result: CommandResult, _ verdict: VerdictDocument, _ console: Console) throws {
        if let junit {
            try Folders.write(to: junit) { take in JUnitDocument.write(verdict) { take(console.redacted($0)) } }
        }
        guard let report else { return }
        try Folders.create(report)
        try Folders.write(to: report + "/verdict.json") { take in
            result.writeDocument(pretty: true) { take(console.redacted($0)) }
            take("\n")
        }
    }

    private static func detail(_ check: CheckResult) -> Failure.Detail {
        Failure.Detail(
            "\(check.suite)/\(check.id)", [check.summary, check.cause].compactMap(\.self).joined(separator: "\n"))
    }
}

extension Failure {
    /// The text above has said of every check what there is to say.
    fileprivate var brief: Failure { Failure(category, summary, hint: hint) }
}

extension VerdictDocument {
    /// The checks are written one after the other.
    fileprivate var documentWithoutChecks: JSONValue {
        var head = self
        head.checks = []
        return ReleaseJSON.encoded(head)
    }
}
