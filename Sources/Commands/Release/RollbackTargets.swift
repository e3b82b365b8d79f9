import Releases

/// The revision that each service goes back to: known for all of them, or said for all that have none.
struct RollbackTargets {
    private var found: [(service: ServiceKey, revision: String)] = []
    private var missing: [(service: ServiceKey, failure: Failure)] = []

    mutating func add(_ service: ServiceKey, _ target: Result<String, Failure>) {
        switch target {
        case .success(let revision): found.append((service, revision))
        case .failure(let failure): missing.append((service, failure))
        }
    }

    /// By service. Throws when one is missing: a way back that leaves some services where they are was not asked for.
    /// - Parameter to: what `--to` named.
    func complete(to: String?) throws(Failure) -> [ServiceKey: String] {
        guard let first = missing.first else { return Dictionary(found, uniquingKeysWith: { $1 }) }
        let count = found.count + missing.count
        guard count > 1 else { throw first.failure }
        let isTyping = missing.allSatisfy { $0.failure.category == .usage }
        let possible = possible
        let goal = to.map { " --to \($0)" } ?? ""
        throw Failure(
            isTyping ? .usage : .conflict,
            "\(missing.count) of \(count) services cannot be rolled back, so none was",
            details: missing.map { .init($0.service.description, $0.failure.summary) },
            hint: found.isEmpty
                ? "stagectl history, then: stagectl rollback \(first.service.arguments) --to REVISION"
                : "stagectl rollback \(possible)\(goal)")
    }

    /// What could go back, as it would be typed: services that can everywhere, else one in one region.
    private var possible: String {
        let stuck = Set(missing.map(\.service.service))
        var named: Set<String> = []
        let whole = found.map(\.service).filter { !stuck.contains($0.service) }
        guard whole.isEmpty, let one = found.first?.service else {
            return whole.map(\.service).filter { named.insert($0).inserted }.joined(separator: " ")
        }
        return one.arguments
    }
}
