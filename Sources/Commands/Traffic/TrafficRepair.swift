import Releases

/// What `traffic repair` asks for: what is true.
enum TrafficRepair {
    /// Lines that are served as they were asked for stay as they are written, "the latest" among them; the others
    /// become what is served in their place. Leftover tags of candidates go.
    static func targets(of observation: ServiceObservation) -> [TrafficTarget] {
        var served = TrafficPlan.pinned(observation.trafficStatuses)
        var result: [TrafficTarget] = []
        for target in observation.traffic {
            var named = target
            named.revision = target.revision ?? observation.latestReadyRevision
            guard let index = served.firstIndex(of: named) else { continue }
            served.remove(at: index)
            result.append(target)
        }
        return (result + served).filter { $0.percent > 0 || !TrafficPlan.isCandidateTag($0.tag) }
    }
}

extension ServiceObservation {
    /// Whether the split that was asked for is this one, however its lines are cut.
    func asks(for targets: [TrafficTarget]) -> Bool {
        func shares(_ targets: [TrafficTarget]) -> [TrafficShare] {
            targets.map { TrafficShare(revision: $0.revision ?? "", percent: $0.percent, tag: $0.tag) }
        }
        return TrafficPlan.same(shares(traffic), shares(targets))
    }

    /// Whether the split that is true is this one.
    func serves(_ targets: [TrafficTarget]) -> Bool {
        TrafficPlan.same(asServed(targets), trafficStatuses)
    }
}
