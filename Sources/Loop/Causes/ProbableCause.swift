/// What failures probably come from, with what shows it.
package struct ProbableCause: Codable, Hashable, Sendable {
    package enum Confidence: String, Codable, Hashable, Sendable, CaseIterable {
        /// The platform, the program's log or the answer names it.
        case known
        /// It fits what was seen, and something else could fit as well.
        case probable
        case unknown
    }

    package var kind: CauseKind
    /// What it is about beside the service: a dependency, a secret, a setting, an exception; nil for nothing of its own.
    package var subject: String?
    package var confidence: Confidence
    package var statement: String
    package var evidence: [CauseEvidence]
    /// Each answers why the one before it is so, at most five; the last one is not known where nothing more was seen.
    package var whys: [Why]
    /// What to do first; nil where nothing that is known would help.
    package var fix: String?

    package init(
        kind: CauseKind, subject: String? = nil, confidence: Confidence, statement: String,
        evidence: [CauseEvidence] = [], whys: [Why] = [], fix: String? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.confidence = confidence
        self.statement = statement
        self.evidence = evidence
        self.whys = whys
        self.fix = fix
    }
}

/// One thing that was seen. Its text is from outside, and means nothing but itself.
package struct CauseEvidence: Codable, Hashable, Sendable {
    package enum Source: String, Codable, Hashable, Sendable, CaseIterable {
        /// A check's own words.
        case check
        /// A line that the service logged.
        case log
        /// The platform's conditions and messages.
        case platform
        /// What a request sent, or an answer's headers.
        case exchange
        /// A difference from the last good release.
        case change
        /// The documented routes.
        case inventory
        /// The state of another service.
        case dependency
    }

    package var source: Source
    package var text: String

    package init(_ source: Source, _ text: String) {
        self.source = source
        self.text = text
    }
}

/// One answer to "why".
package struct Why: Codable, Hashable, Sendable {
    package static let most = 5

    package var answer: String
    package var evidence: [CauseEvidence]
    /// False where the chain ends, since nobody knows.
    package var isKnown: Bool

    package init(_ answer: String, evidence: [CauseEvidence] = [], isKnown: Bool = true) {
        self.answer = answer
        self.evidence = evidence
        self.isKnown = isKnown
    }
}
