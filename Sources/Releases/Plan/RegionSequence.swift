/// Services in regions, where one region is finished before the next begins.
///
/// A need goes before that: what a service of an earlier region needs from a later one is released first all the same.
struct RegionSequence {
    /// What must be finished before each, its needs included.
    private(set) var before: [ServiceKey: [ServiceKey]]
    /// Those of them whose last step must be done: a need is met earlier, as soon as what is needed serves.
    private(set) var finished: [ServiceKey: [ServiceKey]] = [:]
    /// In an order in which they could be released one after the other.
    private(set) var order: [ServiceKey] = []

    /// - Parameters:
    ///   - regions: the keys of each region in the order of the regions; in each, what is needed comes first.
    ///   - needs: what each one needs.
    init(_ regions: [[ServiceKey]], needs: [ServiceKey: [ServiceKey]]) {
        before = needs
        for (index, region) in regions.enumerated() where index > 0 {
            for key in region {
                // The nearest region first: those before it follow from it, but nothing follows from a need, which does
                // not wait for the last step.
                for earlier in regions[..<index].reversed().flatMap({ $0.reversed() })
                where !waits(key, for: earlier, in: finished) && !waits(earlier, for: key, in: before) {
                    finished[key, default: []].append(earlier)
                    if before[key]?.contains(earlier) != true { before[key, default: []].append(earlier) }
                }
            }
        }
        arrange(regions.flatMap(\.self))
    }

    /// Whether `key` waits for `other`, through whatever is between them.
    private func waits(
        _ key: ServiceKey, for other: ServiceKey, in graph: [ServiceKey: [ServiceKey]]
    ) -> Bool {
        var seen: Set<ServiceKey> = []
        var open = [key]
        while let next = open.popLast() {
            if next == other { return true }
            guard seen.insert(next).inserted else { continue }
            open += graph[next] ?? []
        }
        return false
    }

    /// The first that waits for nothing more, again and again. Needs have no circle, and none was added above.
    private mutating func arrange(_ keys: [ServiceKey]) {
        var waiting = keys
        var placed: Set<ServiceKey> = []
        while let index = waiting.firstIndex(where: { key in (before[key] ?? []).allSatisfy(placed.contains) }) {
            let key = waiting.remove(at: index)
            placed.insert(key)
            order.append(key)
        }
        order += waiting
    }
}

extension Plan {
    /// What a failure leaves as it is: services in regions in which every step was done before. Empty where all regions
    /// go back together.
    package func finished(in progress: Progress) -> Set<ServiceKey> {
        guard keepsFinishedRegions == true else { return [] }
        let byRegion = Dictionary(grouping: steps.filter { service($0.service) != nil }) {
            service($0.service)?.identity.region ?? ""
        }
        let finished = byRegion.values.filter { steps in
            steps.allSatisfy { progress.state(of: $0.id).isComplete }
        }
        return Set(finished.flatMap { $0.map(\.service) })
    }
}
