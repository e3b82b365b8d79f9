import Configuration
import Releases
import Synchronization

/// A project in which everything is as it should be, but for what a test says.
final class FakeInspection: CloudInspection {
    struct World: Sendable {
        var lacking: [GoogleResource: Set<String>] = [:]
        var disabledAPIs: Set<String> = []
        var number: Inspected<String> = .found("42")
        var accounts: [String: Inspected<Bool>] = [:]
        var secrets: [String: Inspected<String>] = [:]
        var policies: [GoogleResource: Inspected<[PolicyBinding]>] = [:]
        var format: Inspected<String> = .found("DOCKER")
        var networks: [NetworkUse: Inspected<NetworkFacts>] = [:]
        var databases: [String: Inspected<DatabaseUse.Facts>] = [:]
        var limits: [String: Inspected<[QuotaLimit]>] = [:]
        /// Every look ends like this.
        var obstacle: Obstacle?
    }

    private let world: World
    private let record = Mutex<[String]>([])

    init(_ world: World = World()) {
        self.world = world
    }

    /// Every question, sorted.
    var asked: [String] { record.withLock { $0.sorted() } }

    private func answer<Value>(_ question: String, _ value: Inspected<Value>) -> Inspected<Value> {
        record.withLock { $0.append(question) }
        return world.obstacle.map { .undetermined($0) } ?? value
    }

    func granted(_ permissions: [String], on resource: GoogleResource) async -> Inspected<Set<String>> {
        answer(
            "granted \(resource.label)", .found(Set(permissions).subtracting(world.lacking[resource] ?? [])))
    }

    func enabled(_ apis: [String], in project: String) async -> Inspected<Set<String>> {
        answer("enabled", .found(Set(apis).subtracting(world.disabledAPIs)))
    }

    func projectNumber(of project: String) async -> Inspected<String> { answer("number", world.number) }

    func isEnabled(account email: String) async -> Inspected<Bool> {
        answer("account \(email)", world.accounts[email] ?? .found(true))
    }

    func state(ofSecret name: String, version: String, project: String) async -> Inspected<String> {
        answer("secret \(name)/\(version)", world.secrets["\(name)/\(version)"] ?? .found("ENABLED"))
    }

    func policy(of resource: GoogleResource) async -> Inspected<[PolicyBinding]> {
        answer("policy \(resource.label)", world.policies[resource] ?? .found([]))
    }

    func format(of repository: ArtifactRepository) async -> Inspected<String> { answer("format", world.format) }

    func network(_ use: NetworkUse) async -> Inspected<NetworkFacts> {
        answer("network \(use.question)", world.networks[use] ?? .found(NetworkFacts(state: "READY")))
    }

    func database(_ instance: DatabaseInstance) async -> Inspected<DatabaseUse.Facts> {
        let name = instance.connectionName
        return answer("database \(name)", world.databases[name] ?? .found(DatabaseUse.Facts(state: "RUNNABLE")))
    }

    func limits(of metric: String, in project: String) async -> Inspected<[QuotaLimit]> {
        answer("limits \(metric)", world.limits[metric] ?? .found([QuotaLimit(region: nil, value: -1)]))
    }
}

struct FakeImages: ImageInspection {
    var answer: Inspected<Failure?>

    func refusal(of image: ImageReference) async -> Inspected<Failure?> { answer }
}

extension NetworkUse {
    fileprivate var question: String {
        switch self {
        case .connector(_, let region, let name): "connector \(region)/\(name)"
        case .network(_, let name): "network \(name)"
        case .subnetwork(_, let region, let name, _): "subnetwork \(region)/\(name)"
        }
    }
}
