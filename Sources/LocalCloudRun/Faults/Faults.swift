import JSON
import Synchronization

/// The faults of one local Cloud Run: asked by the API, the ingress, the runtime and the routes; changed while it runs.
final class Faults: Sendable {
    private let decider = Mutex(FaultDecider(FaultPlan()))
    /// Most servers have no rules; then nobody takes the lock.
    private let hasRules = Atomic(false)

    init(_ plan: FaultPlan = FaultPlan()) {
        replace(with: plan)
    }

    var plan: FaultPlan { decider.withLock { $0.plan } }

    /// The rules start over: counts at zero, chances at the beginning of their sequences.
    func replace(with plan: FaultPlan) {
        decider.withLock { $0 = FaultDecider(plan) }
        hasRules.store(!plan.rules.isEmpty, ordering: .releasing)
    }

    /// nil when no rule exists.
    func decide(_ subject: @autoclosure () -> FaultSubject) -> FaultOutcome? {
        guard hasRules.load(ordering: .acquiring) else { return nil }
        let subject = subject()
        return decider.withLock { $0.decide(subject) }
    }

    /// As the control endpoint shows it: the plan, and how often each rule has hit.
    var document: JSONValue {
        let decider = decider.withLock { $0 }
        var document = decider.plan.document
        let rules = zip(document["rules"]?.array ?? [], decider.counts).map { rule, count -> JSONValue in
            var rule = rule
            rule["occasions"] = .integer(Int64(count.occasions))
            rule["hits"] = .integer(Int64(count.hits))
            return rule
        }
        document["rules"] = .array(rules)
        return document
    }
}
