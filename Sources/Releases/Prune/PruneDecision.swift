import Configuration

/// What may go of one service in one region, and what stays. Pure: from what was seen, whatever the policy says.
package struct PruneDecision: Hashable, Sendable {
    package var key: ServiceKey
    package var identity: ServiceIdentity
    /// Newest first, every one that is there.
    package private(set) var revisions: [RevisionFate] = []
    /// stagectl's own, that nothing needs any more.
    package private(set) var tags: [TrafficShare] = []

    package var deleted: [RevisionFate] { revisions.filter(\.isDeleted) }

    package var changes: Bool { !tags.isEmpty || !deleted.isEmpty }

    /// - Parameter now: seconds since 1970.
    package init(_ facts: PruneFacts, now: Double) {
        key = facts.placement.key
        identity = facts.placement.identity
        let needs = Needs(facts)
        let old = Set(facts.revisions.filter { facts.isOld($0, now: now) }.map(\.name))
        let needless = facts.observation.trafficStatuses.filter { share in
            TrafficPlan.isCandidateTag(share.tag) && share.percent == 0 && facts.policy.tags == .stale
                && old.contains(share.revision) && !needs.uses(share)
        }
        // Of two lines with one tag, one that cannot go keeps the other.
        let staying = Set(facts.observation.trafficStatuses.filter { !needless.contains($0) }.compactMap(\.tag))
        tags = needless.filter { $0.tag.map { !staying.contains($0) } ?? false }
        let going = Set(tags.compactMap(\.tag))
        let sorted = facts.revisions.enumerated().sorted {
            ($0.element.created, $1.offset) > ($1.element.created, $0.offset)
        }.map(\.element)
        revisions = sorted.enumerated().map { index, revision in
            RevisionFate(
                revision,
                needs.reason(for: revision.name, besides: going)
                    ?? (index < facts.policy.keepRevisions ? .newest(facts.policy.keepRevisions) : nil)
                    ?? (old.contains(revision.name) ? .notNeeded : .young(facts.policy.olderThanSeconds)))
        }
    }

    /// Why a revision must stay, whatever the policy says.
    private struct Needs {
        private var serving: Set<String> = []
        private var wanted: Set<String> = []
        private var tags: [String: [String]] = [:]
        private var latest: [String: RevisionFate.Latest] = [:]
        private var targets: Set<String> = []
        private var waiting: [String: String] = [:]
        private var unfinished: [UnfinishedWork]

        init(_ facts: PruneFacts) {
            let observation = facts.observation
            unfinished = facts.unfinished
            for share in observation.trafficStatuses {
                if share.percent > 0 { serving.insert(share.revision) }
                // Also a line of 0 %: Cloud Run deletes nothing that its split names.
                if let tag = share.tag {
                    tags[share.revision, default: []].append(tag)
                } else {
                    wanted.insert(share.revision)
                }
            }
            for target in observation.traffic {
                guard let revision = target.revision ?? observation.latestReadyRevision else { continue }
                if target.percent > 0 || target.tag == nil { wanted.insert(revision) }
                if let tag = target.tag { tags[revision, default: []].append(tag) }
            }
            if let made = observation.latestCreatedRevision { latest[made] = .made }
            if let ready = observation.latestReadyRevision { latest[ready] = latest[ready] == nil ? .ready : .both }
            let witnessed = RollbackPlanner.witnessed(
                of: facts.placement, releases: facts.releases,
                facts: ServiceFacts(observation: observation, revisions: facts.revisions))
            // The next rollback takes the first of these that no rollback has left; one that was left may be named.
            for list in [witnessed.filter { !$0.wasLeft }, witnessed] {
                targets.formUnion(list.prefix(max(1, facts.policy.rollbackTargets)).map(\.revision))
            }
            waiting = Self.waiting(facts)
        }

        func reason(for revision: String, besides going: Set<String>) -> RevisionFate.Reason? {
            if serving.contains(revision) { return .serves }
            if wanted.contains(revision) { return .isWanted }
            if let tag = tags[revision]?.first(where: { !going.contains($0) }) { return .tagged(tag) }
            if let latest = latest[revision] { return .isLatest(latest) }
            if let work = unfinished.first(where: { $0.revisions.contains(revision) }) {
                return .unfinished(run: work.run)
            }
            if let run = waiting[revision] { return .waits(run: run) }
            return targets.contains(revision) ? .rollbackTarget : nil
        }

        func uses(_ share: TrafficShare) -> Bool {
            serving.contains(share.revision) || wanted.contains(share.revision) || waiting[share.revision] != nil
                || unfinished.contains { work in
                    work.revisions.contains(share.revision) || share.tag.map { work.tags.contains($0) } ?? false
                }
        }

        /// Candidates of `--no-traffic` that nothing has overtaken, with the run that verified each.
        private static func waiting(_ facts: PruneFacts) -> [String: String] {
            var waiting: [String: String] = [:]
            for release in facts.releases {
                guard let result = release.services.first(where: { $0.isOf(facts.placement) }) else { continue }
                if release.outcome == .held, let candidate = result.candidate { waiting[candidate] = release.run }
                if result.outcome == .promoted || (release.kind == .rollback && result.outcome == .rolledBack) { break }
            }
            return waiting
        }
    }
}

extension PruneFacts {
    /// One whose age nobody knows is young.
    fileprivate func isOld(_ revision: RevisionObservation, now: Double) -> Bool {
        revision.created > 0 && now - revision.created >= Double(policy.olderThanSeconds)
    }
}

extension ServiceObservation {
    /// Whether deleting the revision could be noticed by anybody, as it stands now.
    package func needs(_ revision: String) -> Bool {
        trafficStatuses.contains { $0.revision == revision }
            || traffic.contains { ($0.revision ?? latestReadyRevision) == revision }
            || latestCreatedRevision == revision || latestReadyRevision == revision
    }
}
