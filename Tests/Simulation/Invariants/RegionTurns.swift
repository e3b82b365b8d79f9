import Configuration
import Releases

/// The regions of a run in turn, by the model's own reading of plan and journal.
struct RegionTurns {
    private let plan: Plan
    private let progress: Progress

    init(_ plan: Plan, _ progress: Progress) {
        self.plan = plan
        self.progress = progress
    }

    private func region(of step: Step) -> String? {
        plan.services.first { $0.key == step.service }?.identity.region
    }

    /// Regions of which nothing is left to be done.
    var finished: Set<String> {
        Set(plan.services.map(\.identity.region)).filter { region in
            let own = plan.steps.filter { self.region(of: $0) == region }
            return !own.isEmpty && own.allSatisfy { progress.state(of: $0.id).isComplete }
        }
    }

    /// Whether the step comes although a region before its own was never finished.
    func isTooEarly(_ id: String, of regions: [String], knowing known: Set<String>) -> Bool {
        guard let step = plan.step(id), step.action != .lock, let own = region(of: step),
            let index = regions.firstIndex(of: own)
        else { return false }
        let planned = Set(plan.steps.compactMap(region))
        return regions[..<index].contains { planned.contains($0) && !finished.union(known).contains($0) }
    }
}
