import Releases

/// Cloud Run as its documents and its users describe it: writes answer with an operation that ends later, revisions
/// become ready or not, what is asked for and what is true differ in between, and reads may be old.
///
/// Unchecked for the scheduler's reason: one thread.
final class SimulatedCloudRun: @unchecked Sendable {
    struct Service {
        var now: ServiceObservation
        /// Newest first.
        var revisions: [RevisionObservation] = []
        var pending: [Pending] = []
        /// What it was, and until when; newest last.
        var past: [(until: Duration, observation: ServiceObservation)] = []
        /// The newest generation whose traffic has become true: an older one that ends later changes nothing any more.
        var routed: Int64 = 0
    }

    struct Pending {
        var completes: Duration
        var operation: OperationName
        var generation: Int64
        var revision: String?
        var traffic: [TrafficTarget]?
        var fails: Bool
    }

    let clock: VirtualClock
    private(set) var services: [String: Service] = [:]
    private var operations: [String: OperationEnd] = [:]
    private var forgotten: Set<String> = []
    private var numbers = 0
    /// Reads show what was before this moment's last half minute.
    var readsAreOldUntil = Duration.zero
    /// Told of every change of the real split and of every opening.
    var changed: (_ service: ServiceObservation) -> Void = { _ in }

    init(clock: VirtualClock) { self.clock = clock }

    func name(_ number: Int, of service: String) -> String {
        let digits = String(number)
        return service + "-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + "-sim"
    }

    // MARK: - Reading

    func observe(_ service: String, evenIfOld: Bool = true) -> ServiceObservation? {
        settle(service)
        guard let known = services[service] else { return nil }
        if evenIfOld, clock.now() < readsAreOldUntil,
            let old = known.past.last(where: { clock.now() - $0.until < .seconds(30) })
        {
            return old.observation
        }
        return known.now
    }

    func revisions(of service: String) -> [RevisionObservation] {
        settle(service)
        return services[service]?.revisions ?? []
    }

    /// Nil while it runs.
    func end(of name: OperationName) -> OperationEnd? {
        for service in services.keys.sorted() { settle(service) }
        return operations[name.value]
    }

    /// From here on nobody knows the operation, though what it does is done.
    func forget(_ operation: OperationName) {
        forgotten.insert(operation.value)
        operations[operation.value] = OperationEnd(.failed(code: 5, message: "operation not found"))
    }

    /// Which revision answers under a URL of this world; nil for nobody or more than one.
    func answering(_ url: String) -> String? {
        let host = url.dropFirst("http://".count)
        let parts = host.split(separator: "/")[0].components(separatedByTag: "---")
        guard let service = observe(parts.service, evenIfOld: false) else { return nil }
        if let tag = parts.tag { return service.trafficStatuses.first { $0.tag == tag }?.revision }
        let serving = service.trafficStatuses.filter { $0.percent > 0 }
        return serving.count == 1 ? serving.first?.revision : nil
    }

    /// What is the case, whatever reads and generations say.
    struct Truth: Hashable {
        var traffic: Set<TrafficShare>
        var annotations: [String: String]
        var isPublic: Bool
        var revisions: [String]
    }

    func truth() -> [String: Truth] {
        for service in services.keys.sorted() { settle(service) }
        return services.mapValues { service in
            Truth(
                traffic: Set(service.now.trafficStatuses), annotations: service.now.annotations,
                isPublic: service.now.isPublic, revisions: service.revisions.map(\.name))
        }
    }

    // MARK: - Writing

    func install(_ service: Service) { services[service.now.identity.place] = service }

    /// What becomes of the next write's operation.
    struct Fate {
        var fails = false
        var ends = true
        var revisionBecomesReady = true
    }

    func create(_ identity: ServiceIdentity, _ change: ServiceChange, fate: Fate, delay: Duration) throws
        -> OperationName
    {
        guard services[identity.place] == nil else { throw Failure(.conflict, "the service exists") }
        services[identity.place] = Service(
            now: ServiceObservation(
                identity: identity, url: "http://\(identity.place).test", generation: 0, observedGeneration: 0,
                condition: Condition(state: .reconciling)))
        return try apply(change, to: identity.place, fate: fate, delay: delay)
    }

    func update(_ service: String, _ change: ServiceChange, fate: Fate, delay: Duration) throws -> OperationName {
        settle(service)
        guard let now = services[service]?.now else { throw Failure(.conflict, "there is no such service") }
        guard change.template != nil || change.traffic != nil || change.annotations != nil else {
            throw Failure(.internalError, "a change that changes nothing")
        }
        if let generation = change.generation, generation != now.generation {
            throw Failure(.conflict, "generation \(now.generation), not \(generation)")
        }
        return try apply(change, to: service, fate: fate, delay: delay)
    }

    /// An operation that has ended well without anything having been asked for.
    func acceptNothing() -> OperationName {
        numbers += 1
        let operation = OperationName("operations/\(numbers)")
        operations[operation.value] = OperationEnd(.succeeded)
        return operation
    }

    private func apply(_ change: ServiceChange, to service: String, fate: Fate, delay: Duration) throws
        -> OperationName
    {
        guard var known = services[service] else { throw Failure(.conflict, "there is no such service") }
        if let traffic = change.traffic {
            guard traffic.reduce(0, { $0 + $1.percent }) == 100 else {
                throw Failure(.release, "traffic does not add up to 100 %")
            }
            let names = Set(known.revisions.map(\.name))
            if let missing = traffic.compactMap(\.revision).first(where: { !names.contains($0) }) {
                throw Failure(.release, "revision \(missing) does not exist")
            }
        }
        known.past.append((clock.now(), known.now))
        if known.past.count > 20 { known.past.removeFirst() }
        known.now.generation += 1
        known.now.reconciling = true
        if let traffic = change.traffic { known.now.traffic = traffic }
        if let annotations = change.annotations { known.now.annotations = annotations }
        numbers += 1
        let operation = OperationName("operations/\(numbers)")
        var revision: String?
        if let template = change.template {
            let name = name(known.revisions.count + 1, of: service)
            revision = name
            known.revisions.insert(
                RevisionObservation(
                    name: name, image: template.image, labels: template.labels,
                    condition: Condition(state: .reconciling)), at: 0)
            known.now.latestCreatedRevision = name
            known.now.templateLabels = template.labels
        }
        known.pending.append(
            Pending(
                completes: fate.ends ? clock.now() + delay : .seconds(1_000_000_000), operation: operation,
                generation: known.now.generation, revision: revision, traffic: change.traffic,
                fails: fate.fails || (revision != nil && !fate.revisionBecomesReady)))
        services[service] = known
        return operation
    }

    func setPublic(_ isPublic: Bool, of service: String) {
        settle(service)
        services[service]?.now.isPublic = isPublic
        if let now = services[service]?.now { changed(now) }
    }

    // MARK: - By hand

    func annotate(_ service: String, _ key: String, _ value: String) {
        settle(service)
        services[service]?.now.annotations[key] = value
        services[service]?.now.generation += 1
    }

    /// A revision of somebody's own, ready and with all traffic.
    func takeOver(_ service: String) {
        settle(service)
        guard var known = services[service] else { return }
        let name = "\(service)-by-hand"
        known.revisions.insert(
            RevisionObservation(name: name, image: "hand", condition: Condition(state: .succeeded)), at: 0)
        known.now.generation += 1
        known.now.traffic = [TrafficTarget(revision: name, percent: 100)]
        known.now.trafficStatuses = [TrafficShare(revision: name, percent: 100)]
        // Newer than whatever was still on its way.
        for index in known.pending.indices { known.pending[index].traffic = nil }
        services[service] = known
    }

    /// All traffic to the first of those that had some; nil where only one has.
    func resplit(_ service: String) -> String? {
        settle(service)
        guard var known = services[service], known.pending.isEmpty else { return nil }
        let serving = known.now.trafficStatuses.filter { $0.percent > 0 }
        guard serving.count > 1, let first = serving.first else { return nil }
        known.now.generation += 1
        let tags = known.now.trafficStatuses.filter { $0.percent == 0 }
        known.now.trafficStatuses = [TrafficShare(revision: first.revision, percent: 100)] + tags
        known.now.traffic = known.now.trafficStatuses.map {
            TrafficTarget(revision: $0.revision, percent: $0.percent, tag: $0.tag)
        }
        services[service] = known
        return first.revision
    }

    /// False where nothing serves yet.
    func addTag(_ tag: String, to service: String) -> Bool {
        settle(service)
        guard let known = services[service], let serving = known.now.servingRevision, known.pending.isEmpty else {
            return false
        }
        services[service]?.now.generation += 1
        services[service]?.now.traffic.append(TrafficTarget(revision: serving, percent: 0, tag: tag))
        services[service]?.now.trafficStatuses.append(
            TrafficShare(revision: serving, percent: 0, tag: tag, url: "http://\(tag)---\(service).test"))
        return true
    }

    // MARK: - Time

    /// Lets what is due become true.
    private func settle(_ service: String) {
        while let known = services[service],
            let index = known.pending.firstIndex(where: { $0.completes <= clock.now() })
        {
            complete(index, of: service)
        }
    }

    private func complete(_ index: Int, of service: String) {
        guard var known = services[service] else { return }
        let pending = known.pending.remove(at: index)
        known.past.append((clock.now(), known.now))
        if let revision = pending.revision, let position = known.revisions.firstIndex(where: { $0.name == revision }) {
            known.revisions[position].condition =
                pending.fails
                ? Condition(state: .failed, reason: "HEALTH_CHECK_CONTAINER_ERROR", message: "did not listen")
                : Condition(state: .succeeded)
            if !pending.fails {
                known.now.latestReadyRevision = revision
                if known.now.trafficStatuses.isEmpty, pending.traffic == nil {
                    known.now.trafficStatuses = [TrafficShare(revision: revision, percent: 100)]
                }
            }
        }
        if !pending.fails, let traffic = pending.traffic, pending.generation > known.routed {
            known.routed = pending.generation
            known.now.trafficStatuses = traffic.map { target in
                TrafficShare(
                    revision: target.revision ?? known.now.latestReadyRevision ?? "", percent: target.percent,
                    tag: target.tag, url: target.tag.map { "http://\($0)---\(service).test" })
            }
        }
        known.now.condition = Condition(state: pending.fails ? .failed : .succeeded)
        if known.pending.isEmpty {
            known.now.reconciling = false
            known.now.observedGeneration = known.now.generation
        }
        services[service] = known
        if !forgotten.contains(pending.operation.value) {
            operations[pending.operation.value] = OperationEnd(
                pending.fails ? .failed(code: 9, message: "the revision is not ready") : .succeeded,
                service: known.now)
        }
        changed(known.now)
    }
}

extension Substring {
    /// `tag---service.test` or `service.test`.
    fileprivate func components(separatedByTag separator: String) -> (tag: String?, service: String) {
        let host = dropLast(".test".count)
        guard let range = host.firstRange(of: separator) else { return (nil, String(host)) }
        return (String(host[..<range.lowerBound]), String(host[range.upperBound...]))
    }
}
