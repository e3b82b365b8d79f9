import JSON
import Releases

/// Who gets the traffic of a target (v2 `TrafficTargetAllocationType`).
enum TrafficTargetType: String {
    case latest = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
    case revision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
}

/// A long-running operation (v2 `GoogleLongrunningOperation`).
struct CloudRunOperation: Hashable {
    var name: OperationName
    /// Nil while it runs.
    var outcome: OperationOutcome?
    /// Of the service that the operation makes or changes, where the answer says it.
    var generation: Int64?

    /// Nil for what is not an operation.
    init?(_ document: JSONValue) {
        guard let name = document["name"]?.string, !name.isEmpty else { return nil }
        self.name = OperationName(name)
        generation = document["response"]?["generation"]?.integer ?? document["metadata"]?["generation"]?.integer
        guard document["done"]?.bool == true else { return }
        if let error = document["error"], error.object != nil {
            outcome = .failed(
                code: Int(clamping: error["code"]?.integer ?? 2), message: error["message"]?.string ?? "no message")
        } else {
            outcome = .succeeded
        }
    }
}

extension Condition.State {
    /// The API's word; one that did not exist when this was written is `unknown`.
    init(apiWord: String?) {
        switch apiWord {
        case "CONDITION_PENDING": self = .pending
        case "CONDITION_RECONCILING": self = .reconciling
        case "CONDITION_FAILED": self = .failed
        case "CONDITION_SUCCEEDED": self = .succeeded
        default: self = .unknown
        }
    }
}
