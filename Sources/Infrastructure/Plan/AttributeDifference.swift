import JSON

/// Finds what differs between two states of a resource, with what is sensitive or not known yet kept out.
struct AttributeDifference {
    /// More differences of one resource than this help nobody; the rest is counted by `isCut`.
    static let limit = 64
    /// Longer values are cut: a plan is read by people, and kept in the journal.
    static let maximumText = 256

    private(set) var changes: [AttributeChange] = []
    private(set) var isCut = false

    /// - Parameter change: the member `change` of a resource in Terraform's JSON plan.
    init(_ change: JSONValue) {
        compare(
            change["before"], change["after"], unknown: change["after_unknown"],
            hidden: (change["before_sensitive"], change["after_sensitive"]), path: AttributePath())
        changes.sort { $0.path < $1.path }
    }

    private mutating func compare(
        _ before: JSONValue?, _ after: JSONValue?, unknown: JSONValue?, hidden: (JSONValue?, JSONValue?),
        path: AttributePath
    ) {
        let isUnknown = unknown?.bool == true
        let isHidden = hidden.0?.bool == true || hidden.1?.bool == true
        if !isUnknown, !isHidden, let (left, right) = Self.members(before, after) {
            let names = Set(left.keys).union(right.keys).union(unknown?.object.map { Array($0.keys) } ?? [])
            for name in names.sorted() {
                compare(
                    left[name], right[name], unknown: unknown?[name], hidden: (hidden.0?[name], hidden.1?[name]),
                    path: path.appending(name: name))
            }
            return
        }
        if !isUnknown, !isHidden, case .array(let left)? = before, case .array(let right)? = after,
            left.count == right.count
        {
            for index in left.indices {
                compare(
                    left[index], right[index], unknown: unknown?[index], hidden: (hidden.0?[index], hidden.1?[index]),
                    path: path.appending(index: index))
            }
            return
        }
        guard isUnknown || (before ?? .null) != (after ?? .null) else { return }
        guard changes.count < Self.limit else {
            isCut = true
            return
        }
        changes.append(
            AttributeChange(
                path: path.text, before: Self.side(before, hidden: hidden.0),
                after: isUnknown ? .unknown : Self.side(after, hidden: hidden.1)))
    }

    /// Both sides by member; one side may be missing, so that what comes or goes is told by attribute.
    private static func members(
        _ before: JSONValue?, _ after: JSONValue?
    ) -> (before: [String: JSONValue], after: [String: JSONValue])? {
        switch (before ?? .null, after ?? .null) {
        case (.object(let left), .object(let right)): (left, right)
        case (.object(let left), .null): (left, [:])
        case (.null, .object(let right)): (right.isEmpty ? nil : ([:], right))
        default: nil
        }
    }

    private static func side(_ value: JSONValue?, hidden: JSONValue?) -> AttributeChange.Side {
        guard let value, value != .null else { return .absent }
        // A part that is sensitive makes the whole so: what is printed is printed whole.
        if let hidden, containsTrue(hidden) { return .sensitive }
        let text = value.serialized()
        return .value(text.count > maximumText ? text.prefix(maximumText) + "…" : text)
    }

    private static func containsTrue(_ value: JSONValue) -> Bool {
        switch value {
        case .bool(let flag): flag
        case .array(let elements): elements.contains(where: containsTrue)
        case .object(let members): members.values.contains(where: containsTrue)
        case .null, .integer, .number, .string: false
        }
    }
}

/// A place in a resource, written as Terraform writes it: `disk[0].size`.
struct AttributePath {
    private(set) var text = ""

    init() {}

    /// Of an entry of `replace_paths`: names and indexes, outermost first.
    init(steps: [JSONValue]) {
        for step in steps {
            if let index = step.integer { self = appending(index: Int(clamping: index)) }
            if let name = step.string { self = appending(name: name) }
        }
    }

    func appending(name: String) -> AttributePath {
        var path = self
        let isPlain = name.utf8.allSatisfy {
            $0 == 0x5F || $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
        }
        if isPlain, !name.isEmpty {
            path.text += text.isEmpty ? name : "." + name
        } else {
            path.text += "[" + JSONValue.string(name).serialized() + "]"
        }
        return path
    }

    func appending(index: Int) -> AttributePath {
        var path = self
        path.text += "[\(index)]"
        return path
    }
}
