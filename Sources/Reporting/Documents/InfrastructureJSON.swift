package import Infrastructure
package import JSON

/// Parts of the schema `stagectl.infra/v1`.
package enum InfrastructureJSON {
    package static func plan(_ plan: InfrastructurePlan) -> [String: JSONValue] {
        let counts = plan.counts
        return [
            "changes": .bool(!plan.isEmpty), "fingerprint": .string(plan.fingerprint),
            "lineage": plan.lineage.map(JSONValue.string) ?? .null,
            "serial": plan.serial.map { .integer(Int64($0)) } ?? .null, "toolVersion": .string(plan.toolVersion),
            "counts": [
                "create": .integer(Int64(counts.create)), "update": .integer(Int64(counts.update)),
                "replace": .integer(Int64(counts.replace)), "destroy": .integer(Int64(counts.destroy)),
            ],
            "resources": .array(plan.changes.map(resource)), "drift": .array(plan.drift.map(resource)),
            "outputs": .array(
                plan.outputs.map {
                    [
                        "name": .string($0.name), "action": .string($0.action.rawValue), "known": .bool($0.isKnown),
                        "sensitive": .bool($0.isSensitive),
                    ]
                }),
            "partial": .bool(plan.isPartial),
        ]
    }

    private static func resource(_ change: ResourceChange) -> JSONValue {
        [
            "address": .string(change.address), "type": .string(change.type), "action": .string(change.action.rawValue),
            "createsFirst": .bool(change.createsFirst), "forcedBy": .array(change.forcedBy.map(JSONValue.string)),
            "reason": change.reason.map(JSONValue.string) ?? .null,
            "previousAddress": change.previousAddress.map(JSONValue.string) ?? .null,
            "attributes": .array(
                change.attributes.map {
                    ["path": .string($0.path), "before": side($0.before), "after": side($0.after)]
                }),
        ]
    }

    /// A value stands as the text of its JSON; `sensitive` and `unknown` have a member of their own.
    private static func side(_ side: AttributeChange.Side) -> JSONValue {
        switch side {
        case .absent: .null
        case .value(let text): ["value": .string(text)]
        case .sensitive: ["sensitive": true]
        case .unknown: ["unknown": true]
        }
    }

    /// Sensitive values are left out: the document is kept in logs of pipelines.
    package static func outputs(_ outputs: [InfrastructureOutput]) -> JSONValue {
        .array(
            outputs.map {
                [
                    "name": .string($0.name), "type": .string($0.type), "sensitive": .bool($0.isSensitive),
                    "value": $0.isSensitive ? .null : $0.value,
                ]
            })
    }

    package static func finding(_ finding: InfrastructureFinding) -> JSONValue {
        [
            "severity": .string(finding.isError ? "error" : "warning"), "summary": .string(finding.summary),
            "detail": .string(finding.detail), "address": finding.address.map(JSONValue.string) ?? .null,
            "file": finding.file.map(JSONValue.string) ?? .null,
            "line": finding.line.map { .integer(Int64($0)) } ?? .null,
            "column": finding.column.map { .integer(Int64($0)) } ?? .null,
        ]
    }
}
