import Releases

/// Jobs before there is a candidate, and analyses that were cut.
extension Invariants {
    /// Rule 8: one execution for each run and service.
    func started(_ execution: String, key: String, in world: SimulatedWorld) {
        if let former = executions[key] { violate(8, "\(key) started \(former) and \(execution)", in: world) }
        executions[key] = execution
    }

    /// Rule 2: what was asked for before there is a candidate has been done.
    func willMakeRevision(of service: ServiceIdentity, by run: String, in world: SimulatedWorld) {
        guard migrated.contains(service.name),
            !world.jobs.hasSucceeded(service.name, by: run, at: world.clock.now())
        else { return }
        violate(2, "\(run) makes a revision of \(service.place), and its migration has not run", in: world)
    }

    /// Rule 19: an analysis goes on with every pair that is written down.
    func analyses(_ revision: String, of run: String, knowing known: Int, in world: SimulatedWorld) {
        let written = pairs["\(run) \(revision)"] ?? 0
        if known < written { violate(19, "\(run) had \(written) pairs of \(revision) and knows \(known)", in: world) }
    }

    /// Rule 18: traffic that has moved past a migration that is irreversible moves back for a person alone.
    func goesBack(_ run: String, in world: SimulatedWorld) {
        guard !irreversible.isEmpty, !takenBack.contains(run), let journal = world.disk.read(run),
            let plan = try? DecodedPlan(decoding: journal.plan).plan
        else { return }
        let progress = Progress(replaying: journal.entries)
        for service in plan.services where irreversible.contains(service.identity.name) {
            let isMigrated = progress.begun.contains { step in
                step.hasPrefix("migrate:\(service.identity.name)") && progress.state(of: step).isComplete
            }
            if isMigrated, progress.hasMovedTraffic(of: service), !keeps(service, of: plan, progress) {
                violate(18, "\(run) takes \(service.key) back past its migration", in: world)
            }
        }
    }
}
