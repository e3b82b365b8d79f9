import Configuration

/// Plans the way back to a revision that exists already.
package struct RollbackPlanner: Sendable {
    private let digest: Digest

    package init(digest: @escaping Digest) {
        self.digest = digest
    }

    /// One plan for all services, in reverse dependency order. `targets` names the revision per service; a service
    /// whose target serves already is left alone. `options.skipSmoke` says why a target counts as unverified.
    package func plan(
        _ request: PlanRequest, targets: [ServiceKey: String], kind: RunKind = .rollback
    ) -> Plan {
        let ordered = DependencyOrder.sorted(request.environment.services).reversed()
            .flatMap { request.environment.placements(of: $0) }
        var planned: [PlannedService] = []
        for placement in ordered {
            guard let target = targets[placement.key],
                let facts = request.facts[placement.key], let observation = facts.observation
            else { continue }
            let isFirst = facts.isUnverified
            let serves = observation.share(of: target) == 100 && !isFirst
            let labels = facts.revisions.first { $0.name == target }?.labels ?? [:]
            planned.append(
                PlannedService(
                    placement: placement,
                    decision: serves ? .unchanged : .reuse(revision: target), isFirst: isFirst, exists: true,
                    baseline: observation.servingRevision, generation: observation.generation,
                    wasPublic: observation.isPublic,
                    tag: "c-" + String(request.run.suffix(6)), labels: labels, environment: []))
            planned[planned.endIndex - 1].invokers = observation.invokers
        }
        return Plan(
            run: request.run, kind: kind, environment: request.environment.name, created: request.created,
            initiator: request.initiator, source: request.source, services: planned,
            steps: steps(planned, request, kind),
            overrides: request.options.overrides, smokeSkipped: request.options.skipSmoke,
            keepsFinishedRegions: kind == .deploy && request.environment.keepsFinishedRegions, digest: digest)
    }

    private func steps(_ planned: [PlannedService], _ request: PlanRequest, _ kind: RunKind) -> [Step] {
        let changed = planned.filter { $0.decision != .unchanged }
        // A way back takes all regions at once, however releases go through them.
        let inTurn = kind == .deploy && request.environment.regionRollout?.order == .sequential
        var steps: [Step] = []
        var previous: [String] = []
        for service in changed.sorted(by: { $0.key < $1.key }) {
            let id = "lock:\(service.key)"
            steps.append(
                Step(
                    id, service: service.key, action: .lock, needs: previous,
                    deadlineSeconds: ReleaseSteps.lockSeconds))
            previous = [id]
        }
        for regions in changed.inTheirRegions {
            var last = previous
            let chains = regions.map { service -> [Step] in
                // The target is probed again before it gets traffic; suites ran when it was released. All at once: a
                // way back in steps would only prolong what is wrong.
                var direct = service
                direct.service.traffic = TrafficSettings()
                direct.service.strategy = nil
                let chain = ReleaseSteps.afterLock(
                    direct, needs: last, priorities: [], skipsSmoke: true, noTraffic: false,
                    // What a team wants done on the way there must not stand in the way back.
                    hooks: kind == .rollback ? [] : request.environment.hooks(of: service.service))
                if inTurn { last = chain.last.map { [$0.id] } ?? last }
                return chain
            }
            steps += inTurn ? chains.flatMap(\.self) : ReleaseSteps.together(chains)
            previous = chains.compactMap(\.last?.id)
        }
        return steps
    }

    /// The newest revision that the ledger saw healthy under full traffic, that still exists ready, and that does not
    /// serve now; nil when there is none.
    package static func lastWitnessed(
        of placement: Placement, releases: [ReleaseDocument], facts: ServiceFacts
    ) -> String? {
        witnessed(of: placement, releases: releases, facts: facts).first { !$0.wasLeft }?.revision
    }

    /// Revisions that the ledger saw healthy under full traffic, that still exist ready and that do not serve now, the
    /// one that was witnessed last first.
    ///
    /// - Returns: each once; `wasLeft` for one that a rollback has left: bad until a later release serves it again.
    package static func witnessed(
        of placement: Placement, releases: [ReleaseDocument], facts: ServiceFacts
    ) -> [(revision: String, wasLeft: Bool)] {
        let serving = facts.observation?.servingRevision
        let ready = Set(facts.revisions.filter { $0.condition.state == .succeeded }.map(\.name))
        var left: Set<String> = []
        var found: [(revision: String, wasLeft: Bool)] = []
        for release in releases {
            for result in release.services where result.isOf(placement) {
                if result.witnessedHealthy, let revision = result.revision, revision != serving,
                    ready.contains(revision), !found.contains(where: { $0.revision == revision })
                {
                    found.append((revision, left.contains(revision)))
                }
                if release.kind == .rollback, release.outcome == .rolledBack, let previous = result.previousRevision {
                    left.insert(previous)
                }
            }
        }
        return found
    }

    /// The newest ready revision of a commit that the ledger saw healthy under full traffic; nil when there is none. A
    /// commit has as many revisions as it was tried with, those that failed their gates among them.
    package static func lastWitnessed(
        of placement: Placement, commit: String, releases: [ReleaseDocument], facts: ServiceFacts
    ) -> String? {
        facts.revisions.first {
            $0.condition.state == .succeeded && $0.labels[ReleaseLabel.commit] == commit
                && RevisionEvidence.isWitnessed($0.name, of: placement, releases: releases)
        }?.name
    }
}
