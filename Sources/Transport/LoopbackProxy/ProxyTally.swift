import Synchronization

/// Whom a proxy's callers asked, and who answered.
package struct ProxyTraffic: Hashable, Sendable {
    package struct Host: Hashable, Sendable {
        package var connections = 0
        package var requests = 0
        package var answers = 0

        package init() {}
    }

    /// By `host:port`.
    package var hosts: [String: Host] = [:]
    /// Values of the header that says who answered, of the target's answers.
    package var revisions: [String: Int] = [:]
    /// When the target answered, in seconds since 1970.
    package var moments: [Double] = []

    package init() {}
}

/// Counts in memory that does not grow with what is counted.
final class ProxyTally: Sendable {
    private static let mostHosts = 1000
    private static let mostRevisions = 100
    private static let mostMoments = 100_000
    /// Of hosts beyond the first thousand.
    private static let others = "others:0"

    private let targets: Set<String>
    private let state = Mutex(ProxyTraffic())

    init(targets: Set<String>) {
        self.targets = targets
    }

    var traffic: ProxyTraffic { state.withLock { $0 } }

    func connected(to authority: String) { count(authority) { $0.connections += 1 } }

    func asked(_ authority: String) { count(authority) { $0.requests += 1 } }

    func answered(_ authority: String, revision: String?, at moment: Double) {
        count(authority) { $0.answers += 1 }
        guard targets.contains(authority) else { return }
        state.withLock { traffic in
            if traffic.moments.count < Self.mostMoments { traffic.moments.append(moment) }
            guard let revision else { return }
            let name = String(revision.prefix(256))
            if traffic.revisions[name] != nil || traffic.revisions.count < Self.mostRevisions {
                traffic.revisions[name, default: 0] += 1
            }
        }
    }

    private func count(_ authority: String, _ change: (inout ProxyTraffic.Host) -> Void) {
        state.withLock { traffic in
            let isKnown = traffic.hosts[authority] != nil || traffic.hosts.count < Self.mostHosts
            change(&traffic.hosts[isKnown ? authority : Self.others, default: ProxyTraffic.Host()])
        }
    }
}
