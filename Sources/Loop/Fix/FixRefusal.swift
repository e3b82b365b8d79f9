/// Why a change is not taken.
package struct FixRefusal: Codable, Hashable, Sendable {
    package enum Rule: String, Codable, Hashable, Sendable, CaseIterable {
        /// A path that is denied, by the configuration or for good.
        case deny
        /// A path outside of what is allowed.
        case allow
        case tooManyFiles = "max-files"
        case tooManyLines = "max-lines"
        /// More than can be judged line by line.
        case unreadable
        /// A part of the configuration that judges.
        case judge
        /// The configuration cannot be read any more.
        case configuration
        /// A link out of the tree, or to what is denied.
        case link
        case submodule
        /// A repository inside the tree.
        case nested
        case testDeleted = "test-deleted"
        /// Fewer tests, or fewer assertions.
        case testWeakened = "test-weakened"
        case skip
        /// A failure that is not looked at.
        case failureIgnored = "failure-ignored"
        case sleep
        /// Git's own settings, hooks, branches or HEAD.
        case git
    }

    /// Nil where it is about no single file.
    package var path: String?
    /// From 1; nil where it is about no single line.
    package var line: Int?
    package var rule: Rule
    package var why: String

    package init(_ rule: Rule, _ path: String? = nil, line: Int? = nil, _ why: String) {
        self.rule = rule
        self.path = path
        self.line = line
        self.why = why
    }

    /// About no single file.
    package init(_ rule: Rule, why: String) {
        self.init(rule, nil, why)
    }

    /// `PATH:LINE: WHY (RULE)`.
    package var text: String {
        let place = path.map { $0 + (line.map { ":\($0)" } ?? "") + ": " } ?? ""
        return "\(place)\(why) (\(rule.rawValue))"
    }

    package var record: FixRecord.Refusal {
        FixRecord.Refusal(path: path, rule: rule.rawValue, why: (line.map { "line \($0): " } ?? "") + why)
    }
}

package struct FixVerdict: Codable, Hashable, Sendable {
    package var refusals: [FixRefusal]

    package init(refusals: [FixRefusal] = []) {
        self.refusals = refusals
    }

    package var isAccepted: Bool { refusals.isEmpty }
}
