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
}

struct FakeImages: ImageInspection {
    var answer: Inspected<Failure?>

    func refusal(of image: ImageReference) async -> Inspected<Failure?> { answer }
}
