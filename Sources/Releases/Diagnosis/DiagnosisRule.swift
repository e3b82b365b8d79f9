import Configuration

/// One kind of failure: by which signs it is known, and what is said about it.
struct DiagnosisRule: Sendable {
    /// How close a rule comes to what has to be mended; the closest that is seen is the cause. The order of the cases
    /// is the order of choice.
    enum Closeness: Int, Comparable, CaseIterable, Sendable {
        /// The platform says what it would not do: no container ran, so nothing that a container says explains it.
        case refused
        /// The platform says what it did to a container that ran.
        case killed
        /// The program names the thing that it lacks or cannot reach.
        case named
        /// The program says that it gave up, or where: an exception, a server that could not boot its workers.
        case gaveUp
        /// Only how it ended is known: an exit code, a probe, a deadline.
        case ended

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let kind: String
    let closeness: Closeness
    let signs: [Sign]
    let explain: @Sendable (Sighting) -> Explanation

    init(
        _ kind: String, _ closeness: Closeness, _ signs: [Sign],
        explain: @escaping @Sendable (Sighting) -> Explanation
    ) {
        self.kind = kind
        self.closeness = closeness
        self.signs = signs
        self.explain = explain
    }
}

/// What a rule is known by. Texts are looked for by a plain `needle` first: a pattern alone would be tried at every
/// character of every line.
enum Sign: Sendable {
    /// A reason of a condition, as the word of the enum.
    case reason(String)
    /// Words of the platform: of a condition, an operation, a refusal.
    case statement(needle: String, pattern: String?)
    /// A line of the log.
    case line(needle: String, pattern: String?)
    /// What takes more than one line to see.
    case judged(@Sendable (Symptoms, [LogText]) -> Sighting.Match?)

    static func statement(_ needle: String, _ pattern: String? = nil) -> Sign {
        .statement(needle: needle, pattern: pattern)
    }

    static func line(_ needle: String, _ pattern: String? = nil) -> Sign { .line(needle: needle, pattern: pattern) }
}

/// A rule's sign, seen.
struct Sighting: Sendable {
    struct Match: Hashable, Sendable {
        /// What was read, in full.
        var text: String
        /// What the pattern took out of it, in order; groups that took no part are left out.
        var captures: [String] = []
    }

    var symptoms: Symptoms
    var match: Match

    /// A captured text for people to read; `alternative` when nothing was captured.
    func text(_ index: Int = 0, else alternative: String = "") -> String {
        match.captures.indices.contains(index) ? match.captures[index] : alternative
    }

    /// A captured text for a command; nil when it is not a plain word. A log line is written by anybody, and a
    /// command is pasted into a shell.
    func word(_ index: Int = 0) -> String? {
        guard match.captures.indices.contains(index) else { return nil }
        let text = match.captures[index]
        let plain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "/", "@", ":", "-": true
            default: false
            }
        }
        return plain && !text.isEmpty && !text.hasPrefix("-") && text.utf8.count <= 200 ? text : nil
    }

    var name: String { symptoms.service.name }
    var project: String { symptoms.identity?.project ?? "" }
    var region: String { symptoms.identity?.region ?? "" }

    /// Who runs the revision, as far as the configuration says.
    var account: String? { symptoms.service.container.serviceAccount }

    /// The lines around what was seen.
    var logs: String {
        "stagectl logs \(name)" + (symptoms.revision.map { " --revision \($0)" } ?? "")
    }

    /// Grants a role of the project to the revision's account; nil when that is not known.
    func grant(_ role: String, to account: String? = nil) -> String? {
        guard let account = account ?? self.account, !project.isEmpty else { return nil }
        return "gcloud projects add-iam-policy-binding \(project) --member=serviceAccount:\(account) --role=\(role)"
    }
}

/// One cause, one fix, one command.
struct Explanation: Hashable, Sendable {
    var cause: String
    var fix: String
    var command: String?

    init(_ cause: String, fix: String, command: String? = nil) {
        self.cause = cause
        self.fix = fix
        self.command = command
    }
}
