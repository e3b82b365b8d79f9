/// What one side says of one setting. What is compared and what may be shown are two things: the value of a variable
/// decides whether two sides are the same, and is in no text.
package struct SettingValue: Hashable, Sendable {
    /// Equal where the setting means the same.
    let meaning: String
    /// For people; nil for what nobody may see.
    let shown: String?

    init(_ text: String) {
        meaning = text
        shown = text
    }

    init(meaning: String, shown: String?) {
        self.meaning = meaning
        self.shown = shown
    }

    /// A value that only is, or is not, another one.
    static func hidden(_ text: String) -> SettingValue { SettingValue(meaning: text, shown: nil) }
}

/// One side of a comparison: what it says, and of what it says nothing.
package struct SettingsReading: Sendable {
    /// Fields by name; one that is missing is not set, unless nobody knows.
    var values: [String: SettingValue]
    /// Fields, or the beginning of their names up to a dot, of which this side cannot speak; `*` for all.
    var unknown: Set<String>

    init(_ values: [String: SettingValue] = [:], unknown: Set<String> = []) {
        self.values = values
        self.unknown = unknown
    }

    /// Nil where the side cannot say, `.some(nil)` where it has no such setting.
    func value(of field: String) -> SettingValue?? {
        if let value = values[field] { return .some(value) }
        let isUnknown = !unknown.isDisjoint(with: [field, SettingField.group(of: field), "*"])
        return isUnknown ? nil : .some(nil)
    }
}

/// Names of settings, in the words of the configuration.
enum SettingField {
    /// `env.LOG_LEVEL` belongs to `env`.
    static func group(of field: String) -> String {
        field.split(separator: ".", maxSplits: 1).first.map(String.init) ?? field
    }

    /// What belongs to the service and not to a revision of it.
    static let ofService: Set<String> = [
        "service", "traffic", "tags", "template", "scaling", "ingress", "public", "invokers",
    ]

    /// The order in which people look: what runs, with which settings, who gets it, who may.
    private static let order = [
        "service", "template", "image", "env", "cpu", "memory", "concurrency", "timeout", "min_instances",
        "max_instances", "traffic", "tags", "scaling", "ingress", "public", "invokers",
    ]

    static func isBefore(_ left: String, _ right: String) -> Bool {
        func place(_ field: String) -> Int {
            let index = order.firstIndex(of: group(of: field))
            // What is not in the list stands between the revision's usual settings and those of the service.
            return index.map { $0 > 9 ? $0 + 1 : $0 } ?? 10
        }
        return (place(left), left) < (place(right), right)
    }
}
