import Configuration
import Releases

/// What the world of a history looks like before it begins, and what is released in it. Few shapes, so that plans can
/// be shared between histories.
package struct Shape: Hashable, Sendable {
    var services: Int
    /// Nothing of it was deployed before.
    var isFirst: Bool
    var isRollback: Bool
    var stepped: Bool
    /// Two revisions share the traffic of each service.
    var isSplit = false
    /// No service needs another, so all are released at once.
    var isIndependent = false
    /// Every service is in all of them.
    var regions = [Shape.onlyRegion]
    /// How a release goes through several regions; nil for all at once.
    var rollout: RegionRollout?
    /// Nil for what `stepped` says.
    var strategy: StrategySettings?
    var pauseAt: Int?
    /// Of every service.
    var migration: MigrationSettings?

    /// Two shares, so that what one analysis found out goes on in the next.
    static let canary = StrategySettings(
        kind: .canary, steps: [.init(percent: 10, pauseSeconds: 5), .init(percent: 50)], drainSeconds: 5)
    static let blueGreen = StrategySettings(kind: .blueGreen, keepSeconds: 12, drainSeconds: 5)

    static let onlyRegion = "r"
    static let twoRegions = ["r1", "r2"]
    static let inTurn = RegionRollout(order: .sequential, rollback: .unfinished)

    init(
        services: Int, isFirst: Bool = false, isRollback: Bool = false, regions: [String] = [onlyRegion],
        strategy: StrategySettings? = nil, pauseAt: Int? = nil, migration: MigrationSettings? = nil,
        rollout: RegionRollout? = nil
    ) {
        self.rollout = rollout
        self.migration = migration
        self.strategy = strategy
        self.pauseAt = pauseAt
        self.services = services
        self.regions = regions
        self.isFirst = isFirst
        self.isRollback = isRollback
        stepped = false
    }

    init(drawnFrom random: inout SeededRandom) {
        services = 1 + random.below(3)
        let kind = random.below(20)
        isFirst = kind < 3
        isRollback = kind >= 15
        stepped = random.chance(25)
        isSplit = !isFirst && random.chance(20)
        isIndependent = random.chance(30)
        switch random.below(10) {
        case 0..<2: strategy = Self.canary
        case 2: strategy = Self.blueGreen
        default: break
        }
        if !isRollback, random.chance(15) { pauseAt = random.chance(50) ? 50 : 30 }
    }

    private var names: [String] { Array(["auth", "backend", "frontend"].prefix(services)) }

    private var environment: Environment {
        var environment = Environment(
            name: SimulatedWorld.environment, platform: PlatformSettings(kind: .local), project: "p", regions: regions,
            services: configured)
        environment.regionRollout = rollout
        return environment
    }

    private var placements: [Placement] { environment.services.flatMap { environment.placements(of: $0) } }

    /// Each service in each region, by the world's names for them.
    var places: [String] { placements.map(\.key.description) }

    private var configured: [Service] {
        names.enumerated().map { index, name in
            var service = Service(
                name: name, source: SourceSettings(paths: ["src"]), environment: [], isPublic: true,
                identity: .header("x-revision"), dependsOn: index == 0 || isIndependent ? [] : [names[index - 1]],
                suites: ["\(name)-smoke"])
            if stepped { service.traffic = TrafficSettings(steps: [25, 100]) }
            service.strategy = strategy
            service.migration = migration
            return service
        }
    }

    /// Puts what was there before into the world: two revisions each, the newer one serving.
    func furnish(_ world: SimulatedWorld) {
        world.invariants.rollout = rollout
        if let migration {
            world.invariants.migrated = Set(names)
            if migration.isIrreversible { world.invariants.irreversible = Set(names) }
        }
        guard !isFirst else { return }
        for placement in placements {
            let name = placement.key.description
            let revisions = [2, 1].map { number in
                RevisionObservation(
                    name: world.cloud.name(number, of: name), image: "\(placement.name)@sha256:\(number)",
                    labels: [
                        ReleaseLabel.run: History.earlierRun, ReleaseLabel.fingerprint: "earlier-\(number)",
                        ReleaseLabel.commit: String(repeating: "a", count: 40),
                    ],
                    condition: Condition(state: .succeeded))
            }
            world.invariants.exempt.formUnion(revisions.map(\.name))
            world.invariants.open.insert(name)
            if let strategy, strategy.kind == .canary { world.invariants.compared[name] = strategy.steps.last?.percent }
            let serving = revisions[0].name
            let shares =
                isSplit
                ? [(serving, 90), (revisions[1].name, 10)] : [(serving, 100)]
            world.cloud.install(
                SimulatedCloudRun.Service(
                    now: ServiceObservation(
                        identity: placement.identity, url: "http://\(name).test", generation: 2, observedGeneration: 2,
                        latestReadyRevision: serving, latestCreatedRevision: serving,
                        traffic: shares.map { TrafficTarget(revision: $0.0, percent: $0.1) },
                        trafficStatuses: shares.map { TrafficShare(revision: $0.0, percent: $0.1) },
                        annotations: [
                            ReleaseAnnotation.run: History.earlierRun, ReleaseAnnotation.revision: serving,
                        ], isPublic: true, condition: Condition(state: .succeeded)),
                    revisions: revisions))
        }
    }

    /// The plan of a release of all services as the world is now.
    func plan(in world: SimulatedWorld, run: String, defects: Set<Defect>) -> DecodedPlan {
        plan(in: world, run: run, goesBack: isRollback && run == History.mainRun, defects: defects)
    }

    /// - Parameter goesBack: to the oldest revision of each service that is there.
    func plan(in world: SimulatedWorld, run: String, goesBack: Bool, defects: Set<Defect>) -> DecodedPlan {
        var facts: [ServiceKey: ServiceFacts] = [:]
        for placement in placements {
            let name = placement.key.description
            facts[placement.key] = ServiceFacts(
                observation: world.cloud.observe(name, evenIfOld: false), revisions: world.cloud.revisions(of: name),
                sourceDigest: "source-of-\(run)")
        }
        var options = ReleaseOptions()
        options.pauseAt = pauseAt
        var environment = environment
        if defects.contains(.takesFinishedBack) { environment.regionRollout?.rollback = .all }
        let request = PlanRequest(
            run: run, created: "", initiator: "somebody@somewhere",
            environment: environment, selection: placements.map(\.key),
            source: SourceSnapshot(
                commit: String(repeating: "b", count: 40), branch: "main", subject: "", changes: []), facts: facts,
            builder: "simulated", root: "/", options: options)
        var plan: Plan
        if goesBack {
            let targets = facts.compactMapValues { $0.observation == nil ? nil : $0.revisions.last?.name }
            plan = RollbackPlanner(digest: Self.digest).plan(request, targets: targets)
        } else if let made = try? DeployPlanner(digest: Self.digest).plan(request) {
            plan = made
        } else {
            fatalError("a plan that cannot be made is a mistake in this file")
        }
        plan.steps = defects.reduce(plan.steps) { $1.spoiling($0) }
        if defects.contains(.returnsPastMigration) {
            for index in plan.services.indices { plan.services[index].service.migration?.isIrreversible = false }
        }
        guard let decoded = try? DecodedPlan(decoding: plan.serialized()) else {
            fatalError("a plan that cannot be read is a mistake in this file")
        }
        return decoded
    }

    private static let digest: Digest = { text in
        var hash = FNV()
        hash.add(text)
        return String(repeating: String(hash.value, radix: 16), count: 4)
    }
}

/// Plans by the shape of their world: serialising and decoding one costs more than a history. Of one thread.
package final class PlanCache: @unchecked Sendable {
    private struct Key: Hashable {
        var shape: Shape
        var defects: Set<Defect>
    }

    private var plans: [Key: DecodedPlan] = [:]

    package init() {}

    func plan(_ shape: Shape, _ defects: Set<Defect>, _ make: () -> DecodedPlan) -> DecodedPlan {
        let key = Key(shape: shape, defects: defects)
        if let known = plans[key] { return known }
        let plan = make()
        plans[key] = plan
        return plan
    }
}

extension ServiceIdentity {
    /// By which the world knows it: as a plan's steps do.
    var place: String { region == Shape.onlyRegion ? name : ServiceKey(name, region: region).description }
}
