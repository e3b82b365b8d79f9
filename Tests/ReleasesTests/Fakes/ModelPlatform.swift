import Configuration
import Releases
import Synchronization

/// A Cloud Run of values: services, revisions and splits in memory, ready at once unless told otherwise.
actor ModelPlatform: Platform, RevisionRemoval {
    private let power: Power
    private(set) var services: [String: ServiceObservation] = [:]
    private(set) var revisionsByService: [String: [RevisionObservation]] = [:]
    private(set) var writes: [String] = []
    /// How often a service was looked at.
    private(set) var reads = 0
    /// How often it was asked who may call a service.
    private(set) var policyReads = 0
    /// Images whose revisions never become ready.
    var brokenImages: Set<String> = []
    /// Somebody else writes to the service right after the next write to it.
    private let raced = Mutex<Set<String>>([])
    private var operations: [String: OperationOutcome] = [:]

    init(power: Power) { self.power = power }

    func breakImage(_ image: String) { brokenImages.insert(image) }

    func observe(_ service: ServiceIdentity, knownAccess: Bool?) async throws -> ServiceObservation? {
        reads += 1
        var now = services[service.place]
        if let knownAccess { now?.isPublic = knownAccess } else { policyReads += 1 }
        return now
    }

    func revisions(of service: ServiceIdentity) async throws -> [RevisionObservation] {
        revisionsByService[service.place] ?? []
    }

    func revision(_ name: String, of service: ServiceIdentity) async throws -> RevisionObservation? {
        revisionsByService[service.place]?.first { $0.name == name }
    }

    func create(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName {
        guard power.isOn else { throw MemoryState.Killed() }
        guard services[service.place] == nil else { throw Failure(.conflict, "exists") }
        services[service.place] = ServiceObservation(
            identity: service, url: "http://\(service.place).test", generation: 0, observedGeneration: 0,
            condition: Condition(state: .succeeded))
        return try await apply(change, to: service, verb: "create")
    }

    func update(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName {
        guard power.isOn else { throw MemoryState.Killed() }
        guard let now = services[service.place] else { throw Failure(.conflict, "missing") }
        guard change.template != nil || change.traffic != nil || change.annotations != nil else {
            throw Failure(.internalError, "a change that changes nothing")
        }
        if let generation = change.generation, generation != now.generation {
            throw Failure(.conflict, "generation \(now.generation), not \(generation)")
        }
        return try await apply(change, to: service, verb: "update")
    }

    private func apply(_ change: ServiceChange, to service: ServiceIdentity, verb: String) async throws -> OperationName
    {
        guard var now = services[service.place] else { throw Failure(.conflict, "missing") }
        now.generation += 1
        now.observedGeneration = now.generation
        let operation = OperationName("operations/\(service.place)-\(now.generation)")
        writes.append("\(verb) \(service.place)")
        operations[operation.value] = .succeeded
        if let template = change.template {
            now.templateLabels = template.labels
            let name = "\(service.place)-0000\(now.generation)-abc"
            let broken = brokenImages.contains(template.image)
            let condition =
                broken
                ? Condition(state: .failed, reason: "HEALTH_CHECK_CONTAINER_ERROR", message: "did not listen")
                : Condition(state: .succeeded)
            revisionsByService[service.place, default: []].insert(
                RevisionObservation(name: name, image: template.image, labels: template.labels, condition: condition),
                at: 0)
            now.latestCreatedRevision = name
            if broken {
                now.condition = condition
                operations[operation.value] = .failed(code: 9, message: "Revision '\(name)' is not ready")
            } else {
                now.condition = Condition(state: .succeeded)
                now.latestReadyRevision = name
                if change.traffic == nil, now.trafficStatuses.isEmpty {
                    now.trafficStatuses = [TrafficShare(revision: name, percent: 100)]
                }
            }
        }
        if let traffic = change.traffic {
            guard traffic.reduce(0, { $0 + $1.percent }) == 100 else { throw Failure(.release, "not 100 %") }
            let tags = traffic.compactMap(\.tag)
            guard Set(tags).count == tags.count else { throw Failure(.release, "duplicate tag") }
            now.traffic = traffic
            now.trafficStatuses = traffic.map {
                TrafficShare(
                    revision: $0.revision ?? now.latestReadyRevision ?? "", percent: $0.percent, tag: $0.tag,
                    url: $0.tag.map { "http://\($0)---\(service.place).test" })
            }
        }
        if let annotations = change.annotations { now.annotations = annotations }
        if raced.withLock({ $0.remove(service.place) }) != nil { now.generation += 1 }
        services[service.place] = now
        return operation
    }

    func wait(for operation: OperationName, within deadline: Duration) async throws -> OperationEnd {
        let service = operation.value.split(separator: "/").last?.split(separator: "-").dropLast().joined(
            separator: "-")
        var now = service.flatMap { services[$0] }
        now?.isPublic = false
        return OperationEnd(
            operations[operation.value] ?? .failed(code: 5, message: "no such operation"), service: now)
    }

    func setPublic(_ isPublic: Bool, of service: ServiceIdentity) async throws {
        guard power.isOn else { throw MemoryState.Killed() }
        services[service.place]?.isPublic = isPublic
        writes.append("\(isPublic ? "open" : "close") \(service.place)")
    }

    func logs(of revision: String, service: ServiceIdentity, limit: Int) async throws -> [LogLine] {
        [LogLine(time: "2026-01-01T00:00:00Z", severity: "ERROR", text: "waiting for db")]
    }

    func identityToken(audience: String) async throws -> String { "token-for-\(audience)" }

    /// All traffic to one revision, by a process that could write nothing down.
    func sendBack(_ name: String, to revision: String) {
        services[name]?.generation += 1
        services[name]?.traffic = [TrafficTarget(revision: revision, percent: 100)]
        services[name]?.trafficStatuses = [TrafficShare(revision: revision, percent: 100)]
    }

    nonisolated func race(_ name: String) { raced.withLock { _ = $0.insert(name) } }

    func delete(revision: String, of service: ServiceIdentity) async throws -> OperationName? {
        guard power.isOn else { throw MemoryState.Killed() }
        guard let now = services[service.place], let known = revisionsByService[service.place],
            known.contains(where: { $0.name == revision })
        else { return nil }
        guard !now.needs(revision) else { throw Failure(.release, "it has traffic or a tag") }
        revisionsByService[service.place] = known.filter { $0.name != revision }
        let operation = OperationName("operations/\(service.place)-\(revision)")
        operations[operation.value] = .succeeded
        writes.append("delete \(revision)")
        return operation
    }

    func imageUses(project: String, region: String) async throws -> [ImageUse] {
        services.values.flatMap { service in
            (revisionsByService[service.identity.place] ?? []).flatMap { ImageUse.of($0, of: service.identity) }
        }
    }

    /// Somebody else's hand.
    func close(_ name: String) { services[name]?.isPublic = false }

    /// Somebody else's hand.
    func changeGeneration(of name: String) { services[name]?.generation += 1 }
}

extension ServiceIdentity {
    /// By which the model knows it: as a plan's steps do.
    var place: String { region == "r" ? name : ServiceKey(name, region: region).description }
}
