import Releases

/// Where an environment's state has gone. What is left behind is not used any more, or there would be two histories.
package struct MovedState: Codable, Sendable, Hashable {
    /// For people: `gs://BUCKET/PREFIX`, or a folder.
    package var to: String
    /// `user@host`.
    package var who: String
    /// RFC 3339.
    package var time: String
    /// Until everything is there, whoever moves it may begin anew.
    package var isComplete: Bool

    package init(to: String, who: String, time: String, isComplete: Bool) {
        self.to = to
        self.who = who
        self.time = time
        self.isComplete = isComplete
    }

    /// What everybody is told who still looks for it here.
    func refusal(of environment: String, at place: String) -> Failure {
        guard isComplete else {
            return Failure(
                .conflict, "the state of `\(environment)` is being moved from `\(place)` to `\(to)`",
                details: [.init("by", who), .init("since", time)],
                hint: "wait for it; one that was cut begins anew with `stagectl state move`")
        }
        return Failure(
            .configuration, "the state of `\(environment)` was moved from `\(place)` to `\(to)`",
            details: [.init("by", who), .init("at", time)],
            hint: "name the new place under `state:` in environments/\(environment).yaml")
    }
}
