package import Releases

/// What the releases of one day did to their services, one line for each.
struct BucketDeliveries: Codable, Sendable, Hashable {
    var lines: String

    /// The lines of a run, in place of those that it had.
    mutating func replace(_ run: String, with deliveries: [Delivery]) {
        let others = lines.split(separator: "\n").filter { !$0.hasPrefix(run + " ") }
        // By the moment at which they began: whoever reads them wants the oldest first.
        lines = (Delivery.all(lines: others.joined(separator: "\n")) + deliveries)
            .enumerated().sorted { ($0.element.started, $0.offset) < ($1.element.started, $1.offset) }
            .map(\.element.line).joined(separator: "\n")
    }
}

/// The figures of a team read one object for each day, not one for each release; a day that has passed is not read again.
extension BucketState: DeliveryRecords {
    package func deliveries(environment: String, since: String?) async throws -> [Delivery] {
        try await withState(of: environment) {
            let prefix = BucketNames.deliveries(environment)
            var entries: [BucketEntry] = []
            var first = since.map { BucketNames.deliveries(environment, started: $0) }
            while true {
                let page = try await self.list(prefix, from: first, limit: 1000)
                entries += page.filter { $0.name != entries.last?.name }
                guard page.count == 1000 else { break }
                first = page.last?.name
            }
            let days = try await self.lookAll(entries.map { ($0.name, $0.generation) }, BucketDeliveries.self)
            let earliest = since.flatMap(Delivery.moment) ?? .min
            return days.flatMap { Delivery.all(lines: $0.content.lines) }.filter { $0.started >= earliest }
        }
    }

    /// Keeps what a release did with its day.
    func keepDeliveries(of release: ReleaseDocument) async throws {
        let deliveries = Delivery.all(of: release)
        guard !deliveries.isEmpty else { return }
        let name = BucketNames.deliveries(release.environment, started: release.started)
        try await change(name, from: BucketDeliveries(lines: "")) { $0.replace(release.run, with: deliveries) }
    }

    /// Compare and swap, as often as somebody else was faster. What is as it should be is not written.
    func change<Content: Codable & Hashable & Sendable>(
        _ name: String, from empty: Content, _ change: (inout Content) -> Void
    ) async throws {
        var found = try await look(name, Content.self)
        while true {
            var content = found?.content ?? empty
            change(&content)
            guard content != found?.content else { return }
            switch try await put(content, to: name, ifGeneration: found?.generation ?? 0) {
            case .written: return
            case .lost(let other): found = other
            }
        }
    }
}
