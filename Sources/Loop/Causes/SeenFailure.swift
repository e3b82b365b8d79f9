import Verification

/// Failures that look alike, with all that was seen of them: what a rule judges.
struct SeenFailure: Sendable {
    let signature: FailureSignature
    let members: [FailedCheck]
    let facts: CauseFacts
    /// What the checks say.
    let messages: [SeenText]
    /// What the service logged under their traces, the latest first, without what tells of nothing wrong.
    let logs: [SeenText]
    /// The same with everything.
    let allLogs: [SeenText]
    /// What the service itself says comes before what its caller makes of it.
    let texts: [SeenText]
    let index: FactIndex

    /// Of a thousand that look alike, the first say the same as the rest.
    private static let most = 40

    init(_ signature: FailureSignature, _ members: [FailedCheck], _ facts: CauseFacts, _ index: FactIndex) {
        self.index = index
        self.signature = signature
        self.members = members
        self.facts = facts
        var known: Set<String> = []
        func distinct(_ texts: some Sequence<String>, _ source: CauseEvidence.Source) -> [SeenText] {
            Array(texts.lazy.filter { known.insert($0).inserted }.prefix(Self.most).map { SeenText($0, source) })
        }
        // Long reports of a test have the line that matters anywhere.
        let said = members.lazy.flatMap { check -> [String] in
            var lines = check.message.prefix(20_000).split(whereSeparator: \.isNewline).prefix(60).map(String.init)
            if let challenge = check.challenge { lines.append("WWW-Authenticate: \(challenge)") }
            return lines
        }
        messages = distinct(said, .check)
        allLogs = distinct(
            members.lazy.flatMap { $0.logLines.suffix(200).reversed().map { String($0.prefix(1000)) } }, .log)
        logs = allLogs.filter { !$0.isRoutine }
        texts = logs + messages
    }

    var service: String { signature.service }
    var status: Int? { signature.status }
    var closeCode: Int? { signature.closeCode }
    var finding: ServiceFinding? { facts.finding(of: service) }
    var change: ChangeSinceGood? { facts.change(of: service) }

    /// Nil where nobody could tell, or they do not agree.
    var answeredBy: RefusalEvidence.Origin? {
        let known = Set(members.compactMap(\.answeredBy))
        return known.count == 1 ? known.first : nil
    }

    /// Nil where it is not known of any of them.
    var sentHeaders: Set<String>? {
        let known = members.compactMap(\.sentHeaders)
        guard let first = known.first else { return nil }
        return known.dropFirst().reduce(Set(first)) { $0.intersection($1) }
    }

    var sendsCredentials: Bool? {
        sentHeaders.map { headers in
            headers.contains { name in
                name == "cookie" || Self.credentialWords.contains { name.contains($0) }
            }
        }
    }

    private static let credentialWords = ["authorization", "token", "api-key", "apikey", "credential", "session"]

    var isOfWebSocket: Bool {
        members.contains { $0.kind == "ws" } || closeCode != nil
            || messages.contains { $0.mentions("websocket") || $0.mentions("upgrade ") }
            || signature.route.map { SeenText.words(of: $0).contains(" ws ") } ?? false
    }

    var isOfStream: Bool {
        if members.contains(where: { ["sse", "stream"].contains($0.kind) }) { return true }
        let words =
            (signature.route.map { SeenText.words(of: $0) } ?? "") + members.map { SeenText.words(of: $0.id) }.joined()
        return Self.streamWords.contains { words.contains($0) }
            || messages.contains { text in Self.streamWords.contains { text.mentions($0) } }
    }

    private static let streamWords = [
        " stream", "eventstream", " sse ", "reading body", "body timeout", "message body",
        "partial result", "chunk", "server sent event", "event source", "long poll",
    ]

    /// What changed, of the service and of those it needs.
    var changesInReach: [ChangeSinceGood] {
        let names = [service] + (finding?.dependsOn ?? [])
        return names.compactMap { facts.change(of: $0) }
    }
}
