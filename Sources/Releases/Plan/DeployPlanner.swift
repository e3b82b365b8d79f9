import Configuration

/// Turns what is wanted and what was seen into a plan. Pure: the same request gives the same plan.
package struct DeployPlanner: Sendable {
    private let digest: Digest

    package init(digest: @escaping Digest) {
        self.digest = digest
    }

    /// Throws `conflict` for an older commit over a newer one and `usage` for a tag that cannot be.
    package func plan(_ request: PlanRequest) throws(Failure) -> Plan {
        let ordered = DependencyOrder.sorted(request.environment.services)
            .flatMap { request.environment.placements(of: $0) }.filter { request.selection.contains($0.key) }
        var planned: [PlannedService] = []
        for placement in ordered {
            planned.append(try decide(placement, request))
        }
        let overrides = request.options.overrides
        return Plan(
            run: request.run, kind: .deploy, environment: request.environment.name, created: request.created,
            initiator: request.initiator, source: request.source, services: planned,
            steps: steps(planned, request), overrides: overrides, smokeSkipped: request.options.skipSmoke,
            keepsFinishedRegions: request.environment.keepsFinishedRegions, digest: digest)
    }

    // MARK: - One service

    private func decide(_ placement: Placement, _ request: PlanRequest) throws(Failure) -> PlannedService {
        let service = placement.service
        let facts = request.facts[placement.key] ?? ServiceFacts(observation: nil)
        let options = request.options
        let tag = options.tag ?? "c-" + String(request.run.suffix(6))
        // Cloud Run refuses more, and only after the build: "Combined traffic tag and service name cannot exceed 46".
        guard tag.count + service.name.count <= 46 else {
            throw Failure(
                .usage, "tag `\(tag)` and service `\(service.name)` are together longer than 46 characters",
                details: [.init("why", "Cloud Run makes both one host name")], hint: "choose a shorter one with --tag")
        }
        let promotion = options.promotions[service.name]
        let commit = promotion == nil ? request.source?.commit : promotion?.commit
        if facts.relation == .ancestor, !options.allowOlder {
            throw Failure(
                .conflict, "commit of `\(placement.key)` is older than the one that serves",
                details: [
                    .init("to deploy", commit ?? "unknown"),
                    .init("serving", servingCommit(facts) ?? "unknown"),
                ], hint: "pull first, use `stagectl rollback \(placement.key.arguments)`, or add --allow-older")
        }
        let environment = overriding(service.environment, with: options.setEnvironment)
        let image = promotion?.image ?? options.image ?? service.pinnedImage.map(ImageReference.init)
        let isLocal = request.environment.platform.kind == .local && request.environment.registry == nil
        let builder = isLocal ? facts.builder ?? request.builder : nil
        let fingerprint = fingerprint(
            of: service, environment: environment, facts: facts, image: image, builder: builder)
        let observation = facts.observation
        let serving = observation?.servingRevision
        let unverified = facts.isUnverified
        let equal = facts.equalRevision(at: placement, image: image, environment: environment) { image in
            self.fingerprint(of: service, environment: environment, facts: facts, image: image, builder: builder)
        }
        let decision =
            equal != nil ? .unchanged : decision(facts, fingerprint: fingerprint, unverified: unverified)
        let existing = existing(decision, facts)
        guard decision != .deploy || image != nil || service.source != nil else {
            throw Failure(
                .usage, "`\(service.name)` has no source to build an image from",
                hint: "give it a `source:` in environments/services.yaml, or deploy one: --image REFERENCE")
        }
        var labels = [
            ReleaseLabel.run: request.run,
            ReleaseLabel.fingerprint: fingerprint,
            ReleaseLabel.tree: request.source.map { $0.isDirty ? "dirty" : "clean" } ?? "none",
        ]
        labels[ReleaseLabel.commit] = commit
        // An image is what it was built from, whoever deploys it.
        if let promotion { labels[ReleaseLabel.tree] = promotion.tree ?? "none" }
        // A revision that exists was made from its own commit, whatever is checked out now.
        if let existing {
            labels[ReleaseLabel.commit] = existing.labels[ReleaseLabel.commit]
            labels[ReleaseLabel.tree] = existing.labels[ReleaseLabel.tree]
        }
        var planned = PlannedService(
            placement: placement, decision: decision,
            isFirst: unverified, exists: observation != nil, baseline: serving, generation: observation?.generation,
            wasPublic: observation?.isPublic,
            tag: tag, labels: labels, environment: environment, overrides: options.setEnvironment.map(\.name),
            image: image ?? existing.map { ImageReference($0.image) })
        planned.invokers = observation?.invokers
        if let equal, equal.labels[ReleaseLabel.fingerprint] == nil { planned.isForeign = true }
        planned.promotion = promotion
        if decision != .unchanged {
            planned.reasons =
                RevisionReasons(
                    placement: placement, facts: facts, environment: environment, overrides: planned.overrides,
                    image: image, promotion: promotion, isClean: request.source?.isDirty == false
                ).all
        }
        let material = material(
            of: service, environment: environment, facts: facts, image: image,
            builder: isLocal ? facts.builder ?? request.builder : nil)
        if decision == .deploy, material.awaitsOutputs { planned.awaitingOutputs = material }
        try choose(request, for: &planned)
        return planned
    }

    /// How its traffic moves, and whether what serves is asked on its own for that.
    private func choose(_ request: PlanRequest, for planned: inout PlannedService) throws(Failure) {
        if let kind = request.options.strategy {
            var strategy = planned.service.strategy ?? StrategySettings(kind: kind)
            strategy.kind = kind
            planned.service.strategy = strategy
        }
        // The local Cloud Run has nobody who counts real requests.
        if request.environment.platform.kind == .local { planned.service.strategy?.analysis.monitoring = nil }
        var candidate: String?
        if case .reuse(let revision) = planned.decision { candidate = revision }
        guard planned.decision != .unchanged, !planned.isFirst, !request.options.noTraffic,
            let kind = planned.service.strategy?.kind, kind != .allAtOnce, let baseline = planned.baseline,
            baseline != candidate
        else { return }
        let tag = "b-" + String(request.run.suffix(6))
        guard tag.count + planned.service.name.count <= 46 else {
            throw Failure(
                .usage, "service `\(planned.service.name)` has no room for the tag of a \(kind.rawValue) release",
                details: [.init("why", "Cloud Run makes tag and service one host name of at most 46 characters")],
                hint: "stagectl deploy \(planned.key.arguments) --strategy all-at-once")
        }
        planned.baselineTag = tag
    }

    private func existing(_ decision: PlannedService.Decision, _ facts: ServiceFacts) -> RevisionObservation? {
        switch decision {
        case .deploy: nil
        case .unchanged: facts.revisions.first { $0.name == facts.observation?.servingRevision }
        case .reuse(let revision): facts.revisions.first { $0.name == revision }
        }
    }

    private func decision(
        _ facts: ServiceFacts, fingerprint: String, unverified: Bool
    ) -> PlannedService.Decision {
        guard let observation = facts.observation else { return .deploy }
        let same = facts.revisions.filter {
            $0.labels[ReleaseLabel.fingerprint] == fingerprint && $0.condition.state == .succeeded
        }
        guard let newest = same.first else { return .deploy }
        if let serving = observation.servingRevision, let match = same.first(where: { $0.name == serving }) {
            if observation.share(of: match.name) == 100, !unverified { return .unchanged }
            return .reuse(revision: match.name)
        }
        return .reuse(revision: newest.name)
    }

    private func servingCommit(_ facts: ServiceFacts) -> String? {
        let serving = facts.observation?.servingRevision
        return facts.revisions.first { $0.name == serving }?.labels[ReleaseLabel.commit]
    }

    /// Digest of source and of every setting that becomes part of the revision. 40 digits fit a label.
    private func fingerprint(
        of service: Service, environment: [ConfiguredVariable], facts: ServiceFacts, image: ImageReference?,
        builder: String?
    ) -> String {
        material(of: service, environment: environment, facts: facts, image: image, builder: builder)
            .fingerprint(digest)
    }

    private func material(
        of service: Service, environment: [ConfiguredVariable], facts: ServiceFacts, image: ImageReference?,
        builder: String?
    ) -> FingerprintMaterial {
        FingerprintMaterial(
            source: image?.value ?? facts.sourceDigest ?? "", repository: service.image,
            container: service.container, environment: environment, builder: builder)
    }

    private func overriding(
        _ variables: [ConfiguredVariable], with overrides: [(name: String, value: String)]
    ) -> [ConfiguredVariable] {
        var result = variables
        for override in overrides {
            result.removeAll { $0.name == override.name }
            result.append(ConfiguredVariable(name: override.name, value: .literal(override.value)))
        }
        return result
    }

    // MARK: - Steps

    private func steps(_ planned: [PlannedService], _ request: PlanRequest) -> [Step] {
        let changed = planned.filter { $0.decision != .unchanged }
        var steps: [Step] = []
        if let approval = request.options.infrastructure {
            steps.append(
                Step(
                    InfrastructureStep.id, service: InfrastructureStep.key, action: .applyInfrastructure(approval),
                    needs: [], deadlineSeconds: InfrastructureStep.deadlineSeconds))
        }
        let infrastructure = steps.map(\.id)
        var locks: [String] = []
        // An image is named by its digest: one serves all regions.
        var built: Set<String> = []
        for service in changed where service.decision == .deploy && built.insert(service.identity.name).inserted {
            steps += imageSteps(service, request).map { step in
                var step = step
                if step.needs.isEmpty { step.needs = infrastructure }
                return step
            }
        }
        let images = steps.map(\.id)
        // Always in the same order, so that two releases of the same services never hold one lock each.
        for service in changed.sorted(by: { $0.key < $1.key }) {
            let id = "lock:\(service.key)"
            steps.append(
                Step(
                    id, service: service.key, action: .lock, needs: images + locks.suffix(1),
                    deadlineSeconds: ReleaseSteps.lockSeconds))
            locks.append(id)
        }
        let keys = Set(changed.map(\.key))
        let needs = Dictionary(
            changed.map { ($0.key, dependencies(of: $0, among: keys, request)) }, uniquingKeysWith: { $1 })
        if request.environment.regionRollout?.order == .sequential {
            return steps + inTurn(changed, needs: needs, after: locks.suffix(1), request)
        }
        for regions in changed.inTheirRegions {
            steps += ReleaseSteps.together(
                regions.enumerated().map { index, service in
                    let before = (needs[service.key] ?? []).map { lastStep(of: $0, request) }
                    return chain(service, needs: locks.suffix(1) + before, request, migrates: index == 0)
                })
        }
        return steps
    }

    private func chain(
        _ service: PlannedService, needs: [String], _ request: PlanRequest, migrates: Bool
    ) -> [Step] {
        ReleaseSteps.afterLock(
            service, needs: needs, priorities: request.environment.gates.smokePriorities,
            skipsSmoke: request.options.skipSmoke != nil, noTraffic: request.options.noTraffic,
            pauseAt: request.options.pauseAt, migrates: migrates, hooks: request.environment.hooks(of: service.service))
    }

    /// One region after the other: nothing of a region begins before the ones before it are finished.
    private func inTurn(
        _ changed: [PlannedService], needs: [ServiceKey: [ServiceKey]], after locks: ArraySlice<String>,
        _ request: PlanRequest
    ) -> [Step] {
        let regions = request.environment.regions.map { region in
            changed.filter { $0.identity.region == region }.map(\.key)
        }
        let sequence = RegionSequence(regions, needs: needs)
        let byKey = Dictionary(changed.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        var chains: [ServiceKey: [Step]] = [:]
        // One database, whichever region is first.
        var migrated: Set<String> = []
        for key in sequence.order {
            guard let service = byKey[key] else { continue }
            let before = (sequence.before[key] ?? []).compactMap { other in
                // A need is met once it serves; a region is finished with its last step.
                sequence.finished[key]?.contains(other) == true
                    ? chains[other]?.last?.id : lastStep(of: other, request)
            }
            chains[key] = chain(
                service, needs: locks + before, request, migrates: migrated.insert(service.identity.name).inserted)
        }
        return sequence.order.flatMap { chains[$0] ?? [] }
    }

    /// Whatever is released now and that the service needs, also through services that are not: in its own region, or
    /// in all others where what it needs is not in this one.
    private func dependencies(
        of planned: PlannedService, among released: Set<ServiceKey>, _ request: PlanRequest
    ) -> [ServiceKey] {
        let environment = request.environment
        var found: [ServiceKey] = []
        var seen: Set<String> = []
        var open = planned.service.dependsOn
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            let regions = environment.service(name).map { environment.regions(of: $0) } ?? []
            let own = regions.filter { $0 == planned.identity.region }
            let needed = (own.isEmpty ? regions : own).map { environment.key(of: name, in: $0) }
                .filter(released.contains)
            if !needed.isEmpty {
                found += needed
            } else {
                open += request.environment.service(name)?.dependsOn ?? []
            }
        }
        return found.sorted()
    }

    private func lastStep(of service: ServiceKey, _ request: PlanRequest) -> String {
        request.options.noTraffic ? "tag:\(service)" : "assert:\(service)"
    }
}
