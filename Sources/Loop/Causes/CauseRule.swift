/// How a rule comes to a cause.
struct CauseRule: Sendable {
    /// How close what was seen comes to what has to be mended; the order of the cases is the order of choice.
    enum Closeness: Int, Comparable, Sendable, CaseIterable {
        /// Platform, program or answer name it.
        case named
        /// Codes and facts fit it together.
        case shown
        /// Only how it ended is known.
        case ended

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let kind: CauseKind
    let judge: @Sendable (SeenFailure) -> CauseFinding?

    init(_ kind: CauseKind, judge: @escaping @Sendable (SeenFailure) -> CauseFinding?) {
        self.kind = kind
        self.judge = judge
    }
}

/// What a rule found, before it is told together with what changed.
struct CauseFinding: Sendable {
    var closeness: CauseRule.Closeness
    var kind: CauseKind
    var subject: String?
    var statement: String
    var evidence: [CauseEvidence]
    /// Why it is so, as far as the rule knows more.
    var deeper: [Why] = []
    var fix: String?
    /// Fields of settings that bear on it, by their beginning.
    var settings: [String] = []

    init(
        _ closeness: CauseRule.Closeness, _ kind: CauseKind, subject: String? = nil, _ statement: String,
        evidence: [CauseEvidence?] = [], deeper: [Why] = [], fix: String? = nil, settings: [String] = []
    ) {
        self.closeness = closeness
        self.kind = kind
        self.subject = subject
        self.statement = statement
        self.evidence = evidence.compactMap(\.self)
        self.deeper = deeper
        self.fix = fix
        self.settings = settings
    }
}
