import JSON

/// Which revisions a service's `traffic` means, as a pure value.
struct TrafficSplit: Hashable, Sendable {
    struct Share: Hashable, Sendable {
        var revision: String
        var percent: Int
        var tag: String?
        var isLatest: Bool
    }

    /// In the order of `traffic`.
    var shares: [Share]

    /// nil when a target means the latest ready revision and there is none.
    init?(traffic: JSONValue?, latestReady: String?) {
        shares = []
        for target in traffic?.array ?? [] {
            let pinned = target["revision"]?.string
            guard let revision = pinned ?? latestReady else { return nil }
            add(
                Share(
                    revision: revision, percent: Int(target["percent"]?.integer ?? 0), tag: target["tag"]?.string,
                    isLatest: pinned == nil))
        }
    }

    /// What means the same twice is one entry with both percentages, as Knative has it (`mergeIfNecessary` in
    /// pkg/reconciler/route/traffic/traffic.go), whose traffic Cloud Run's is.
    private mutating func add(_ share: Share) {
        let same = shares.firstIndex {
            $0.revision == share.revision && $0.tag == share.tag && $0.isLatest == share.isLatest
        }
        if let same { shares[same].percent += share.percent } else { shares.append(share) }
    }

    /// What is served now, from the statuses of a service.
    init(statuses: JSONValue?) {
        shares = (statuses?.array ?? []).compactMap { status in
            guard let revision = status["revision"]?.string else { return nil }
            return Share(
                revision: revision, percent: Int(status["percent"]?.integer ?? 0), tag: status["tag"]?.string,
                isLatest: status["type"]?.string == "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST")
        }
    }

    /// The revisions that need an instance: those with traffic or a tag.
    var revisions: Set<String> {
        Set(shares.filter { $0.percent > 0 || $0.tag != nil }.map(\.revision))
    }

    var tags: [String] { shares.compactMap(\.tag) }

    /// As `trafficStatuses`; `tagURL` gives a tag's address.
    func statuses(tagURL: (String) -> String) -> JSONValue {
        .array(
            shares.map { share in
                var members: [String: JSONValue] = [
                    "revision": .string(share.revision),
                    "type": share.isLatest
                        ? "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST" : "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
                ]
                if share.percent > 0 { members["percent"] = .integer(Int64(share.percent)) }
                if let tag = share.tag {
                    members["tag"] = .string(tag)
                    members["uri"] = .string(tagURL(tag))
                }
                return .object(members)
            })
    }
}
