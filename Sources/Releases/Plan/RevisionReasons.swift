import Configuration

/// Why a deploy does not leave what serves as it is: what it would make, held against that. Pure.
struct RevisionReasons {
    var placement: Placement
    var facts: ServiceFacts
    var environment: [ConfiguredVariable]
    /// `KEY` of every `--set-env`.
    var overrides: [String]
    /// What is deployed where nothing is built.
    var image: ImageReference?
    var promotion: PromotionOrigin?
    /// Whether the source is a commit, and nothing besides.
    var isClean: Bool

    var all: [RevisionReason] {
        guard let observation = facts.observation else { return [RevisionReason(.firstDeploy, "first deploy")] }
        guard let serving = facts.servingRevision else { return [RevisionReason(.firstDeploy, "nothing serves")] }
        var found: [RevisionReason] = []
        if facts.isUnverified {
            found.append(RevisionReason(.unverified, "what is deployed was never verified"))
        }
        let changed = changedSettings(serving)
        if let reason = imageReason(serving, settingsAreEqual: changed?.isEmpty ?? false) { found.append(reason) }
        if let changed, !changed.isEmpty {
            let words = changed.map(\.words).joined(separator: ", ")
            found.append(RevisionReason(.settings, "settings changed: \(words)", settings: changed.map(\.field)))
        }
        let share = observation.share(of: serving.name)
        if share < 100 {
            found.append(RevisionReason(.traffic, "traffic: \(serving.name) has \(share) % of it"))
        }
        guard found.isEmpty else { return found }
        return [
            RevisionReason(
                .unknown, "nothing that can be compared differs, but values that are filled in at the release may")
        ]
    }

    // MARK: - The image

    private func imageReason(_ serving: RevisionObservation, settingsAreEqual: Bool) -> RevisionReason? {
        let digest = serving.imageDigest
        if let image {
            let given = RevisionComparison.digest(of: image)
            guard given != digest else { return nil }
            let origin = promotion.map { ", which serves in `\($0.environment)`," } ?? ""
            let what = given.map(Self.short) ?? image.value
            return RevisionReason(
                .image, "image: \(what)\(origin) instead of \(digest.map(Self.short) ?? serving.image)")
        }
        guard facts.servedBuild == nil else { return nil }
        guard let commit = serving.labels[ReleaseLabel.commit] else {
            return RevisionReason(.image, "image: it is built from this source; what serves names no commit")
        }
        let tree = serving.labels[ReleaseLabel.tree]
        let short = String(commit.prefix(12))
        if facts.relation == .same, isClean, tree == "clean" {
            return RevisionReason(
                .image, "image: it is built again; what serves is of this commit, but no build of it is known here")
        }
        let dirty = tree == "dirty" ? " with uncommitted changes" : ""
        // The fingerprint is of source and settings together: with other settings it says nothing of the source.
        let doubt = settingsAreEqual || !facts.built.isEmpty ? "" : ", or no build of it is known here"
        return RevisionReason(.image, "image: source changed since commit \(short)\(dirty)\(doubt)")
    }

    private static func short(_ digest: String) -> String { String(digest.prefix("sha256:".count + 12)) }

    // MARK: - Settings

    private struct Change {
        var field: String
        var words: String
    }

    /// Nil where nobody has read what serves.
    private func changedSettings(_ serving: RevisionObservation) -> [Change]? {
        guard var live = TemplateFields.reading(of: serving, at: placement.identity) else { return nil }
        live.values["image"] = nil
        let planned = TemplateFields.reading(
            of: placement.service.container, environment: environment, at: placement.identity
        ) { $0.contains("${") ? nil : $0 }
        return Set(live.values.keys).union(planned.values.keys).sorted(by: SettingField.isBefore).compactMap { field in
            let values = [live.value(of: field), planned.value(of: field)]
            guard !ServiceDifference.Side.agree(values) else { return nil }
            return Change(field: field, words: words(of: field, values))
        }
    }

    private func words(of field: String, _ values: [SettingValue??]) -> String {
        let name =
            SettingField.group(of: field) == "env" ? "env \(field.dropFirst("env.".count))" : field
        let isAsked = overrides.contains { field == "env.\($0)" } ? " by --set-env" : ""
        guard let before = values[0] ?? nil else { return "\(name) added\(isAsked)" }
        guard let after = values[1] ?? nil else { return "\(name) removed" }
        guard let old = before.shown, let new = after.shown, old != new else { return "\(name) changed\(isAsked)" }
        return "\(name) \(old) to \(new)\(isAsked)"
    }
}
