import Configuration

/// What differs of one service in one region between two releases.
package struct ReleasedServiceDifference: Hashable, Sendable {
    package struct Setting: Hashable, Sendable {
        /// In the configuration's words.
        package var field: String
        package var earlier: ServiceDifference.Side
        package var later: ServiceDifference.Side
    }

    package var service: String
    package var region: String
    /// Nil where the release was not about this service.
    package var earlier: ServiceResult?
    package var later: ServiceResult?
    /// Nil where one of the two is not known.
    package var settings: [Setting]?
    /// Filled in by whoever has the repository; nil where one of the two names no commit.
    package var commits: CommitRange?

    init(
        _ key: ServiceKey, earlier: ServiceResult?, later: ServiceResult?, settings before: PlannedService?,
        later after: PlannedService?
    ) {
        service = key.service
        region = key.region ?? ""
        self.earlier = earlier
        self.later = later
        settings = before.flatMap { old in after.map { Self.settings(old, $0) } }
        if let old = earlier?.commit, let new = later?.commit { commits = CommitRange(from: old, to: new) }
    }

    var isEmpty: Bool {
        guard let earlier, let later else { return false }
        return commits.map { $0.from == $0.to } ?? (earlier.commit == later.commit)
            && digest(earlier.image) == digest(later.image) && (settings ?? []).isEmpty
            && earlier.outcome == later.outcome && shares(earlier) == shares(later)
    }

    private func digest(_ image: String?) -> String? {
        image.map { RevisionComparison.digest(of: ImageReference($0)) ?? $0 }
    }

    /// By revision: a candidate's tag is another one each time.
    private func shares(_ result: ServiceResult) -> [String: Int] {
        TrafficPlan.shares(result.traffic.map { TrafficShare(revision: $0.revision, percent: $0.percent) })
    }

    /// The template, who may call, and how traffic moves; values with `${…}` as they were written.
    private static func settings(_ before: PlannedService, _ after: PlannedService) -> [Setting] {
        let (old, new) = (reading(of: before), reading(of: after))
        let fields = Set(old.values.keys).union(new.values.keys).sorted(by: SettingField.isBefore)
        return fields.compactMap { field in
            let values = [old.value(of: field), new.value(of: field)]
            guard !ServiceDifference.Side.agree(values) else { return nil }
            let sides = ServiceDifference.Side.sides(values)
            return Setting(field: field, earlier: sides[0], later: sides[1])
        }
    }

    private static func reading(of planned: PlannedService) -> SettingsReading {
        let service = planned.service
        var reading = TemplateFields.reading(
            of: service.container, environment: planned.environment, at: planned.identity, resolve: { $0 })
        reading.values["ingress"] = SettingValue(service.container.ingress ?? "all")
        reading.values["public"] = SettingValue("\(service.isPublic)")
        reading.values["strategy"] = SettingValue(service.strategy?.kind.rawValue ?? "all-at-once")
        reading.values["suites"] = service.suites.isEmpty ? nil : SettingText.words(service.suites)
        reading.values["health.path"] = SettingValue(service.health.path)
        return reading
    }
}

/// The commits from one release to another.
package struct CommitRange: Hashable, Sendable {
    package struct Commit: Hashable, Sendable {
        /// 40 hex digits.
        package var id: String
        package var subject: String

        package init(id: String, subject: String) {
            self.id = id
            self.subject = subject
        }
    }

    package var from: String
    package var to: String
    /// How `from` relates to `to`: `ancestor` where it is in its history.
    package var relation: CommitRelation
    /// What `to` has and `from` has not, newest first.
    package var added: [Commit]
    /// What `from` has and `to` has not, newest first: of an older commit, or of another branch.
    package var removed: [Commit]
    /// There are more than are listed.
    package var isCut: Bool
    /// Why the list is empty or may be short; nil where it is whole.
    package var note: String?

    package init(
        from: String, to: String, relation: CommitRelation = .unknown, added: [Commit] = [], removed: [Commit] = [],
        isCut: Bool = false, note: String? = nil
    ) {
        self.from = from
        self.to = to
        self.relation = from == to ? .same : relation
        self.added = added
        self.removed = removed
        self.isCut = isCut
        self.note = note
    }
}
