import Verification

/// What every failure is held against, made ready once: the work for many failures grows with them, and not with them
/// times the routes and log lines that there are.
struct FactIndex: Sendable {
    private let answered: [String: RouteShapes]
    private let documented: [String: RouteShapes]
    private let logs: [String: [SeenText]]
    private let blocked: [String: [Int]]
    private let idle: [IdleCheck]

    init(_ facts: CauseFacts) {
        answered = facts.answeredRoutes.mapValues(RouteShapes.init)
        documented = facts.documentedRoutes.mapValues(RouteShapes.init)
        logs = Dictionary(
            facts.services.map { ($0.service, $0.logLines.reversed().map { SeenText($0, .log) }) },
            uniquingKeysWith: { one, _ in one })
        idle = facts.idle
        var waiting: [String: [Int]] = [:]
        for (place, check) in facts.idle.enumerated() where check.status == .blocked {
            for name in Set(check.needs) { waiting["\(check.suite)/\(name)", default: []].append(place) }
        }
        blocked = waiting
    }

    /// - Parameter path: without a method.
    func answers(_ path: String, _ service: String) -> Bool { answered[service]?.matches(path) ?? false }

    /// Nil where the service documents nothing.
    func documents(_ path: String, _ service: String) -> Bool? { documented[service]?.matches(path) }

    /// What the whole service logged, the latest first.
    func logs(of service: String) -> [SeenText] { logs[service] ?? [] }

    /// Checks that did not run for lack of one of these, in the order in which they came.
    func blocked(by names: some Sequence<String>) -> [IdleCheck] {
        Set(names.flatMap { blocked[$0] ?? [] }).sorted().map { idle[$0] }
    }
}

/// Routes by their shapes, each once.
struct RouteShapes: Sendable {
    private var exact: Set<String> = []
    /// Parts of each shape, by how many there are.
    private var parts: [Int: [[Substring]]] = [:]
    private var withNames: [Int: [[Substring]]] = [:]

    /// - Parameter routes: with or without a method.
    init(_ routes: [String]) {
        for route in routes {
            let shape = RouteShape.of(route.split(separator: " ").last.map(String.init) ?? route)
            let split = shape.split(separator: "/")
            guard exact.insert(split.joined(separator: "/")).inserted else { continue }
            parts[split.count, default: []].append(split)
            if split.contains("*") { withNames[split.count, default: []].append(split) }
        }
    }

    /// Whether a route is one of them, with places for names on either side.
    func matches(_ path: String) -> Bool {
        let split = RouteShape.of(path).split(separator: "/")
        if exact.contains(split.joined(separator: "/")) { return true }
        let candidates = (split.contains("*") ? parts : withNames)[split.count] ?? []
        return candidates.contains { other in zip(split, other).allSatisfy { $0 == $1 || $0 == "*" || $1 == "*" } }
    }
}
