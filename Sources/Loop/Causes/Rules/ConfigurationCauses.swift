import Verification

/// A setting that differs from the last good release and that what is seen names.
enum ConfigurationCauses {
    /// Words that say nothing about which setting it is.
    private static let common: Set<String> = [
        "env", "url", "uri", "host", "port", "name", "key", "id", "path", "mode", "timeout", "enabled", "api",
        "service",
        "level", "log", "sidecars", "app", "default", "config", "base", "endpoint", "addr", "address", "the", "max",
        "min",
    ]
    private static let unreachable = [
        Phrase(
            [
                "connection refused", "econnrefused", "unreachable", "enotfound", "no such host",
                "name or service not known",
                "could not resolve", "timed out", "timeout", "getaddrinfo", "connect call failed", "failed to connect",
                "404", "not found",
            ])
    ]

    static let rules = [
        CauseRule(.configurationChanged) { failure in
            for change in failure.changesInReach {
                for setting in change.settings where setting.field.contains("env.") {
                    guard let seen = line(naming: setting, in: failure) else { continue }
                    return finding(setting, change, seen)
                }
            }
            return nil
        },
        CauseRule(.configurationChanged) { failure in
            // Who may call at all is no setting of a revision, and is seen in no log.
            guard let change = failure.change,
                let setting = change.settings.first(where: { ["public", "ingress"].contains($0.field) }),
                failure.answeredBy == .platform, [401, 403, 404].contains(failure.status)
            else { return nil }
            return finding(setting, change, failure.messages.first)
        },
    ]

    private static func line(naming setting: ChangeSinceGood.Setting, in failure: SeenFailure) -> SeenText? {
        let leaf = setting.field.split(separator: ".").last.map(String.init) ?? setting.field
        let whole = SeenText.words(of: leaf)
        // `log level` is said of much else, and `LOG_LEVEL` of nothing else.
        let isCommon = whole.split(separator: " ").allSatisfy { common.contains(String($0)) }
        if whole.count > 5,
            let seen = failure.texts.first(where: { $0.mentions(whole) && (!isCommon || $0.text.contains(leaf)) })
        {
            return seen
        }
        // Its values, where they may be shown and are no common word.
        for value in [setting.later, setting.earlier].compactMap(\.self) where value.count >= 6 && value.first != "(" {
            let words = SeenText.words(of: value)
            if words.count >= 8, let seen = failure.texts.first(where: { $0.mentions(words) }) { return seen }
        }
        let telling = whole.split(separator: " ").map(String.init).filter { $0.count > 2 && !common.contains($0) }
        guard !telling.isEmpty else { return nil }
        let isPlace = ["url", "uri", "host", "endpoint", "addr", "address"].contains { whole.contains(" \($0) ") }
        return failure.texts.first { text in
            guard telling.allSatisfy({ text.mentions($0) }) else { return false }
            guard isPlace else { return telling.count > 1 }
            // A place that cannot be reached, while nothing says that it is down.
            let isDown = failure.facts.services.contains { $0.isDown && telling.contains($0.service) }
            return !isDown && unreachable.contains { $0.fits(text) }
        }
    }

    private static func finding(
        _ setting: ChangeSinceGood.Setting, _ change: ChangeSinceGood, _ seen: SeenText?
    ) -> CauseFinding {
        let values = "\(setting.earlier ?? "not set") in run \(change.since), \(setting.later ?? "not set") now"
        return CauseFinding(
            .named, .configurationChanged, subject: setting.field,
            "`\(setting.field)` of `\(change.service)` differs from the last good release, and what fails names it",
            evidence: [seen?.evidence, CauseEvidence(.change, "\(setting.field): \(values)")],
            deeper: [
                Why(
                    "\(setting.field) of \(change.service) changed: \(values)",
                    evidence: [CauseEvidence(.change, "\(setting.field): \(values)")])
            ],
            fix: "correct \(setting.field) of \(change.service) in environments/, or put it back")
    }
}
