/// The platform's own record of which revision answered which request.
package protocol RequestLog: Sendable {
    /// The revisions that answered each of these traces, for those that the log shows by now: an entry appears some
    /// seconds after its request. Throws ``RequestLogProblem`` when the log cannot be read.
    func revisions(answering traces: Set<String>) async throws -> [String: Set<String>]
}

package struct RequestLogProblem: Error, Hashable, Sendable {
    /// In words, for people.
    package var reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}
