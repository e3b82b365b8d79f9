import Releases

extension Brief {
    /// A revision that its suites refused: it has no address any more, so it is made once more to be asked.
    package struct Candidate: Hashable, Sendable {
        /// Of the new one.
        package static let newTag = "brief"

        private let tag: String
        private let flags: [String]

        /// - Parameters:
        ///   - tag: of the one that was refused.
        ///   - flags: of `deploy`, for the new one.
        package init(tag: String, flags: [String]) {
            self.tag = tag
            self.flags = flags
        }

        /// As they are typed.
        var words: String { ShellWord.line(flags) }

        /// A line that asks the old one, for the new one: a tag is the beginning of its host
        /// (https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration#tags).
        func renamed(_ line: String) -> String { line.replacing("://\(tag)---", with: "://\(Self.newTag)---") }
    }
}
