/// Keeping an eye on a service while its callers' answers are being judged.
extension StepHandler {
    private enum Watched<Value: Sendable>: Sendable {
        case value(Value)
        case lines([LogLine])
    }

    /// Looks at the service once a second while `work` is under way, so that whatever follows can write at once. A window
    /// that goes well is over before the first of these looks.
    ///
    /// - Parameter revision: whose last lines are kept too: they must not be fetched while callers wait for the way back.
    func watching<Value: Sendable>(
        _ service: PlannedService, linesOf revision: String? = nil, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> (value: Value, lines: [LogLine]) {
        try await withThrowingTaskGroup(of: Watched<Value>.self) { group in
            group.addTask { .value(try await work()) }
            group.addTask { [self] in .lines(await watch(service, linesOf: revision)) }
            var result: Value?
            var lines: [LogLine] = []
            while let next = try await group.next() {
                switch next {
                case .value(let value):
                    result = value
                    group.cancelAll()
                case .lines(let last): lines = last
                }
            }
            guard let result else { throw CancellationError() }
            return (result, lines)
        }
    }

    /// Until it is cancelled.
    private func watch(_ service: PlannedService, linesOf revision: String?) async -> [LogLine] {
        var lines: [LogLine] = []
        while (try? await roles.clock.sleep(for: .seconds(1))) != nil {
            // What cannot be seen now is asked for again by whoever needs it.
            _ = try? await observe(service, knownAccess: looks.access(of: service.identity))
            guard let revision, !Task.isCancelled else { continue }
            if let last = try? await roles.platform.logs(of: revision, service: service.identity, limit: 50) {
                lines = last
            }
        }
        return lines
    }
}
