import JSON

/// Evaluates expressions as far as that works without a provider, a state or a cloud. What needs one of these, and every
/// function that is not here, is unknown.
struct HCLEvaluator {
    /// Work is bounded: a file from outside may loop over loops.
    private static let maximumSteps = 200_000

    var scope: [String: HCLValue]
    private var steps = 0

    init(scope: [String: HCLValue]) {
        self.scope = scope
    }

    mutating func value(_ expression: HCLExpression?) -> HCLValue {
        guard let expression else { return .unknown }
        steps += 1
        guard steps < Self.maximumSteps else { return .unknown }
        switch expression {
        case .literal(let value): return HCLValue(value)
        case .template(let parts): return template(parts)
        case .list(let elements): return .list(elements.map { value($0) })
        case .object(let members): return object(members)
        case .name(let name): return scope[name] ?? .unknown
        case .attribute(let base, let name): return value(base)[name]
        case .index(let base, let key): return element(value(base), at: value(key))
        case .splat(let base, let names): return splat(value(base), names)
        case .call(let name, let arguments): return call(name, arguments)
        case .conditional(let condition, let yes, let no): return conditional(value(condition), yes, no)
        case .unary(let symbol, let inner): return unary(symbol, value(inner))
        case .binary(let symbol, let left, let right): return binary(symbol, value(left), value(right))
        case .forList(let loop, let result):
            var results: [HCLValue] = []
            let isKnown = each(loop) { evaluator in results.append(evaluator.value(result)) }
            return isKnown ? .list(results) : .unknown
        case .forObject(let loop, let key, let result):
            var members: [String: HCLValue] = [:]
            var keysAreKnown = true
            let isKnown = each(loop) { evaluator in
                guard let name = evaluator.value(key).text else { return keysAreKnown = false }
                members[name] = evaluator.value(result)
            }
            return isKnown && keysAreKnown ? .object(members) : .unknown
        case .opaque: return .unknown
        }
    }

    private mutating func template(_ parts: [HCLExpression]) -> HCLValue {
        var text = ""
        for part in parts {
            guard let piece = value(part).text else { return .unknown }
            text += piece
        }
        return .known(.string(text))
    }

    private mutating func object(_ members: [HCLMember]) -> HCLValue {
        var result: [String: HCLValue] = [:]
        for member in members {
            guard let name = value(member.key).text else { return .unknown }
            result[name] = value(member.value)
        }
        return .object(result)
    }

    private func element(_ base: HCLValue, at key: HCLValue) -> HCLValue {
        if case .list(let elements) = base, let number = key.number, number.magnitude < 1e9 {
            let index = Int(number)
            return elements.indices.contains(index) ? elements[index] : .unknown
        }
        return key.text.map { base[$0] } ?? .unknown
    }

    private func splat(_ base: HCLValue, _ names: [String]) -> HCLValue {
        guard let elements = base.elements else { return .unknown }
        return .list(elements.map { element in names.reduce(element) { $0[$1] } })
    }

    private mutating func conditional(
        _ condition: HCLValue, _ yes: HCLExpression, _ no: HCLExpression
    ) -> HCLValue {
        guard let condition = condition.bool else { return .unknown }
        return value(condition ? yes : no)
    }

    private func unary(_ symbol: String, _ inner: HCLValue) -> HCLValue {
        if symbol == "!" { return inner.bool.map { .known(.bool(!$0)) } ?? .unknown }
        return inner.number.map { HCLValue.number(-$0) } ?? .unknown
    }

    private func binary(_ symbol: String, _ left: HCLValue, _ right: HCLValue) -> HCLValue {
        switch symbol {
        case "&&", "||":
            guard let one = left.bool, let other = right.bool else { return .unknown }
            return .known(.bool(symbol == "&&" ? one && other : one || other))
        case "==", "!=":
            guard let one = left.json, let other = right.json else { return .unknown }
            return .known(.bool((one == other) == (symbol == "==")))
        default: break
        }
        guard let one = left.number, let other = right.number else { return .unknown }
        switch symbol {
        case "<": return .known(.bool(one < other))
        case ">": return .known(.bool(one > other))
        case "<=": return .known(.bool(one <= other))
        case ">=": return .known(.bool(one >= other))
        case "+": return .number(one + other)
        case "-": return .number(one - other)
        case "*": return .number(one * other)
        case "/" where other != 0: return .number(one / other)
        case "%" where other != 0: return .number(one.truncatingRemainder(dividingBy: other))
        default: return .unknown
        }
    }

    /// Calls `body` for every element that the condition lets through. False where the collection, or the condition, is
    /// unknown.
    private mutating func each(_ loop: HCLLoop, _ body: (inout HCLEvaluator) -> Void) -> Bool {
        let items: [(key: HCLValue, value: HCLValue)]
        switch value(loop.collection) {
        case .list(let elements):
            items = elements.enumerated().map { (.known(.integer(Int64($0.offset))), $0.element) }
        case .object(let members):
            items = members.sorted { $0.key < $1.key }.map { (.known(.string($0.key)), $0.value) }
        case .known, .unknown: return false
        }
        let outer = scope
        defer { scope = outer }
        for item in items {
            if let key = loop.key { scope[key] = item.key }
            scope[loop.value] = item.value
            if let condition = loop.condition {
                guard let passes = value(condition).bool else { return false }
                if !passes { continue }
            }
            body(&self)
        }
        return true
    }

    private mutating func call(_ name: String, _ arguments: [HCLExpression]) -> HCLValue {
        if name == "try" || name == "coalesce" {
            // An unknown could be either the value or the mistake that makes `try` go on.
            guard let first = arguments.first else { return .unknown }
            let found = value(first)
            if found == .known(.null), arguments.count > 1 { return call(name, Array(arguments.dropFirst())) }
            return found
        }
        return HCLFunctions.call(name, arguments.map { value($0) })
    }
}

extension HCLValue {
    static func number(_ value: Double) -> HCLValue {
        .known(Int64(exactly: value).map(JSONValue.integer) ?? .number(value))
    }
}
