package import JSON
package import Releases

/// `stagectl.diff/v1`, and what other documents hold of it.
package enum DifferenceJSON {
    package static let schema = "stagectl.diff/v1"

    /// `null` for what is not set, `(unknown)` for what nobody can say.
    package static func difference(_ difference: ServiceDifference) -> JSONValue {
        [
            "field": .string(difference.field), "configured": side(difference.configured),
            "released": side(difference.released), "live": side(difference.live),
            "revision": text(difference.revision), "origin": text(difference.origin),
            "command": text(difference.command),
        ]
    }

    package static func runs(_ difference: ReleaseDifference) -> JSONValue {
        [
            "schema": .string(schema), "kind": "runs", "different": .bool(!difference.isEmpty),
            "earlier": head(difference.earlier), "later": head(difference.later),
            "notes": .array(difference.notes.map(JSONValue.string)),
            "services": .array(difference.services.map(service)),
            "checks": difference.checks.map(checks) ?? .null, "steps": .array(difference.steps.map(step)),
            "error": .null,
        ]
    }

    private static func head(_ release: ReleaseDocument) -> JSONValue {
        [
            "run": .string(release.run), "kind": .string(release.kind.rawValue),
            "environment": .string(release.environment), "started": .string(release.started),
            "finished": text(release.finished), "initiator": .string(release.initiator),
            "outcome": .string(release.outcome.rawValue),
            "verdict": [
                "result": .string(release.verdict.result.rawValue), "rule": .string(release.verdict.rule),
                "counts": ReleaseJSON.counts(release.verdict.counts),
            ],
        ]
    }

    private static func service(_ service: ReleasedServiceDifference) -> JSONValue {
        [
            "service": .string(service.service), "region": .string(service.region),
            "earlier": service.earlier.map(result) ?? .null, "later": service.later.map(result) ?? .null,
            "commits": service.commits.map(commits) ?? .null,
            "settings": service.settings.map { settings in
                .array(
                    settings.map {
                        ["field": .string($0.field), "earlier": side($0.earlier), "later": side($0.later)]
                    })
            } ?? .null,
        ]
    }

    private static func result(_ result: ServiceResult) -> JSONValue {
        [
            "outcome": .string(result.outcome.rawValue), "revision": text(result.revision),
            "candidate": text(result.candidate), "commit": text(result.commit), "dirty": .bool(result.dirty),
            "image": text(result.image),
            "imageReport": result.imageReport.map { report in
                [
                    "digest": .string(report.digest), "bytes": .integer(report.bytes),
                    "isCompressed": .bool(report.isCompressed),
                    "layers": .array(report.layers.map { .string($0.digest) }),
                ]
            } ?? .null,
            "traffic": ReleaseJSON.traffic(result.traffic),
        ]
    }

    private static func commits(_ range: CommitRange) -> JSONValue {
        func list(_ commits: [CommitRange.Commit]) -> JSONValue {
            .array(commits.map { ["commit": .string($0.id), "subject": .string($0.subject)] })
        }
        return [
            "from": .string(range.from), "to": .string(range.to), "relation": .string(range.relation.rawValue),
            "added": list(range.added), "removed": list(range.removed), "isCut": .bool(range.isCut),
            "note": text(range.note),
        ]
    }

    private static func checks(_ checks: [CheckDifference]) -> JSONValue {
        let byKind = Dictionary(grouping: checks, by: \.kind)
        return .object(
            Dictionary(
                uniqueKeysWithValues: CheckDifference.Kind.allCases.map { kind in
                    (kind.rawValue, .array((byKind[kind] ?? []).map(check)))
                }))
    }

    private static func check(_ check: CheckDifference) -> JSONValue {
        func outcome(_ outcome: CheckOutcome?) -> JSONValue {
            guard let outcome else { return .null }
            return [
                "status": .string(outcome.status), "milliseconds": .number(outcome.milliseconds),
                "attempts": .integer(Int64(outcome.attempts)),
            ]
        }
        return [
            "suite": .string(check.suite), "id": .string(check.id), "earlier": outcome(check.earlier),
            "later": outcome(check.later),
        ]
    }

    private static func step(_ step: StepDifference) -> JSONValue {
        func result(_ result: StepResult?) -> JSONValue {
            guard let result else { return .null }
            return ["status": .string(result.status.rawValue), "seconds": .number(result.seconds)]
        }
        return ["id": .string(step.id), "earlier": result(step.earlier), "later": result(step.later)]
    }

    private static func side(_ side: ServiceDifference.Side) -> JSONValue { text(side.shown) }

    private static func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}
