import Releases

/// What must hold when a history is over.
extension Invariants {
    /// Rules 6, 8, 9, 11 and 12.
    func end(unfinished: [String], stuck: Bool, in world: SimulatedWorld) {
        if stuck { violate(11, "the history did not come to an end", in: world) }
        for run in unfinished { violate(6, "\(run) has no end", in: world) }
        if world.calls > world.keeping.mostCalls { violate(11, "\(world.calls) calls", in: world) }
        for (name, service) in world.cloud.services {
            let runs = service.revisions.compactMap { $0.labels[ReleaseLabel.run] }
            for run in Set(runs) where runs.count(where: { $0 == run }) > 1 && run != History.earlierRun {
                violate(8, "\(run) made \(runs.count { $0 == run }) revisions of \(name)", in: world)
            }
            if annotatedByHand.contains(name), service.now.annotations["team/note"] != "kept" {
                violate(9, "a note that somebody left on \(name) is gone", in: world)
            }
            if taggedByHand.contains(name), takenOverByHand[name] == nil,
                !service.now.trafficStatuses.contains(where: { $0.tag == "mine" })
            {
                violate(9, "a tag that somebody set on \(name) is gone", in: world)
            }
            // Where a write of a run was in doubt at that time, nobody can tell whose split it was.
            if let hand = splitByHand[name], begun.values.allSatisfy({ $0 < hand.call }), world.hasOnlyHands,
                takenOverByHand[name] == nil,
                service.now.share(of: hand.revision) != 100
            {
                violate(9, "a split that somebody made on \(name) was undone", in: world)
            }
            // A run that began at that very call has seen it.
            if let call = takenOverByHand[name], begun.values.allSatisfy({ $0 < call }),
                service.now.share(of: "\(name)-by-hand") != 100
            {
                violate(9, "traffic that somebody moved on \(name) was moved again", in: world)
            }
            let last = world.clock.seconds + world.keeping.leaseEnd.inSeconds
            if let holder = world.disk.lock(of: ServiceKey(parsing: name)).currentHolder(at: last) {
                violate(12, "the lock of \(name) is still held for \(holder.run)", in: world)
            }
        }
    }
}
