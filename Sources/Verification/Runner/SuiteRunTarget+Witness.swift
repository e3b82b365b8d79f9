/// Who answered the checks, for a service that does not say.
extension SuiteRunTarget {
    /// Asks the log once about all checks that were answered; another revision's answer proves nothing, so its check
    /// failed whatever it saw.
    ///
    /// - Returns: what is to be said about identity; nil when nobody was asked.
    func hearWitness(about results: inout [CheckResult]) async -> String? {
        guard let witness, let expected = expectedRevision, identity == nil else { return nil }
        let asked = results.indices.filter { isAnswer(results[$0]) }
        guard !asked.isEmpty else { return nil }
        let testimony = await witness.testimony(on: Set(asked.compactMap { results[$0].evidence.traceID }))
        var unknown = 0
        for index in asked {
            let said = results[index].evidence.traceID.flatMap { testimony.revisions[$0] }
            switch LogIdentity(said, expected: expected) {
            case .confirmed: results[index].tell(expected)
            case .other(let other):
                results[index].tell(other)
                results[index].refuse(LogIdentity.problem(other, expected: expected))
            case .unknown: unknown += 1
            }
        }
        guard unknown > 0 else { return "identity by the request log" }
        let why = testimony.problem ?? "the request log shows \(unknown) of \(asked.count) answers not in time"
        return "without identity: \(why)"
    }

    /// Something of this target's answered, and does not say who.
    private func isAnswer(_ result: CheckResult) -> Bool {
        let evidence = result.evidence
        guard evidence.traceID != nil, evidence.showsAnAnswer, evidence.revision == nil else { return false }
        // A check may ask another host, whose requests are in another log.
        return evidence.url.map { Self.host($0) == Self.host(url) } ?? true
    }

    private static func host(_ url: String) -> Substring {
        url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" && $0 != "?" }
    }
}

extension CheckResult {
    fileprivate mutating func tell(_ revision: String) {
        evidence.revision = revision
        evidence.witness = HealthWindowSample.Witness.requestLog.rawValue
    }

    fileprivate mutating func refuse(_ problem: String) {
        guard [.passed, .flaky, .xfail, .waived, .quarantined].contains(status) else {
            summary = [summary, problem].compactMap(\.self).joined(separator: "; ")
            return
        }
        status = .failed
        summary = problem
        cause = "the address leads to another revision"
        fix = "see where the tag and the traffic lead with `stagectl traffic show`"
    }
}
