import JSON

/// Those of Terraform's functions that names, hosts and services are made with
/// (developer.hashicorp.com/terraform/language/functions).
enum HCLFunctions {
    static func call(_ name: String, _ arguments: [HCLValue]) -> HCLValue {
        guard let first = arguments.first else { return .unknown }
        switch name {
        case "toset": return first.elements.map { .list(unique($0)) } ?? .unknown
        case "tolist", "tomap", "tostring", "tonumber", "tobool", "nonsensitive", "sensitive": return first
        case "keys":
            guard case .object(let members) = first else { return .unknown }
            return .list(members.keys.sorted().map { .known(.string($0)) })
        case "values": return first.elements.map(HCLValue.list) ?? .unknown
        case "length": return length(first)
        case "merge": return merge(arguments)
        case "concat": return concat(arguments)
        case "flatten": return flatten(first).map(HCLValue.list) ?? .unknown
        case "distinct": return first.elements.map { .list(unique($0)) } ?? .unknown
        case "sort": return sort(first)
        case "contains": return contains(first, arguments.dropFirst().first)
        case "lookup": return lookup(arguments)
        case "element": return element(arguments)
        case "join": return join(arguments)
        case "split": return split(arguments)
        case "replace": return replace(arguments)
        case "lower": return first.text.map { .known(.string($0.lowercased())) } ?? .unknown
        case "upper": return first.text.map { .known(.string($0.uppercased())) } ?? .unknown
        case "trimsuffix": return trim(arguments) { $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0 }
        case "trimprefix": return trim(arguments) { $0.hasPrefix($1) ? String($0.dropFirst($1.count)) : $0 }
        case "max", "min":
            let numbers = arguments.compactMap(\.number)
            guard numbers.count == arguments.count, let least = numbers.min(), let most = numbers.max() else {
                return .unknown
            }
            return .number(name == "max" ? most : least)
        default: return .unknown
        }
    }

    private static func unique(_ values: [HCLValue]) -> [HCLValue] {
        var seen: Set<HCLValue> = []
        return values.filter { seen.insert($0).inserted }
    }

    private static func length(_ value: HCLValue) -> HCLValue {
        if let elements = value.elements { return .number(Double(elements.count)) }
        if case .known(.string(let text)) = value { return .number(Double(text.count)) }
        return .unknown
    }

    private static func merge(_ arguments: [HCLValue]) -> HCLValue {
        var result: [String: HCLValue] = [:]
        for argument in arguments {
            guard case .object(let members) = argument else { return .unknown }
            result.merge(members) { $1 }
        }
        return .object(result)
    }

    private static func concat(_ arguments: [HCLValue]) -> HCLValue {
        var result: [HCLValue] = []
        for argument in arguments {
            guard case .list(let elements) = argument else { return .unknown }
            result += elements
        }
        return .list(result)
    }

    private static func flatten(_ value: HCLValue) -> [HCLValue]? {
        guard case .list(let elements) = value else { return nil }
        return elements.flatMap { flatten($0) ?? [$0] }
    }

    private static func sort(_ value: HCLValue) -> HCLValue {
        guard let texts = value.elements?.map(\.text), !texts.contains(nil) else { return .unknown }
        return .list(texts.compactMap(\.self).sorted().map { .known(.string($0)) })
    }

    private static func contains(_ list: HCLValue, _ value: HCLValue?) -> HCLValue {
        guard let elements = list.elements, let value, value != .unknown else { return .unknown }
        if elements.contains(value) { return .known(true) }
        return elements.contains(.unknown) ? .unknown : .known(false)
    }

    private static func lookup(_ arguments: [HCLValue]) -> HCLValue {
        guard arguments.count >= 2, case .object(let members) = arguments[0], let key = arguments[1].text else {
            return .unknown
        }
        return members[key] ?? (arguments.count > 2 ? arguments[2] : .unknown)
    }

    private static func element(_ arguments: [HCLValue]) -> HCLValue {
        guard arguments.count == 2, case .list(let elements) = arguments[0], let number = arguments[1].number,
            !elements.isEmpty, number >= 0, number < 1e9
        else { return .unknown }
        return elements[Int(number) % elements.count]
    }

    private static func join(_ arguments: [HCLValue]) -> HCLValue {
        guard arguments.count == 2, let separator = arguments[0].text, let elements = arguments[1].elements else {
            return .unknown
        }
        let texts = elements.compactMap(\.text)
        return texts.count == elements.count ? .known(.string(texts.joined(separator: separator))) : .unknown
    }

    private static func split(_ arguments: [HCLValue]) -> HCLValue {
        guard arguments.count == 2, let separator = arguments[0].text, let text = arguments[1].text,
            !separator.isEmpty
        else { return .unknown }
        return .list(
            text.split(separator: separator, omittingEmptySubsequences: false).map { .known(.string(String($0))) })
    }

    /// A pattern between slashes is a regular expression, which is not evaluated here.
    private static func replace(_ arguments: [HCLValue]) -> HCLValue {
        guard arguments.count == 3, let text = arguments[0].text, let part = arguments[1].text,
            let new = arguments[2].text, !part.isEmpty, !(part.hasPrefix("/") && part.hasSuffix("/") && part.count > 1)
        else { return .unknown }
        return .known(.string(text.replacing(part, with: new)))
    }

    private static func trim(_ arguments: [HCLValue], _ work: (String, String) -> String) -> HCLValue {
        guard arguments.count == 2, let text = arguments[0].text, let part = arguments[1].text else { return .unknown }
        return .known(.string(work(text, part)))
    }
}
