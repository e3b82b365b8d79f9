import Synchronization

/// Routes that reach the ingress late: on Cloud Run the data plane follows the control plane after seconds, so a tag's
/// URL may still lead to the old revision, or to none.
final class LaggingRoutes: RouteSink {
    private struct State {
        /// What the control plane said last.
        var wanted = Routes()
        /// What the ingress has.
        var shown = Routes()
        /// Services whose change is under way, by when it arrives.
        var late: [String: ContinuousClock.Instant] = [:]
    }

    private let sink: any RouteSink
    private let faults: Faults
    private let work: BackgroundWork
    private let state = Mutex(State())

    init(_ sink: any RouteSink, faults: Faults, work: BackgroundWork) {
        self.sink = sink
        self.faults = faults
        self.work = work
    }

    func publish(_ routes: Routes) async -> Set<Int> {
        let now = ContinuousClock.now
        let shown = state.withLock { state -> Routes in
            for service in routes.services.union(state.wanted.services)
            where !routes.isSame(as: state.wanted, for: service) {
                guard let lag = faults.decide(.routes(of: service))?.slowDataPlane, lag > .zero else {
                    continue
                }
                let arrival = now + lag
                state.late[service] = max(state.late[service] ?? arrival, arrival)
                work.add { [self] in
                    do { try await Task.sleep(for: lag) } catch { return }
                    await arrive(service)
                }
            }
            state.wanted = routes
            return Self.show(&state)
        }
        return await sink.publish(shown)
    }

    private func arrive(_ service: String) async {
        let shown = state.withLock { state -> Routes? in
            // A later change of the same service takes this one along.
            guard let arrival = state.late[service], arrival <= .now else { return nil }
            state.late[service] = nil
            return Self.show(&state)
        }
        if let shown { _ = await sink.publish(shown) }
    }

    private static func show(_ state: inout State) -> Routes {
        state.shown = state.wanted.keeping(Set(state.late.keys), from: state.shown)
        return state.shown
    }
}

extension Routes {
    /// Full resource names.
    var services: Set<String> { Set(hosts.values.map(\.service)).union(ports.values.map(\.service)) }

    func isSame(as other: Routes, for service: String) -> Bool {
        hosts.filter { $0.value.service == service } == other.hosts.filter { $0.value.service == service }
            && ports.filter { $0.value.service == service } == other.ports.filter { $0.value.service == service }
    }

    /// These routes, but those of `late` as they were in `old`. A port that is new listens already and leads nowhere,
    /// as a name that is new resolves and leads nowhere.
    func keeping(_ late: Set<String>, from old: Routes) -> Routes {
        guard !late.isEmpty else { return self }
        var result = self
        result.hosts = hosts.filter { !late.contains($0.value.service) }
        result.hosts.merge(old.hosts.filter { late.contains($0.value.service) }) { current, _ in current }
        for (port, route) in ports where late.contains(route.service) {
            var nowhere = route
            nowhere.targets = []
            result.ports[port] = old.ports[port].flatMap { $0.service == route.service ? $0 : nil } ?? nowhere
        }
        for (port, route) in old.ports where late.contains(route.service) && result.ports[port] == nil {
            result.ports[port] = route
        }
        return result
    }
}
