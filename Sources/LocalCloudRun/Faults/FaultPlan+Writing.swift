import JSON

extension FaultPlan {
    /// The same plan as a document that `init(reading:)` takes.
    var document: JSONValue {
        ["seed": .integer(Int64(truncatingIfNeeded: seed & UInt64(Int64.max))), "rules": .array(rules.map(\.document))]
    }
}

extension FaultRule {
    fileprivate var document: JSONValue {
        var on: [String: JSONValue] = [:]
        on["api"] = target.api.map(JSONValue.string)
        on["service"] = target.service.map(JSONValue.string)
        on["location"] = target.location.map(JSONValue.string)
        on["tag"] = target.tag.map(JSONValue.string)
        on["path"] = target.path.map(JSONValue.string)
        var members: [String: JSONValue] = ["id": .string(id), "on": .object(on), "effect": effect.document]
        if percent != 100 { members["percent"] = .number(percent) }
        if skip > 0 { members["skip"] = .integer(Int64(skip)) }
        members["times"] = times.map { .integer(Int64($0)) }
        return .object(members)
    }
}

extension FaultEffect {
    fileprivate var document: JSONValue {
        switch self {
        case .latency(let duration): ["latency": .string(duration.faultText)]
        case .error(let status, let message, let retryAfter):
            .object(
                [
                    "status": .integer(Int64(status)), "message": message.map(JSONValue.string),
                    "retryAfter": retryAfter.map { .integer(Int64($0)) },
                ].compactMapValues(\.self))
        case .reset: ["reset": true]
        case .operation(let fault): ["operation": .string(fault.rawValue)]
        case .staleReads(let duration): ["staleReads": .string(duration.faultText)]
        case .readinessDelay(let duration): ["readinessDelay": .string(duration.faultText)]
        case .crashAfterReady(let duration): ["crashAfterReady": .string(duration.faultText)]
        case .slowDataPlane(let duration): ["slowDataPlane": .string(duration.faultText)]
        }
    }
}

extension Duration {
    /// `200ms`, `1.5s`, `2m`; at most an hour, which is the longest request of Cloud Run.
    init?(faultText text: String) {
        for (unit, milliseconds) in [("ms", 1.0), ("s", 1000), ("m", 60_000)] where text.hasSuffix(unit) {
            guard let value = Double(text.dropLast(unit.count)), value >= 0, value * milliseconds <= 3_600_000 else {
                return nil
            }
            self = .microseconds(Int64(value * milliseconds * 1000))
            return
        }
        return nil
    }

    var faultText: String {
        let (seconds, attoseconds) = components
        let milliseconds = Double(seconds) * 1000 + Double(attoseconds) / 1e15
        return milliseconds.rounded() == milliseconds ? "\(Int64(milliseconds))ms" : "\(milliseconds)ms"
    }
}
