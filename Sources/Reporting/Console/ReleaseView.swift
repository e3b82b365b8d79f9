package import Releases

/// A release while it runs, as far as it is shown: services by steps. Pure; moments are seconds of the caller's clock.
package struct ReleaseView: Sendable {
    package enum State: Hashable, Sendable {
        case waiting
        case running(since: Double)
        case done, skipped, failed, held
    }

    package struct Step: Sendable {
        package var id: String
        package var state = State.waiting
        /// The last line that it said.
        package var last = ""
        package var counts: GateCounts?

        /// Without the service that stands at the start of the line.
        var label: String { String(id.prefix { $0 != ":" }) }
    }

    package struct Service: Sendable {
        package var name: String
        package var steps: [Step]
        package var traffic: [TrafficShare] = []
        package var candidate: String?
        /// It had traffic to show, or is about to.
        package var hasTraffic = true
    }

    package private(set) var services: [Service]

    /// - Parameter progress: of the run so far, when it was begun before.
    package init(_ plan: Plan, resuming progress: Progress = Progress()) {
        services = plan.services.compactMap { planned in
            let own = Set([planned.key, ServiceKey(planned.identity.name)])
            let steps = plan.steps.filter { own.contains($0.service) }.map { Step(id: $0.id) }
            guard !steps.isEmpty else { return nil }
            return Service(
                name: planned.key.description, steps: steps,
                traffic: planned.baseline.map { [TrafficShare(revision: $0, percent: 100)] } ?? [],
                hasTraffic: plan.kind != .prune)
        }
        let known = Set(services.flatMap(\.steps).map(\.id))
        let others = plan.steps.filter { !known.contains($0.id) }
        for (key, steps) in Dictionary(grouping: others, by: \.service).sorted(by: { $0.key < $1.key }) {
            services.append(Service(name: key.description, steps: steps.map { Step(id: $0.id) }, hasTraffic: false))
        }
        for id in progress.begun { apply(progress.state(of: id), to: id) }
    }

    package init(services: [Service]) {
        self.services = services
    }

    private mutating func apply(_ state: Progress.StepState, to step: String) {
        guard state.isComplete, let output = state.output else { return }
        change(step) { step, service in
            if case .skipped = state { step.state = .skipped } else { step.state = .done }
            service.take(output)
        }
    }

    // MARK: - What happens

    package mutating func started(step: String, at now: Double) {
        if !services.contains(where: { $0.steps.contains { $0.id == step } }) { add(step) }
        change(step) { step, _ in
            step.state = .running(since: now)
            (step.last, step.counts) = ("", nil)
        }
    }

    package mutating func said(_ line: String, step: String) {
        change(step) { step, _ in step.last = line }
    }

    package mutating func counted(_ counts: GateCounts, step: String) {
        change(step) { step, _ in step.counts = counts }
    }

    package mutating func ended(step: String, outcome: StepOutcome) {
        change(step) { step, service in
            switch outcome {
            case .done(let output, _):
                step.state = .done
                service.take(output)
            case .skipped(let output, _):
                step.state = .skipped
                service.take(output)
            case .failed: step.state = .failed
            }
        }
    }

    package mutating func held(step: String) {
        change(step) { step, _ in step.state = .held }
    }

    /// The way back and what follows the end have steps that no plan lists.
    private mutating func add(_ step: String) {
        let name = step.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init) ?? "release"
        if let index = services.firstIndex(where: { $0.name == name }) {
            services[index].steps.append(Step(id: step))
        } else {
            services.append(Service(name: name, steps: [Step(id: step)], hasTraffic: false))
        }
    }

    /// An image is made once for all regions: such a step stands in the line of each.
    private mutating func change(_ id: String, _ change: (inout Step, inout Service) -> Void) {
        for index in services.indices {
            guard let number = services[index].steps.firstIndex(where: { $0.id == id }) else { continue }
            var step = services[index].steps[number]
            change(&step, &services[index])
            services[index].steps[number] = step
        }
    }
}

extension ReleaseView.Service {
    fileprivate mutating func take(_ output: StepOutput) {
        if let revision = output.revision { candidate = revision }
        if let traffic = output.traffic ?? output.snapshot?.trafficStatuses { self.traffic = traffic }
    }

    /// The step that the line is about: one that runs, one that stands still, else none.
    var current: ReleaseView.Step? {
        steps.last { if case .running = $0.state { true } else { false } }
            ?? steps.last { $0.state == .failed || $0.state == .held }
    }

    var isOver: Bool { steps.allSatisfy { $0.state == .done || $0.state == .skipped } }

    var finishedSteps: Int { steps.count { $0.state == .done || $0.state == .skipped } }
}
