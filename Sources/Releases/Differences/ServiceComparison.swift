import Configuration

/// Configuration, last release and live service, held against each other. Pure: whoever asks has looked already.
package struct ServiceComparison: Sendable {
    private let placement: Placement
    private let facts: ServiceFacts
    private let release: LastRelease?
    private let endpoint: String?
    private let urls: [String: String]
    private let overrides: [String]

    /// - Parameters:
    ///   - release: what the last one left; nil for a service that none has left.
    ///   - overrides: variables that came with the release of what serves, and are in no file.
    ///   - urls: of other services of the region by name, for values that name them.
    ///   - endpoint: the API's base URL where gcloud would not find it by itself.
    package init(
        _ placement: Placement, facts: ServiceFacts, release: LastRelease? = nil, overrides: [String] = [],
        urls: [String: String] = [:], endpoint: String? = nil
    ) {
        self.placement = placement
        self.facts = facts
        self.release = release
        self.overrides = overrides
        self.urls = urls
        self.endpoint = endpoint
    }

    /// In the order in which people look.
    package var differences: [ServiceDifference] {
        guard let observation = facts.observation else {
            return [
                ServiceDifference(
                    "service", configured: .value(placement.name), released: .unknown, live: .absent,
                    text: "not deployed")
            ]
        }
        let remedies = Remedies(placement, endpoint: endpoint)
        let ready = facts.revisions.filter { $0.condition.state == .succeeded }.map(\.name)
        var found = TrafficComparison(observation, release, ready: Set(ready), remedies).differences
        if let index = found.firstIndex(where: { $0.field == "template" }) {
            found[index].origin = revision(observation.latestCreatedRevision).flatMap(maker)
        }
        found += AccessComparison(placement, observation, release, remedies).differences
        let templates = templateDifferences(observation, remedies)
        // A deploy of what serves already makes nothing: a template that does not serve waits for the next change.
        let isUnreleased = templates.contains {
            $0.revision == nil && $0.configured != .unknown && $0.configured != $0.live
        }
        found += templates
        if !isUnreleased {
            for index in found.indices where found[index].revision != nil || found[index].field == "template" {
                if found[index].command == remedies.deploy { found[index].command = nil }
            }
        }
        // Equal fields keep their order: what serves before what does not.
        return found.enumerated().sorted { left, right in
            if left.element.field == right.element.field { return left.offset < right.offset }
            return SettingField.isBefore(left.element.field, right.element.field)
        }.map(\.element)
    }

    // MARK: - Templates

    private func templateDifferences(
        _ observation: ServiceObservation, _ remedies: Remedies
    ) -> [ServiceDifference] {
        guard let serving = revision(observation.servingRevision), let live = reading(of: serving) else { return [] }
        var found: [ServiceDifference] = []
        let compared = (configured, released)
        for field in fields(compared.0, compared.1, live) {
            let values = [compared.0.value(of: field), compared.1.value(of: field), live.value(of: field)]
            guard !ServiceDifference.Side.agree(values) else { continue }
            found.append(difference(field, values, of: serving, isServing: true, remedies))
        }
        guard let newest = revision(observation.latestCreatedRevision), newest.name != serving.name,
            let latest = reading(of: newest)
        else { return found }
        // Only in what it would change: the rest is said of what serves already.
        for field in fields(live, latest) {
            let change = [live.value(of: field), latest.value(of: field)]
            guard !ServiceDifference.Side.agree(change) else { continue }
            let values = [compared.0.value(of: field), compared.1.value(of: field), latest.value(of: field)]
            found.append(difference(field, values, of: newest, isServing: false, remedies))
        }
        return found
    }

    private func difference(
        _ field: String, _ values: [SettingValue??], of revision: RevisionObservation, isServing: Bool,
        _ remedies: Remedies
    ) -> ServiceDifference {
        let sides = ServiceDifference.Side.sides(values)
        let isOverride = isServing && overrides.contains { field == "env.\($0)" }
        let isUnreleased = isServing && ServiceDifference.Side.agree([values[1], values[2]]) && values[1] != nil
        let origin: String? =
            isOverride
            ? "`--set-env` of run \(revision.labels[ReleaseLabel.run] ?? "")"
            : isUnreleased ? "the configuration, since the last release" : maker(of: revision)
        var difference = ServiceDifference(
            field, configured: sides[0], released: sides[1], live: sides[2], revision: isServing ? nil : revision.name,
            origin: origin, command: remedies.deploy, text: "")
        if !isOverride { difference.text = DifferenceSentence.text(of: difference) }
        return difference
    }

    private func maker(of revision: RevisionObservation) -> String? {
        if let run = revision.labels[ReleaseLabel.run], isOwn(revision, of: run) {
            return run == release?.run ? nil : "run \(run)"
        }
        return revision.creator.map { "\($0), who made \(revision.name)" } ?? "whoever made \(revision.name)"
    }

    /// Whoever changes a template by hand leaves its labels as they are: of all revisions that name a run, the run made
    /// the first one alone. The list is newest first.
    private func isOwn(_ revision: RevisionObservation, of run: String) -> Bool {
        facts.revisions.last { $0.labels[ReleaseLabel.run] == run }?.name == revision.name
    }

    private func fields(_ readings: SettingsReading...) -> [String] {
        Set(readings.flatMap(\.values.keys)).sorted(by: SettingField.isBefore)
    }

    private func revision(_ name: String?) -> RevisionObservation? {
        facts.revisions.first { $0.name == name }
    }

    // MARK: - The three sides

    private var configured: SettingsReading {
        let service = placement.service
        var reading = TemplateFields.reading(
            of: service.container, environment: service.environment, at: placement.identity, resolve: resolve)
        reading.unknown.formUnion(["revision"])
        if let digest = service.pinnedImage.map(ImageReference.init).flatMap(RevisionComparison.digest) {
            reading.values["image"] = SettingValue(digest)
        } else {
            // It is built from a source, whose digest nobody asked for.
            reading.unknown.insert("image")
        }
        return reading
    }

    private func reading(of revision: RevisionObservation) -> SettingsReading? {
        TemplateFields.reading(of: revision, at: placement.identity)
    }

    /// A revision never changes, so what the release made is what it left; where that is gone, what it planned.
    private var released: SettingsReading {
        guard let release else { return Self.nothing }
        if let made = revision(release.revision).flatMap(reading) { return made }
        guard let planned = release.planned, planned.decision == .deploy else { return Self.nothing }
        var reading = TemplateFields.reading(
            of: planned.service.container, environment: planned.environment, at: placement.identity, resolve: resolve)
        reading.unknown.insert("revision")
        if let digest = release.result?.image.map(ImageReference.init).flatMap(RevisionComparison.digest) {
            reading.values["image"] = SettingValue(digest)
        } else {
            reading.unknown.insert("image")
        }
        return reading
    }

    /// A side of which nothing is known.
    private static var nothing: SettingsReading { SettingsReading(unknown: ["*"]) }

    private func resolve(_ text: String) -> String? {
        var result = text
        for name in ServiceReferences.names(in: text) {
            guard let url = urls[name] else { return nil }
            result = ServiceReferences.filling(name, with: url, in: result)
        }
        // What an output of Terraform is now only a release asks.
        return ReferenceText.outputs(in: result).isEmpty ? result : nil
    }
}
