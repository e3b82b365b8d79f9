package import JSON
package import Releases

/// `stagectl.doctor/v1`.
package enum PreflightJSON {
    package static func document(
        _ report: PreflightReport, environment: String, failure: Failure?
    ) -> JSONValue {
        var counts: [String: JSONValue] = [:]
        for state in PreflightFinding.State.allCases {
            counts[state.rawValue] = .integer(Int64(report.findings.count { $0.state == state }))
        }
        return [
            "schema": "stagectl.doctor/v1", "environment": .string(environment), "healthy": .bool(failure == nil),
            "findings": .array(report.findings.map(finding)), "counts": .object(counts),
            "error": failure.map(ReleaseJSON.failure) ?? .null,
        ]
    }

    package static func finding(_ finding: PreflightFinding) -> JSONValue {
        [
            "id": .string(finding.id), "state": .string(finding.state.rawValue),
            "category": .string(finding.category.rawValue), "what": .string(finding.what),
            "why": finding.why.map(JSONValue.string) ?? .null,
            "command": finding.command.map(JSONValue.string) ?? .null,
        ]
    }
}
