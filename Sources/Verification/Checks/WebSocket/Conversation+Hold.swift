import JSON

extension Conversation {
    /// Keeps the connection open: pings it, sends over it where that is wanted, reads what comes, and tells an end by
    /// its code and by the connection's age.
    mutating func hold(_ wanted: WebSocketCheck.Hold, _ place: String) async throws(Problem) {
        let begin = clock.now()
        let end = begin + .milliseconds(wanted.milliseconds)
        var nextPing = wanted.pingEveryMilliseconds.map { begin + .milliseconds($0) }
        var nextSend = wanted.traffic.map { begin + .milliseconds($0.everyMilliseconds) }
        while !Task.isCancelled {
            let now = clock.now()
            let left = min(end, nextPing ?? end, nextSend ?? end) - now
            if left > .zero {
                switch await session.receive(withinMilliseconds: max(1, Int(left.milliseconds.rounded(.up)))) {
                case .timedOut: continue
                case .text(let text): _ = try took(Array(text.utf8), place)
                case .binary(let data): _ = try took(data, place)
                case .closed(let code, let reason): return try ended(code, reason, wanted, place)
                case .violated(let code, let reason): throw Self.violation(code, reason, "\(place):")
                }
                continue
            }
            if now >= end { break }
            if let every = wanted.pingEveryMilliseconds, let due = nextPing, now >= due {
                nextPing = due + .milliseconds(every)
                if await session.ping(withinMilliseconds: wanted.pongWithinMilliseconds) == nil {
                    try await unanswered(wanted, place)
                    if hasEnded { return }
                }
            }
            if let traffic = wanted.traffic, let due = nextSend, now >= due {
                nextSend = due + .milliseconds(traffic.everyMilliseconds)
                try await send(traffic.send, place)
                if let answer = traffic.receive { try await receive(answer, place) }
            }
        }
    }

    private mutating func unanswered(_ wanted: WebSocketCheck.Hold, _ place: String) async throws(Problem) {
        // The connection may have ended, behind messages that nobody has read yet.
        while true {
            switch await session.receive(withinMilliseconds: 1) {
            case .text(let text): _ = try took(Array(text.utf8), place)
            case .binary(let data): _ = try took(data, place)
            case .closed(let code, let reason): return try ended(code, reason, wanted, place)
            case .violated(let code, let reason): throw Self.violation(code, reason, "\(place):")
            case .timedOut:
                let age = JUnitDocument.seconds((clock.now() - start).milliseconds)
                throw Problem(
                    summary: "\(place): a ping was not answered within \(wanted.pongWithinMilliseconds) ms, \(age) s "
                        + "after the connection was opened",
                    likely: LikelyCause(
                        cause: "the server's event loop is blocked, the instance has no CPU, or a proxy in between has "
                            + "forgotten the connection",
                        fix: "look at what the service does at this age of a connection, and whether its CPU is always "
                            + "allocated"))
            }
        }
    }

    private mutating func ended(
        _ code: Int, _ reason: String, _ wanted: WebSocketCheck.Hold, _ place: String
    ) throws(Problem) {
        let age = (clock.now() - start).milliseconds
        let problem = early(code, reason, "\(place):")
        guard let allowed = wanted.mayEndAtMilliseconds else { throw problem }
        guard CloseDiagnosis.isAbout(age, Double(allowed)) else {
            var problem = problem
            problem.summary += ", wanted not before about \(JUnitDocument.seconds(Double(allowed))) s"
            throw problem
        }
        hasEnded = true
    }
}
