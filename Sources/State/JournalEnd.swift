import Releases

extension JournalEntry.Event {
    /// A run that needs attention has stopped, but `resume` or `abort` still has to find it.
    var endsRun: Bool {
        if case .ended(let outcome) = self { outcome != .needsAttention } else { false }
    }

    /// Whether nobody executes it after this.
    var stopsRun: Bool {
        if case .ended = self { true } else { false }
    }
}

/// What a store says about runs, the same wherever it keeps them.
enum RunRefusal {
    static func begunAlready(_ run: String) -> Failure {
        Failure(.conflict, "run `\(run)` has a journal already", hint: "stagectl show \(run)")
    }

    static func unknown(_ run: String) -> Failure { Failure(.internalError, "run `\(run)` has no journal") }

    static func notInHistory(_ run: String) -> Failure {
        Failure(.usage, "no release is called `\(run)`", hint: "stagectl history")
    }

    static func ended(_ run: String) -> Failure {
        Failure(.conflict, "run `\(run)` has been ended by another process", hint: "stagectl show \(run)")
    }

    static func takenOver(_ run: String, token: Int64, highest: Int64) -> Failure {
        Failure(
            .conflict, "run `\(run)` was taken over by another process",
            details: [.init("fencing token", "\(token), and \(highest) has written since")],
            hint: "stagectl show \(run)")
    }
}
