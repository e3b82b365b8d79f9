/// A release of one service that met callers, and what became of it. In several regions it is one change.
struct DeliveryChange: Hashable, Sendable {
    /// Milliseconds since 1970, as all moments here.
    var started: Int64
    /// From the commit to the end of the release, in milliseconds; of what was promoted from a known commit.
    var leadTime: Int64?
    var isPromoted: Bool
    /// Callers were taken back from it: by the release itself, or by a later rollback from its revision.
    var hasFailed: Bool
    /// When callers met it, and when they did not any more.
    var failingSince: Int64?
    var restored: Int64?

    /// Nil for a deploy that no caller met, and for one that has not ended.
    fileprivate init?(_ delivery: Delivery) {
        guard let end = delivery.finished else { return nil }
        started = delivery.started
        switch delivery.outcome {
        case .promoted:
            leadTime = delivery.committed.map { end - $0 }.flatMap { $0 >= 0 ? $0 : nil }
            (isPromoted, hasFailed, restored) = (true, false, nil)
            failingSince = delivery.served ?? end
        case .rolledBack:
            (isPromoted, hasFailed, restored) = (false, true, end)
            failingSince = delivery.served
        case .needsAttention:
            guard delivery.served != nil else { return nil }
            (isPromoted, hasFailed, restored) = (false, true, nil)
            failingSince = delivery.served
        case .unchanged, .held, .failed: return nil
        }
    }

    /// The same change in two regions: it is there when it is in both, and fails where it fails in one.
    fileprivate func merged(with other: DeliveryChange) -> DeliveryChange {
        var both = self
        both.isPromoted = isPromoted && other.isPromoted
        both.leadTime = both.isPromoted ? [leadTime, other.leadTime].compactMap(\.self).max() : nil
        guard hasFailed || other.hasFailed else { return both }
        let failed = [self, other].filter(\.hasFailed)
        both.hasFailed = true
        both.failingSince = failed.compactMap(\.failingSince).min()
        both.restored = failed.allSatisfy { $0.restored != nil } ? failed.compactMap(\.restored).max() : nil
        return both
    }
}

/// The changes of every service. A hundred thousand deliveries are looked at once, and no text is looked up that nothing
/// depends on.
struct DeliveryChanges {
    /// By service.
    private(set) var changes: [String: [DeliveryChange]] = [:]

    /// What is known so far of one service in one region.
    private struct Placement {
        var changes: [DeliveryChange] = []
        /// Of each change, where the service has several regions.
        var runs: [String] = []
        /// The change that brought a revision, of those that a rollback took back.
        var byRevision: [String: Int] = [:]
        /// Changes that failed and were not put right by their own release.
        var open: [Int] = []
    }

    private struct PlacementName: Hashable {
        var service: String
        var region: String
    }

    /// - Parameter deliveries: of any services, in the order in which they began.
    init(_ deliveries: [Delivery]) {
        var numbers: [PlacementName: Int] = [:]
        var places: [Int] = []
        places.reserveCapacity(deliveries.count)
        var takenBack: Set<String> = []
        for delivery in deliveries {
            let name = PlacementName(service: delivery.service, region: delivery.region)
            if let number = numbers[name] {
                places.append(number)
            } else {
                places.append(numbers.count)
                numbers[name] = numbers.count
            }
            if delivery.kind == .rollback, let revision = delivery.previousRevision { takenBack.insert(revision) }
        }
        let byService = Dictionary(grouping: numbers.keys, by: \.service)
        var isMany = [Bool](repeating: false, count: numbers.count)
        for (name, number) in numbers { isMany[number] = (byService[name.service]?.count ?? 0) > 1 }

        var placements = [Placement](repeating: Placement(), count: numbers.count)
        for (index, number) in places.enumerated() {
            Self.add(deliveries[index], to: &placements[number], takenBack, keepsRun: isMany[number])
        }
        for (service, names) in byService {
            let own = names.sorted { $0.region < $1.region }.compactMap { numbers[$0] }.map { placements[$0] }
            let changes = own.count == 1 ? own[0].changes : Self.merged(own)
            if !changes.isEmpty { self.changes[service] = changes }
        }
    }

    private static func add(
        _ delivery: Delivery, to placement: inout Placement, _ takenBack: Set<String>, keepsRun: Bool
    ) {
        if !placement.open.isEmpty, delivery.outcome == .promoted || delivery.outcome == .rolledBack,
            let end = delivery.finished
        {
            for index in placement.open { placement.changes[index].restored = end }
            placement.open = []
        }
        switch delivery.kind {
        case .rollback:
            guard delivery.outcome == .rolledBack, let end = delivery.finished,
                let index = delivery.previousRevision.flatMap({ placement.byRevision[$0] }),
                !placement.changes[index].hasFailed
            else { return }
            placement.changes[index].hasFailed = true
            placement.changes[index].restored = end
        case .deploy:
            guard let change = DeliveryChange(delivery) else { return }
            let index = placement.changes.count
            if !takenBack.isEmpty, change.isPromoted, let revision = delivery.revision, takenBack.contains(revision) {
                placement.byRevision[revision] = index
            }
            if change.hasFailed, change.restored == nil { placement.open.append(index) }
            if keepsRun { placement.runs.append(delivery.run) }
            placement.changes.append(change)
        case .infra, .prune: return
        }
    }

    /// One service in several regions.
    private static func merged(_ placements: [Placement]) -> [DeliveryChange] {
        var changes: [DeliveryChange] = []
        var byRun: [String: Int] = [:]
        for placement in placements {
            for (run, change) in zip(placement.runs, placement.changes) {
                if let index = byRun[run] {
                    changes[index] = changes[index].merged(with: change)
                } else {
                    byRun[run] = changes.count
                    changes.append(change)
                }
            }
        }
        return changes
    }
}
