import Loop
import Verification

extension FailureCluster {
    /// The largest of the most important first.
    static func clusters(of checks: [ReportedCheck]) -> [FailureCluster] {
        let failed = checks.indices.filter { [.failed, .error, .xpass].contains(checks[$0].status) }
        let groups = Dictionary(grouping: failed) { place in
            let check = checks[place]
            return FailureSignature.shape(
                of: SafeText.line(check.cause ?? check.summary ?? check.status.words))
        }
        return groups.map { signature, places in
            let first = checks[places[0]]
            return FailureCluster(
                signature: signature, cause: first.cause, fix: first.fix,
                example: first.summary ?? first.status.words, checks: places,
                priority: places.map { checks[$0].priority }.min() ?? first.priority)
        }.sorted { ($0.priority, -$0.checks.count, $0.signature) < ($1.priority, -$1.checks.count, $1.signature) }
    }
}
