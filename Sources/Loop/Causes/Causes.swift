import Releases
import Verification

/// From failures to causes. Pure: the same facts give the same groups in the same order.
package enum Causes {
    /// By signature first, then by cause: what one cause shows in several ways is one group. The most important first.
    package static func groups(of facts: CauseFacts) -> [FailureGroup] {
        let bySignature = Dictionary(grouping: facts.failed, by: FailureSignature.init(of:))
        let index = FactIndex(facts)
        var judged = bySignature.map { signature, members in
            JudgedFailure(SeenFailure(signature, members, facts, index))
        }.sorted { $0.order < $1.order }
        CauseMerging.explain(&judged, facts)
        var groups = CauseMerging.grouped(judged).map { FailureGroup(failures: $0, facts: facts, index) }
        groups += EnvironmentGroups.groups(of: facts)
        groups += ReadinessGroups.groups(of: facts, beside: groups)
        return groups.sorted { left, right in
            (left.priority, -left.checks.count, left.identity) < (right.priority, -right.checks.count, right.identity)
        }
    }
}

/// Failures of one signature with what the rules make of them.
struct JudgedFailure: Sendable {
    let seen: SeenFailure
    var finding: CauseFinding?
    /// The same in every process, whatever a dictionary does.
    let order: String

    init(_ seen: SeenFailure) {
        self.seen = seen
        finding = CauseRules.finding(seen)
        order = "\(seen.members.map(\.name).min() ?? "") \(seen.signature.shape)"
    }

    /// Whether something that is known to be wrong explains it better than what was seen of it.
    var isWeak: Bool { finding.map { $0.closeness == .ended } ?? true }
}

/// One cause in several signatures.
enum CauseMerging {
    /// What lets everything of a service fail, whatever is asked.
    private static let broad: Set<CauseKind> = [.dependencyDown, .notReady, .noInstance, .memoryExceeded]

    /// Failures that show only how they ended, beside one cause of the same service that ends things so.
    static func explain(_ judged: inout [JudgedFailure], _ facts: CauseFacts) {
        // The one broad cause of each service; nil where there are several, of which nobody knows which.
        var broadest: [String: CauseFinding?] = [:]
        for failure in judged {
            guard let finding = failure.finding, finding.closeness != .ended, broad.contains(finding.kind) else {
                continue
            }
            let service = failure.seen.service
            if let known = broadest[service] {
                if known?.kind != finding.kind || known?.subject != finding.subject { broadest[service] = .some(nil) }
            } else {
                broadest[service] = finding
            }
        }
        for index in judged.indices where judged[index].isWeak && isConsequence(judged[index].seen) {
            guard let first = broadest[judged[index].seen.service] ?? nil else { continue }
            var explained = first
            explained.closeness = .ended
            explained.evidence = (judged[index].seen.messages.first.map { [$0.evidence] } ?? []) + first.evidence
            judged[index].finding = explained
        }
    }

    private static func isConsequence(_ seen: SeenFailure) -> Bool {
        [500, 502, 503, 504].contains(seen.status) || [1006, 1011, 1012, 1013, 1014].contains(seen.closeCode)
            || (seen.status == nil && seen.closeCode == nil
                && seen.messages.contains { text in
                    ["timed out", "timeout", "connection was lost", "connection reset", "refused"].contains {
                        text.mentions($0)
                    }
                })
    }

    /// By cause; what has none, by what it looks like.
    static func grouped(_ judged: [JudgedFailure]) -> [[JudgedFailure]] {
        var subjects: [String: Set<String>] = [:]
        for failure in judged {
            guard let finding = failure.finding, let subject = finding.subject else { continue }
            subjects["\(failure.seen.service) \(finding.kind.rawValue)", default: []].insert(subject)
        }
        var order: [String] = []
        var groups: [String: [JudgedFailure]] = [:]
        for failure in judged {
            let key = key(of: failure, subjects)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(failure)
        }
        return order.compactMap { groups[$0] }
    }

    private static func key(of failure: JudgedFailure, _ subjects: [String: Set<String>]) -> String {
        let seen = failure.seen
        guard let finding = failure.finding else {
            let codes = "\(seen.status ?? 0) \(seen.closeCode ?? 0)"
            return "\(seen.service) unknown \(codes) \(seen.signature.shape) \(seen.signature.logLine ?? "")"
        }
        let kind = "\(seen.service) \(finding.kind.rawValue)"
        let known = subjects[kind] ?? []
        // Where one of them is named, those that name none are taken to be of the same.
        let subject = finding.subject ?? (known.count == 1 ? known.first : nil) ?? unnamed(finding, seen)
        return "\(kind) \(subject)"
    }

    /// Two exceptions without a line of a log are the same only where they look alike.
    private static func unnamed(_ finding: CauseFinding, _ seen: SeenFailure) -> String {
        finding.kind == .unhandledException ? "\(seen.status ?? 0) \(seen.closeCode ?? 0)" : ""
    }
}
