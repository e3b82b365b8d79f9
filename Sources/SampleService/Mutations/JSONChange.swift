/// What is wrong with one value of a document.
enum JSONChange: Sendable {
    case set(JSON)
    case removed
    /// A number that is off by so many.
    case off(Int)
    case reversed
    case withoutFirst
    case withoutLast
    /// The last element is there twice.
    case repeated
    case prefixed(String)
}

extension JSON {
    /// The document with that change at `path`: names and numbers with dots between them, `*` for every element.
    func changed(at path: String, _ change: JSONChange) -> JSON {
        changed(at: path.split(separator: ".")[...], change) ?? .null
    }

    /// Nil where the value itself goes.
    private func changed(at path: ArraySlice<Substring>, _ change: JSONChange) -> JSON? {
        guard let step = path.first else { return changed(change) }
        let rest = path.dropFirst()
        switch self {
        case .object(let members):
            guard step == "*" || members.contains(where: { $0.name == step }) else {
                guard rest.isEmpty, case .set(let value) = change else { return self }
                return .object(members + [Member(name: String(step), value: value)])
            }
            return .object(
                members.compactMap { member in
                    guard step == "*" || member.name == step else { return member }
                    return member.value.changed(at: rest, change).map { Member(name: member.name, value: $0) }
                })
        case .array(let items):
            return .array(
                items.enumerated().compactMap { index, item in
                    step == "*" || Int(step) == index ? item.changed(at: rest, change) : item
                })
        default: return self
        }
    }

    private func changed(_ change: JSONChange) -> JSON? {
        switch (change, self) {
        case (.set(let value), _): value
        case (.removed, _): nil
        case (.off(let difference), .integer(let number)): .integer(number &+ difference)
        case (.reversed, .array(let items)): .array(items.reversed())
        case (.withoutFirst, .array(let items)): .array(Array(items.dropFirst()))
        case (.withoutLast, .array(let items)): .array(Array(items.dropLast()))
        case (.repeated, .array(let items)): .array(items + items.suffix(1))
        case (.prefixed(let text), .string(let old)): .string(text + old)
        default: self
        }
    }
}
