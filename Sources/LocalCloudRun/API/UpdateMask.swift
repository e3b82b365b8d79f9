import JSON

/// Which fields a PATCH changes (AIP-134): the named ones, all with `*`, and without a mask those that the body has.
enum UpdateMask {
    static func apply(
        _ mask: String?, from body: JSONValue, to stored: JSONValue, table: FieldTable,
        message: String = "Service"
    ) throws(APIError) -> JSONValue {
        guard let settable = table.messages[message]?.filter({ !$0.value.isOutputOnly }) else { return stored }
        let text = mask ?? ""
        var result = stored
        if text.isEmpty || text == "*" {
            for name in settable.keys where name != "name" && name != "etag" {
                if let value = body[name] {
                    result[name] = value
                } else if text == "*" {
                    result[name] = nil
                }
            }
            return result
        }
        for entry in text.split(separator: ",") {
            let wanted = entry.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard let (path, isOutputOnly) = normalized(wanted, of: message, table: table) else {
                throw APIError(.invalidArgument, "Invalid update mask: unknown path `\(entry)`.")
            }
            // What only the server sets is left alone, in the mask as in the body (AIP-203).
            if isOutputOnly { continue }
            result = replacing(path[...], in: result, with: body)
        }
        return result
    }

    /// The path in JSON names, and whether only the server sets what it names; nil when a part of it does not exist.
    /// A map takes any key, and nothing below it.
    private static func normalized(
        _ path: [String], of root: String, table: FieldTable
    ) -> (path: [String], isOutputOnly: Bool)? {
        var message = root
        var result: [String] = []
        var isOutputOnly = false
        for (index, part) in path.enumerated() {
            guard let (name, field) = table.field(part, of: message) else { return nil }
            result.append(name)
            isOutputOnly = isOutputOnly || field.isOutputOnly
            let isLast = index == path.count - 1
            switch (field.shape, field.kind) {
            case (.map, _):
                let keys = path[(index + 1)...]
                if !keys.isEmpty { result.append(keys.joined(separator: ".")) }
                return (result, isOutputOnly)
            case (.single, .message(let next)) where !isLast: message = next
            default: return isLast ? (result, isOutputOnly) : nil
            }
        }
        return (result, isOutputOnly)
    }

    private static func replacing(_ path: ArraySlice<String>, in target: JSONValue, with source: JSONValue?)
        -> JSONValue
    {
        guard let name = path.first else { return source ?? target }
        var result = target.object == nil ? .object([:]) : target
        let rest = path.dropFirst()
        if rest.isEmpty {
            result[name] = source?[name]
        } else {
            result[name] = replacing(rest, in: result[name] ?? .object([:]), with: source?[name] ?? .object([:]))
        }
        return result
    }
}
