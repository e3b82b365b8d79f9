package import JSON
package import Releases

/// A release as a message: `text` for notifications, `blocks` for who reads it, as Slack's incoming webhooks take them
/// (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks); others read `text` alone.
package enum SlackMessage {
    /// A header's text has at most 150 characters, a section's 3000 (docs.slack.dev/reference/block-kit/blocks).
    private static let longestHeader = 150
    private static let longestSection = 3000

    package static func of(_ release: ReleaseDocument) -> JSONValue {
        let names = release.services.filter { $0.outcome != .unchanged }.map(\.service)
        let what = Set(names).count > 5 ? "\(Set(names).count) services" : unique(names).joined(separator: ", ")
        let title = "\(release.environment): \(what.isEmpty ? release.kind.rawValue : what) \(word(release))"
        var blocks: [JSONValue] = [
            [
                "type": "header",
                "text": ["type": "plain_text", "text": .string(String(title.prefix(longestHeader)))],
            ]
        ]
        blocks += release.services.filter { $0.outcome != .unchanged }.prefix(20).map { section(line($0)) }
        if let error = release.error {
            blocks.append(
                section("*why* " + escaped(error.summary) + (error.hint.map { "\n*next* " + escaped($0) } ?? "")))
        }
        blocks.append(
            section(
                "*verdict* \(release.verdict.result.rawValue): \(escaped(release.verdict.rule))\n"
                    + "run `\(escaped(release.run))` by \(escaped(release.initiator))"))
        return ["text": .string(escaped(title)), "blocks": .array(blocks)]
    }

    private static func line(_ service: ServiceResult) -> String {
        var text = "*\(escaped(service.service))* \(escaped(service.region)): \(service.outcome.rawValue)"
        if let revision = service.revision { text += ", `\(escaped(revision))` serves" }
        if let commit = service.commit { text += ", commit `\(escaped(String(commit.prefix(12))))`" }
        if let diagnosis = service.diagnosis { text += "\n\(escaped(diagnosis.cause))" }
        return text
    }

    private static func word(_ release: ReleaseDocument) -> String {
        switch release.outcome {
        case .promoted: "promoted"
        case .unchanged: "unchanged"
        case .held: "held"
        case .rolledBack: "rolled back"
        case .failed: "failed"
        case .needsAttention: "needs attention"
        }
    }

    private static func section(_ text: String) -> JSONValue {
        ["type": "section", "text": ["type": "mrkdwn", "text": .string(String(text.prefix(longestSection)))]]
    }

    /// Slack's three control characters (docs.slack.dev/messaging/formatting-message-text).
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
