/// Where a run stands, computed from its journal alone.
package struct Progress: Hashable, Sendable {
    package enum StepState: Hashable, Sendable {
        case notStarted
        /// Begun, and nothing is known of its end.
        case inDoubt(operation: OperationName?)
        case done(StepOutput, seconds: Double)
        case skipped(StepOutput, reason: String)
        case failed(Failure, StepOutput, seconds: Double)
        /// Waits for a person.
        case held(StepOutput, reason: Failure?)

        /// Whether what needs it may go on.
        package var isComplete: Bool {
            switch self {
            case .done, .skipped: true
            case .notStarted, .inDoubt, .failed, .held: false
            }
        }

        package var failure: Failure? {
            if case .failed(let failure, _, _) = self { failure } else { nil }
        }

        package var output: StepOutput? {
            switch self {
            case .done(let output, _), .skipped(let output, _), .failed(_, let output, _), .held(let output, _): output
            case .notStarted, .inDoubt: nil
            }
        }
    }

    package private(set) var states: [String: StepState] = [:]
    /// In the order in which the steps began.
    package private(set) var begun: [String] = []
    /// When each step began first, RFC 3339.
    private var beginnings: [String: String] = [:]
    /// How often each step was begun: every attempt that was cut can have written once.
    package private(set) var attempts: [String: Int] = [:]
    /// The steps whose write the platform took at least once.
    private var accepted: Set<String> = []
    /// What attempts without an end have found out, by step.
    private var found: [String: StepOutput] = [:]
    /// What did not stop the run when it was taken up, with the reasons that were given.
    package private(set) var overrides: [String: String] = [:]
    /// Why the run goes back; nil while it goes forward.
    package private(set) var undoing: Failure?
    package private(set) var ended: ReleaseOutcome?

    package init() {}

    /// Folds a journal. Entries about unknown steps are kept too: an undo has steps that no plan lists.
    package init(replaying entries: [JournalEntry]) {
        for entry in entries { apply(entry) }
    }

    package mutating func apply(_ entry: JournalEntry) {
        switch entry.event {
        case .intent(let step):
            // Not by its state: a step whose intent could not be written has failed without having begun.
            if attempts[step] == nil {
                begun.append(step)
                beginnings[step] = entry.time
            }
            attempts[step, default: 0] += 1
            // A second intent follows a resume; an operation that was taken stays known.
            if case .inDoubt(.some) = state(of: step) { return }
            // What is held stays so until there is an outcome: it is the same question for whoever asks again.
            if case .held = state(of: step) { return }
            states[step] = .inDoubt(operation: nil)
        case .operation(let step, let name):
            states[step] = .inDoubt(operation: name)
            accepted.insert(step)
        case .found(let step, let output):
            found[step] = output
        case .overridden(let gate, let reason, _):
            overrides[gate] = reason
        case .outcome(let step, let outcome):
            switch outcome {
            case .done(let output, let seconds): states[step] = .done(output, seconds: seconds)
            case .skipped(let output, let reason): states[step] = .skipped(output, reason: reason)
            case .failed(let failure, let output, let seconds):
                states[step] = .failed(failure, output, seconds: seconds)
            }
        case .held(let step, let output, let reason):
            states[step] = .held(output, reason: reason)
        case .undoing(let reason):
            undoing = undoing ?? reason
        case .ended(let outcome):
            ended = outcome
        }
    }

    package func state(of step: String) -> StepState {
        states[step] ?? .notStarted
    }

    package func isBegun(_ step: String) -> Bool {
        attempts[step] != nil
    }

    /// The first thing that an output of the service's steps says, latest step first.
    package func latest<Value>(of service: ServiceKey, _ path: KeyPath<StepOutput, Value?>) -> Value? {
        for step in begun.reversed() where step.hasSuffix(":\(service)") {
            if let value = states[step]?.output?[keyPath: path] ?? found[step]?[keyPath: path] { return value }
        }
        return nil
    }

    /// What the step's attempts have found out so far; nil for nothing.
    func found(by step: String) -> StepOutput? { found[step] }

    /// What Terraform has done, as far as it is known; nil where nobody has found out.
    func infrastructure(of step: String) -> InfrastructureRecord? {
        state(of: step).output?.infrastructure ?? found[step]?.infrastructure
    }

    /// Whether something may have been written to the service that no outcome tells of: a step that was cut, or one that
    /// failed after its write was taken or without an answer to it.
    func hasWriteInDoubt(of service: ServiceKey) -> Bool {
        begun.contains { $0.hasSuffix(":\(service)") && !$0.hasPrefix("restore") && isInDoubt($0) }
    }

    func isInDoubt(_ step: String) -> Bool {
        switch state(of: step) {
        case .inDoubt: true
        // One that knows how it left the service has seen its write come true; of an attempt before it that was cut
        // nothing is known.
        case .failed(let failure, let output, _):
            output.generation == nil
                && (failure.mayHaveHappened || accepted.contains(step) || attempts[step] ?? 0 > 1)
        case .notStarted, .done, .skipped, .held: false
        }
    }

    /// The steps at which the run stands still, in the order in which they began.
    package var heldSteps: [String] {
        begun.filter { if case .held = state(of: $0) { true } else { false } }
    }

    /// Whether what served before the service's migration cannot serve after it, and traffic has left it.
    func isPastReturn(of service: PlannedService) -> Bool {
        irreversibleMigration(of: service) != nil && hasMovedTraffic(of: service)
    }

    /// The execution that changed the service's data for good; nil for none.
    func irreversibleMigration(of service: PlannedService) -> String? {
        // In several regions the first one's is everybody's.
        for step in begun where step.hasPrefix("migrate:") {
            guard let output = state(of: step).output, output.isIrreversible == true else { continue }
            let key = ServiceKey(parsing: String(step.dropFirst("migrate:".count)))
            if key.service == service.identity.name, state(of: step).isComplete { return output.execution ?? step }
        }
        return nil
    }

    /// Whether a share above zero was given to the service's candidate, which was not alone in the world.
    package func hasMovedTraffic(of service: PlannedService) -> Bool { firstShare(of: service) != nil }

    /// When that began, RFC 3339; nil where it did not.
    func movedTraffic(of service: PlannedService) -> String? { firstShare(of: service).flatMap { beginnings[$0] } }

    /// The step with which it began.
    private func firstShare(of service: PlannedService) -> String? {
        guard !service.isFirst else { return nil }
        return begun.first { step in
            step.hasPrefix("traffic") && step.hasSuffix(":\(service.key)")
                && (state(of: step).isComplete || isInDoubt(step))
        }
    }
}
