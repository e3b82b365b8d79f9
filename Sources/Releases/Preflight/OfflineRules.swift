/// What can be refused without asking anybody, for all services at once.
package enum OfflineRules {
    /// Throws what planning would throw; where several services are refused, all of it as one failure.
    package static func check(_ request: PlanRequest, digest: @escaping Digest) throws(Failure) {
        let planner = DeployPlanner(digest: digest)
        var failures: [Failure] = []
        for name in request.selection {
            var alone = request
            alone.selection = [name]
            do {
                _ = try planner.plan(alone)
            } catch {
                failures.append(error)
            }
        }
        guard let first = failures.first else { return }
        guard failures.count > 1 else { throw first }
        let worst = failures.dropFirst().reduce(first) { $0.worse($1) }
        throw Failure(
            worst.category, "\(failures.count) services cannot be released like this",
            details: failures.map { .init("refused", $0.summary + ($0.hint.map { ": " + $0 } ?? "")) },
            hint: worst.hint)
    }
}
