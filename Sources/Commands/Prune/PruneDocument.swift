import Configuration
import JSON
import Releases
import Reporting

/// `stagectl.prune/v1`, and the same for people.
enum PruneDocument {
    static let schema = "stagectl.prune/v1"
}

extension PruneReport {
    func result(isDryRun: Bool, on console: Console) -> CommandResult {
        let failure = document?.error
        let status = document.map { ExitStatus($0) } ?? .done
        return CommandResult(
            [
                "schema": .string(PruneDocument.schema), "environment": .string(environment.name),
                "run": document.map { .string($0.run) } ?? .null, "dryRun": .bool(isDryRun),
                "changes": .bool(plan.changes), "services": .array(decisions.map(service)),
                "images": .array(
                    images.sorted { $0.key < $1.key }.flatMap { name, images in images.map { image(of: name, $0) } }),
                "counts": .object(counts), "notes": .array(notes.map(JSONValue.string)),
                "error": failure.map(ReleaseJSON.failure) ?? .null,
            ], text: text(isDryRun: isDryRun, on: console), status: status, failure: failure)
    }

    /// What went, or in a dry run would go.
    private var counts: [String: JSONValue] {
        func count(_ statuses: [Status]) -> JSONValue {
            .integer(Int64(statuses.count { $0 == .deleted || $0 == .planned }))
        }
        return [
            "revisions": count(
                decisions.flatMap { decision in
                    decision.deleted.map { status("delete-\($0.revision)", of: decision.key).status }
                }),
            "tags": count(decisions.flatMap { decision in decision.tags.map { _ in untagged(decision).status } }),
            "images": count(
                images.flatMap { name, images in
                    images.map { status(PrunePlanner.step(of: $0), of: imageKey(of: name)).status }
                }),
        ]
    }

    private func untagged(_ decision: PruneDecision) -> (status: Status, note: String?) {
        status("untag", of: decision.key)
    }

    private func service(_ decision: PruneDecision) -> JSONValue {
        let policy = policy(of: decision)
        return [
            "service": .string(decision.identity.name), "region": .string(decision.identity.region),
            "policy": [
                "keepRevisions": .integer(Int64(policy.keepRevisions)),
                "olderThanSeconds": .integer(Int64(policy.olderThanSeconds)),
                "rollbackTargets": .integer(Int64(policy.rollbackTargets)), "tags": .string(policy.tags.rawValue),
                "images": .string(policy.images.rawValue),
            ],
            "revisions": .array(
                decision.revisions.map { fate in
                    let (status, note) =
                        fate.isDeleted ? self.status("delete-\(fate.revision)", of: decision.key) : (.kept, nil)
                    return [
                        "revision": .string(fate.revision), "action": .string(fate.isDeleted ? "delete" : "keep"),
                        "reason": .string(fate.reason.word), "why": .string(fate.reason.text),
                        "status": .string(status.rawValue),
                        "note": note.map(JSONValue.string) ?? .null,
                        "created": .string(LogTimeText.rfc3339(fate.created)),
                        "image": fate.image.map { .string($0.value) } ?? .null,
                        "commit": fate.commit.map(JSONValue.string) ?? .null,
                    ]
                }),
            "tags": .array(
                decision.tags.map { share in
                    [
                        "tag": share.tag.map(JSONValue.string) ?? .null, "revision": .string(share.revision),
                        "status": .string(untagged(decision).status.rawValue),
                    ]
                }),
        ]
    }

    private func image(of service: String, _ image: ImageReference) -> JSONValue {
        let (status, note) = status(PrunePlanner.step(of: image), of: imageKey(of: service))
        return [
            "service": .string(service), "image": .string(image.value), "status": .string(status.rawValue),
            "note": note.map(JSONValue.string) ?? .null,
        ]
    }

    // MARK: - For people

    private func text(isDryRun: Bool, on console: Console) -> String {
        var lines: [String] = []
        for decision in decisions {
            var table = TextTable(["  REVISION", "", "WHY"])
            for fate in decision.revisions {
                let (status, note) =
                    fate.isDeleted ? self.status("delete-\(fate.revision)", of: decision.key) : (.kept, nil)
                table.add([
                    "  " + fate.revision, Self.word(status),
                    [fate.reason.text, note].compactMap(\.self).joined(separator: "; "),
                ])
            }
            for share in decision.tags {
                table.add([
                    "  tag \(share.tag ?? "")", Self.word(untagged(decision).status),
                    "of \(share.revision), nothing needs it",
                ])
            }
            lines += [decision.key.description, table.text(for: console)]
        }
        for (name, images) in images.sorted(by: { $0.key < $1.key }) {
            for image in images {
                let (status, note) = status(PrunePlanner.step(of: image), of: imageKey(of: name))
                lines.append(
                    "image \(SafeText.line(image.value))  \(Self.word(status))"
                        + (note.map { "  " + SafeText.line($0) } ?? ""))
            }
        }
        lines += notes.map { "! " + SafeText.line($0) }
        lines.append(headline(isDryRun: isDryRun))
        return lines.joined(separator: "\n")
    }

    private func headline(isDryRun: Bool) -> String {
        if !plan.changes { return "nothing to prune" }
        if isDryRun { return "would go: \(amounts)" }
        guard document?.error == nil else { return "not finished: run it again" }
        return "gone: \(amounts)"
    }

    private static func word(_ status: Status) -> String {
        switch status {
        case .kept: "stays"
        case .planned: "goes"
        case .deleted: "gone"
        case .skipped: "left"
        case .failed: "failed"
        case .notReached: "not reached"
        }
    }
}
