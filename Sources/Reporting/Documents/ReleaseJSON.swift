import Configuration
package import JSON
package import Releases
import Verification

/// Documents as JSON. Keys of the contract are always there, as `null` where there is nothing to say: a reader never
/// has to guess whether a key is missing or empty.
package enum ReleaseJSON {
    package static func release(_ release: ReleaseDocument) -> JSONValue {
        var document = encoded(release)
        fill(&document, ["report", "error", "finished"])
        document["error"] = release.error.map(failure) ?? .null
        document["services"] = .array(release.services.map(service))
        document["steps"] = .array(release.steps.map(step))
        document["verdict"]?["counts"] = counts(release.verdict.counts)
        return document
    }

    /// Every status by name, those that did not occur as 0.
    package static func counts(_ counts: [String: Int]) -> JSONValue {
        let all = VerdictCounts().dictionary.merging(counts) { $1 }
        return .object(all.mapValues { .integer(Int64($0)) })
    }

    package static func service(_ service: ServiceResult) -> JSONValue {
        var value = encoded(service)
        fill(
            &value,
            [
                "revision", "previousRevision", "candidate", "image", "imageReport", "commit", "committed",
                "servedSince", "url", "candidateUrl", "diagnosis", "promotedFrom",
            ])
        value["promotedFrom"] = promotion(service.promotedFrom)
        value["traffic"] = traffic(service.traffic)
        return value
    }

    /// Null for an image of the release's own environment.
    private static func promotion(_ origin: PromotedFrom?) -> JSONValue {
        guard let origin else { return .null }
        var value = encoded(origin)
        fill(&value, ["run", "commit", "verdict", "ageSeconds"])
        return value
    }

    package static func traffic(_ entries: [TrafficEntry]) -> JSONValue {
        .array(
            entries.map {
                [
                    "revision": .string($0.revision), "percent": .integer(Int64($0.percent)),
                    "tag": $0.tag.map(JSONValue.string) ?? .null,
                ]
            })
    }

    package static func failure(_ failure: Failure) -> JSONValue {
        [
            "category": .string(failure.category.rawValue), "summary": .string(failure.summary),
            "details": .array(
                failure.details.map { ["label": .string($0.label), "value": .string($0.value)] }),
            "hint": failure.hint.map(JSONValue.string) ?? .null,
        ]
    }

    package static func plan(_ plan: Plan) -> JSONValue {
        [
            "schema": "stagectl.plan/v1", "environment": .string(plan.environment),
            "fingerprint": .string(plan.fingerprint), "changes": .bool(plan.changes),
            "services": .array(
                plan.services.map {
                    [
                        "service": .string($0.identity.name), "region": .string($0.identity.region),
                        "decision": .string(word($0.decision)),
                        "baseline": $0.baseline.map(JSONValue.string) ?? .null, "first": .bool($0.isFirst),
                        "foreign": .bool($0.isForeign ?? false),
                        "strategy": .string($0.service.strategy?.kind.rawValue ?? "all-at-once"),
                        "promotedFrom": promotion($0.promotion?.shown(at: plan.created)),
                        "reasons": reasons($0.reasons ?? []),
                    ]
                }),
            "steps": .array(
                plan.steps.map {
                    [
                        "id": .string($0.id), "service": .string($0.service.service),
                        "region": region(of: $0, in: plan),
                        "needs": .array($0.needs.map(JSONValue.string)),
                        "deadlineSeconds": .integer(Int64($0.deadlineSeconds)),
                    ]
                }),
            "error": .null,
        ]
    }

    private static func reasons(_ reasons: [RevisionReason]) -> JSONValue {
        .array(
            reasons.map {
                [
                    "kind": .string($0.kind.rawValue), "text": .string($0.text),
                    "settings": .array($0.settings.map(JSONValue.string)),
                ]
            })
    }

    /// Null for a step that is done once for all regions.
    private static func region(of step: Step, in plan: Plan) -> JSONValue {
        plan.service(step.service).map { .string($0.identity.region) } ?? .null
    }

    /// The contract knows four states of a step; what was never reached is skipped, what is in doubt did not succeed.
    private static func step(_ step: StepResult) -> JSONValue {
        let (status, note): (StepResult.Status, String?) =
            switch step.status {
            case .notRun: (.skipped, "not reached")
            case .inDoubt: (.failed, "in doubt: its end is not known")
            case .held: (.skipped, "held: \(step.note ?? "it waits for resume or abort")")
            case .done, .skipped, .failed, .undone: (step.status, step.note)
            }
        return [
            "id": .string(step.id), "status": .string(status.rawValue), "seconds": .number(step.seconds),
            "note": note.map(JSONValue.string) ?? .null,
        ]
    }

    private static func word(_ decision: PlannedService.Decision) -> String {
        switch decision {
        case .unchanged: "unchanged"
        case .deploy: "deploy"
        case .reuse: "reuse"
        }
    }

    private static func fill(_ value: inout JSONValue, _ keys: [String]) {
        for key in keys where value[key] == nil { value[key] = .null }
    }

    /// Any encodable value as JSON.
    package static func encoded(_ value: some Encodable) -> JSONValue {
        (try? JSONValue(encoding: value)) ?? .null
    }
}
