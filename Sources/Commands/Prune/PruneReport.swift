import Configuration
import Releases

/// What a prune has decided, and what came of it.
struct PruneReport: Sendable {
    /// What became of one thing that was to go.
    enum Status: String, Sendable {
        case kept, planned, deleted
        /// Somebody else had taken it away, or it was needed by then.
        case skipped
        case failed
        case notReached = "not-reached"
    }

    var environment: Environment
    var facts: [PruneFacts] = []
    var decisions: [PruneDecision] = []
    /// By service.
    var images: [String: [ImageReference]] = [:]
    /// What is not done, and why.
    var notes: [String] = []
    var plan: Plan
    /// Nil where nothing was executed.
    var document: ReleaseDocument?

    init(environment: Environment, run: String) {
        self.environment = environment
        plan = PrunePlanner(digest: Fingerprint.sha256).plan(
            .init(
                run: run, created: "", initiator: "", environment: environment.name, facts: [], decisions: [],
                images: [:]))
    }

    var revisionCount: Int { decisions.reduce(0) { $0 + $1.deleted.count } }
    var tagCount: Int { decisions.reduce(0) { $0 + $1.tags.count } }
    var imageCount: Int { images.values.reduce(0) { $0 + $1.count } }

    /// In words, of what is about to happen.
    var consequence: String {
        let names = decisions.filter { changes($0) }.map(\.key.description)
        return "\(amounts) of \(names.joined(separator: ", ")) go for good"
    }

    var amounts: String {
        func counted(_ count: Int, _ one: String) -> String? {
            count == 0 ? nil : "\(count) \(one)\(count == 1 ? "" : "s")"
        }
        let parts = [
            counted(revisionCount, "revision"), counted(tagCount, "tag"), counted(imageCount, "image"),
        ].compactMap(\.self)
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    private func changes(_ decision: PruneDecision) -> Bool {
        decision.changes || images[decision.identity.name]?.isEmpty == false
    }

    func policy(of decision: PruneDecision) -> PrunePolicy {
        facts.first { $0.placement.identity == decision.identity }?.policy ?? PrunePolicy()
    }

    /// - Parameter verb: of the step that takes the thing away.
    func status(_ verb: String, of key: ServiceKey) -> (status: Status, note: String?) {
        guard let document else { return (.planned, nil) }
        guard let step = document.steps.first(where: { $0.id == "\(verb):\(key)" }) else { return (.notReached, nil) }
        switch step.status {
        case .done: return (.deleted, nil)
        case .skipped: return (.skipped, step.note)
        case .failed, .inDoubt: return (.failed, step.note)
        case .notRun, .undone, .held: return (.notReached, nil)
        }
    }

    /// Of the first region of a service, where its images are deleted for all.
    func imageKey(of service: String) -> ServiceKey {
        plan.steps.first { step in
            if case .deleteImage = step.action { step.service.service == service } else { false }
        }?.service ?? ServiceKey(service)
    }
}
