import JSON
import Reporting

/// The document of a command that did not get far: its own schema, all keys of the contract, nothing in them.
enum EmptyDocument {
    static func of(schema: String, environment: String?) -> JSONValue {
        var members: [String: JSONValue] = ["schema": .string(schema), "error": .null]
        if let environment { members["environment"] = .string(environment) }
        switch schema {
        case "stagectl.release/v1":
            members["run"] = .null
            members["outcome"] = "failed"
            members["services"] = []
            members["steps"] = []
            members["verdict"] = ["result": "incomplete", "rule": "nothing was run", "counts": ReleaseJSON.counts([:])]
            members["report"] = .null
        case "stagectl.plan/v1":
            members["fingerprint"] = .null
            members["changes"] = false
            members["steps"] = []
        case "stagectl.health/v1":
            members["healthy"] = false
            members["services"] = []
        case "stagectl.verdict/v1":
            members["result"] = "incomplete"
            members["rule"] = "nothing was run"
            members["counts"] = ReleaseJSON.counts([:])
            members["suites"] = []
            members["checks"] = []
        case "stagectl.history/v1":
            members["releases"] = []
        case "stagectl.doctor/v1":
            members["healthy"] = false
            members["findings"] = []
        case "stagectl.prune/v1":
            members["run"] = .null
            members["changes"] = false
            members["services"] = []
        case "stagectl.status/v1", "stagectl.traffic/v1":
            members["services"] = []
        default:
            break
        }
        return .object(members)
    }
}
