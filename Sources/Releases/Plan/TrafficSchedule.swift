import Configuration

/// The shares below 100 % that a candidate gets one after the other, and what happens at each.
struct TrafficSchedule {
    struct Stop: Hashable {
        var percent: Int
        /// Nil where health alone is looked at.
        var analysis: AnalysisStep?
        /// The release stands still here until somebody says how it goes on.
        var isHeld = false
    }

    private(set) var stops: [Stop]

    /// - Parameter pauseAt: a share at which the release is held; it becomes one of the shares where it is none.
    init(of planned: PlannedService, pauseAt: Int?) {
        let strategy = planned.service.strategy
        switch strategy?.kind {
        case nil:
            stops = planned.service.traffic.steps.dropLast().map { Stop(percent: $0) }
        case .allAtOnce, .blueGreen:
            stops = []
        case .canary:
            stops = Self.canary(strategy?.steps ?? [], planned)
        }
        guard let pauseAt else { return }
        if let index = stops.firstIndex(where: { $0.percent == pauseAt }) {
            stops[index].isHeld = true
        } else {
            stops.append(Stop(percent: pauseAt, isHeld: true))
            stops.sort { $0.percent < $1.percent }
        }
    }

    /// The profile's pairs in equal parts: it is one test, and each share has its own in it.
    private static func canary(_ steps: [StrategySettings.Step], _ planned: PlannedService) -> [Stop] {
        guard let analysis = planned.service.strategy?.analysis, planned.baselineTag != nil else {
            return steps.map { Stop(percent: $0.percent) }
        }
        let pairs = analysis.profile.maximumPairs
        // What is counted elsewhere is known minutes later.
        let shortest = analysis.monitoring == true ? CountingDelay.shortestStep : 0
        return steps.enumerated().map { index, step in
            let part = pairs * (index + 1) / steps.count - pairs * index / steps.count
            return Stop(
                percent: step.percent,
                analysis: AnalysisStep(
                    percent: step.percent, pairs: part, pauseSeconds: max(step.pauseSeconds, shortest),
                    isLast: index == steps.count - 1, pairsPerSecond: analysis.pairsPerSecond))
        }
    }
}
