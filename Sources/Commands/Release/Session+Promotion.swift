import Configuration
import Releases
import Reporting

/// What another environment says of images that are to be promoted from it.
struct Promotions: Sendable {
    /// By service; where nothing can be named there is none.
    var origins: [String: PromotionOrigin] = [:]
    var findings: [PromotionFinding] = []
    var environment: String
    /// How many services were asked for.
    var count: Int

    /// Why none is promoted; nil when nothing speaks against it. What an override lets pass is said by whoever has one.
    func refusal(overridden reason: String?, tell: (String) -> Void) -> Failure? {
        guard let failure = findings.failure(from: environment, of: count) else { return nil }
        guard let reason, findings.allSatisfy(\.canBeOverridden) else { return failure }
        for finding in findings {
            tell(
                "  ! promotion, overridden (\(SafeText.line(reason))): `\(finding.service)`: "
                    + SafeText.line(finding.summary(from: environment)))
        }
        return nil
    }

    /// Without the images there is no plan to show either.
    var cannotBePlanned: Bool { !findings.allSatisfy(\.canBeOverridden) }
}

extension Session {
    /// Another environment of the same files: its platform and its state are opened when they are first asked, and only
    /// read.
    func beside(_ environment: String) -> Session {
        var global = global
        global.environment = environment
        return Session(global: global, console: console)
    }

    /// Looks what serves in the other environment and what its history says of that, all services at the same time.
    ///
    /// - Throws: ``Failure``: `usage` for an environment that is this one or that is not there.
    func promotions(
        of selected: [Placement], from name: String, setting variables: [String], at time: String
    ) async throws -> Promotions {
        guard name != environmentName else {
            throw Failure(
                .usage, "`--from \(SafeText.line(name))` is the environment that is deployed to",
                hint: "name the environment where it passed, or leave out --from")
        }
        let gate = try environment().gates.promotion ?? PromotionGate()
        let other = beside(name)
        let there = try other.environment()
        var result = Promotions(environment: name, count: selected.services.count)
        if let allowed = gate.environments, !allowed.contains(name) {
            result.findings = selected.services.map {
                PromotionFinding(ServiceKey($0.name), .notAllowed(from: allowed))
            }
            return result
        }
        var known: [(here: Placement, there: Service)] = []
        for service in selected.services {
            guard let own = there.service(service.name),
                let placement = selected.first(where: { $0.service == service })
            else {
                result.findings.append(
                    PromotionFinding(ServiceKey(service.name), .notThere(services: there.services.map(\.name))))
                continue
            }
            known.append((placement, own))
        }
        guard !known.isEmpty else { return result }
        let platform = try await other.platformAccess().platform
        // One folder is opened once: locks and journal of this release are in it too.
        let state = try other.statePlace() == statePlace() ? state() : other.state()
        let found = try await withThrowingTaskGroup(of: (String, PromotionEvidence).self) { group in
            for (placement, own) in known {
                group.addTask {
                    let places = try await there.placements(of: own).asyncMap { place in
                        let observation = try await platform.observe(place.identity)
                        return PromotionEvidence.Place(
                            placement: place, observation: observation,
                            revisions: observation == nil ? [] : try await platform.revisions(of: place.identity),
                            releases: try await state.releases(environment: name, service: own.name, limit: 200))
                    }
                    let service = placement.service
                    return (
                        service.name,
                        PromotionEvidence(
                            from: name, places: places,
                            target: .init(
                                container: service.container,
                                variables: Set(service.environment.map(\.name) + variables),
                                identity: placement.identity), gate: gate, at: time)
                    )
                }
            }
            return try await group.reduce(into: [String: PromotionEvidence]()) { $0[$1.0] = $1.1 }
        }
        for (placement, _) in known {
            guard let evidence = found[placement.service.name] else { continue }
            result.findings += evidence.findings
            result.origins[placement.service.name] = evidence.origin
            if let pinned = placement.service.pinnedImage, let origin = evidence.origin,
                pinned.split(separator: "@").last != origin.image.value.split(separator: "@").last
            {
                result.findings.append(
                    PromotionFinding(placement.key, .pinned(here: pinned, there: origin.image.value)))
            }
        }
        return result
    }

    /// The facts with how each promoted commit relates to the one that serves here, as far as this repository knows them.
    func relating(
        _ facts: [ServiceKey: ServiceFacts], of selected: [Placement], to promotions: Promotions,
        _ repository: (any SourceRepository)?
    ) async throws -> [ServiceKey: ServiceFacts] {
        guard let repository else { return facts }
        var facts = facts
        for placement in selected {
            guard let commit = promotions.origins[placement.service.name]?.commit, let known = facts[placement.key],
                let serving = known.revisions.first(where: { $0.name == known.observation?.servingRevision }),
                let before = serving.labels[ReleaseLabel.commit]
            else { continue }
            facts[placement.key]?.relation = try await repository.relation(of: commit, to: before)
        }
        return facts
    }
}

extension Sequence where Element: Sendable {
    fileprivate func asyncMap<Result: Sendable>(
        _ transform: (Element) async throws -> Result
    ) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
