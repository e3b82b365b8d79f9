import Releases

/// The revision that each service goes back to: known for all of them, or said for all that have none.
struct RollbackTargets {
    private var found: [(service: String, revision: String)] = []
    private var missing: [(service: String, failure: Failure)] = []

    mutating func add(_ service: String, _ target: Result<String, Failure>) {
        switch target {
        case .success(let revision): found.append((service, revision))
        case .failure(let failure): missing.append((service, failure))
        }
    }

    /// By service. Throws when one is missing: a way back that leaves some services where they are was not asked for.
    /// - Parameter to: what `--to` named.
    func complete(to: String?) throws(Failure) -> [String: String] {
        guard let first = missing.first else { return Dictionary(found, uniquingKeysWith: { $1 }) }
        let count = found.count + missing.count
        guard count > 1 else { throw first.failure }
        let isTyping = missing.allSatisfy { $0.failure.category == .usage }
        let goal = to.map { " --to \($0)" } ?? ""
        throw Failure(
            isTyping ? .usage : .conflict,
            "\(missing.count) of \(count) services cannot be rolled back, so none was",
            details: missing.map { .init($0.service, $0.failure.summary) },
            hint: found.isEmpty
                ? "stagectl history, then: stagectl rollback \(first.service) --to REVISION"
                : "stagectl rollback \(found.map(\.service).joined(separator: " "))\(goal)")
    }
}
