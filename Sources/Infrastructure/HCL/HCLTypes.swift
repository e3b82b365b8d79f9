import JSON

/// Defaults that stand in a variable's type: `optional(bool, false)`.
enum HCLTypes {
    static func fill(_ value: HCLValue, _ type: HCLExpression) -> HCLValue {
        switch (type, value) {
        case (.call("map", let arguments), .object(let members)), (.call("set", let arguments), .object(let members)):
            guard let element = arguments.first else { return value }
            return .object(members.mapValues { fill($0, element) })
        case (.call("list", let arguments), .list(let elements)), (.call("set", let arguments), .list(let elements)):
            guard let element = arguments.first else { return value }
            return .list(elements.map { fill($0, element) })
        case (.call("object", let arguments), .object(var members)):
            guard case .object(let declared)? = arguments.first else { return value }
            for member in declared {
                guard case .literal(.string(let name)) = member.key else { continue }
                members[name] = attribute(members[name], member.value)
            }
            return .object(members)
        default: return value
        }
    }

    private static func attribute(_ value: HCLValue?, _ type: HCLExpression) -> HCLValue {
        guard case .call("optional", let arguments) = type, let inner = arguments.first else {
            return fill(value ?? .unknown, type)
        }
        if let value, value != .known(.null) { return fill(value, inner) }
        guard arguments.count > 1 else { return .known(.null) }
        var evaluator = HCLEvaluator(scope: [:])
        return fill(evaluator.value(arguments[1]), inner)
    }
}
