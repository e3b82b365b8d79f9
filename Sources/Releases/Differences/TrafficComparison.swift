/// Split and tags against what the last release left.
struct TrafficComparison {
    private let observation: ServiceObservation
    private let release: LastRelease?
    private let ready: Set<String>
    private let remedies: Remedies

    /// - Parameter ready: revisions that could take the traffic.
    init(_ observation: ServiceObservation, _ release: LastRelease?, ready: Set<String>, _ remedies: Remedies) {
        self.observation = observation
        self.release = release
        self.ready = ready
        self.remedies = remedies
    }

    var differences: [ServiceDifference] { requested + newest + split + tags }

    private var who: String? {
        guard let change = observation.lastChange, let by = change.by else { return nil }
        return "\(by), who changed the service last" + (change.at.map { " (\($0))" } ?? "")
    }

    /// A revision may be asked for by several lines, and by being the latest.
    private var requested: [ServiceDifference] {
        let asked = observation.asServed(observation.traffic)
        let names = Set(asked.filter { $0.percent > 0 && !$0.revision.isEmpty }.map(\.revision))
        return names.sorted().compactMap { revision in
            let percent = asked.filter { $0.revision == revision }.reduce(0) { $0 + $1.percent }
            let served = observation.share(of: revision)
            guard served != percent else { return nil }
            return ServiceDifference(
                "traffic.requested", live: .value("\(revision) \(percent) % asked for, \(served) % served"),
                origin: who, command: remedies.repair,
                text: "traffic asked for and traffic served differ (\(revision) \(percent) %)")
        }
    }

    private var newest: [ServiceDifference] {
        guard let created = observation.latestCreatedRevision, created != observation.servingRevision else { return [] }
        let isBad = observation.condition.state == .failed || created != observation.latestReadyRevision
        // A candidate that waits for its traffic still has its tag.
        let waits =
            !isBad
            && observation.trafficStatuses.contains { $0.revision == created && TrafficPlan.isCandidateTag($0.tag) }
        return [
            ServiceDifference(
                "template", released: release.map { .value($0.revision) } ?? .unknown, live: .value(created),
                command: waits ? remedies.promote : remedies.deploy,
                text: isBad
                    ? "the service's template is of `\(created)`, which is not what serves"
                    : "the newest revision `\(created)` does not serve")
        ]
    }

    private var split: [ServiceDifference] {
        guard let recorded = release?.revision, observation.share(of: recorded) != 100 else { return [] }
        let serves = recorded == observation.servingRevision
        return [
            ServiceDifference(
                "traffic", released: .value("\(recorded) 100 %"),
                live: .value(TrafficPlan.text(observation.trafficStatuses)), origin: who,
                command: ready.contains(recorded) ? remedies.giveAll(to: recorded) : nil,
                text: serves
                    ? "the last release left `\(recorded)` with all traffic, and it has "
                        + "\(observation.share(of: recorded)) %"
                    : "the last release left `\(recorded)` serving")
        ]
    }

    /// Candidates' own tags come and go with releases.
    private var tags: [ServiceDifference] {
        guard let result = release?.result else { return [] }
        let before = Self.tags(result.traffic.map { ($0.tag, $0.revision) })
        let now = Self.tags(observation.trafficStatuses.map { ($0.tag, $0.revision) })
        return Set(before.keys).union(now.keys).sorted().compactMap { tag in
            guard before[tag] != now[tag] else { return nil }
            let flags = before[tag].map { "--update-tags \(tag)=\($0)" } ?? "--remove-tags \(tag)"
            let text =
                switch (before[tag], now[tag]) {
                case (nil, let revision?): "tag `\(tag)` of `\(revision)` is not of the last release"
                case (let revision?, nil): "tag `\(tag)` of `\(revision)` is gone since the last release"
                case (let old, let new): "tag `\(tag)` is of `\(new ?? "")`, and was of `\(old ?? "")`"
                }
            return ServiceDifference(
                "tags.\(tag)", released: before[tag].map { .value($0) } ?? .absent,
                live: now[tag].map { .value($0) } ?? .absent, origin: who,
                command: remedies.gcloud("update-traffic", flags), text: text)
        }
    }

    private static func tags(_ lines: [(tag: String?, revision: String)]) -> [String: String] {
        lines.reduce(into: [:]) { tags, line in
            if let tag = line.tag, !TrafficPlan.isCandidateTag(tag) { tags[tag] = line.revision }
        }
    }
}
