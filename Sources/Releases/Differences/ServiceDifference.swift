/// One setting in which configuration, last release and live service are not the same.
package struct ServiceDifference: Hashable, Sendable {
    /// What one side says, ready to be shown.
    package enum Side: Hashable, Sendable {
        case value(String)
        case absent
        /// The side has no word for it, or nobody here knows.
        case unknown
    }

    /// In the configuration's words: `memory`, `env.LOG_LEVEL`, `traffic`, `tags.NAME`.
    package var field: String
    package var configured: Side
    package var released: Side
    package var live: Side
    /// Whose settings `live` speaks of where they are of a revision that does not serve; nil for what serves.
    package var revision: String?
    /// Who could have made it, as far as the platform or the ledger tells.
    package var origin: String?
    /// What to type next; nil where nothing is to be done about it.
    package var command: String?
    /// The whole of it in a sentence, without the command; empty where another one's sentence says it.
    package var text: String

    package init(
        _ field: String, configured: Side = .unknown, released: Side = .unknown, live: Side = .unknown,
        revision: String? = nil, origin: String? = nil, command: String? = nil, text: String
    ) {
        self.field = field
        self.configured = configured
        self.released = released
        self.live = live
        self.revision = revision
        self.origin = origin
        self.command = command
        self.text = text
    }

    /// As one line of a list of drift; nil where another one says it.
    package var sentence: String? {
        guard !text.isEmpty else { return nil }
        return command.map { "\(text): \($0)" } ?? text
    }
}

extension ServiceDifference.Side {
    /// For people and documents; nil for what is not set.
    package var shown: String? {
        switch self {
        case .value(let text): text
        case .absent: nil
        case .unknown: "(unknown)"
        }
    }

    /// Sides with what may be shown of them: values that nobody may see are told apart by numbers.
    static func sides(_ values: [SettingValue??]) -> [ServiceDifference.Side] {
        var hidden: [String] = []
        return values.map { value in
            guard let value else { return .unknown }
            guard let setting = value else { return .absent }
            if let shown = setting.shown { return .value(shown) }
            if !hidden.contains(setting.meaning) { hidden.append(setting.meaning) }
            return .value("(value \((hidden.firstIndex(of: setting.meaning) ?? 0) + 1))")
        }
    }

    /// Whether those sides that can say something all say the same.
    static func agree(_ values: [SettingValue??]) -> Bool {
        let known: [String?] = values.compactMap { value in value.map { $0?.meaning } }
        return Set(known).count <= 1
    }
}
