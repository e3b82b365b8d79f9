import JSON

/// What is said on one WebSocket connection: the script's steps in order, and everything that came.
struct Conversation {
    /// How long a connection without any wait in its script is watched for an end that nobody asked for. A handler
    /// that raises right after accept closes within milliseconds.
    private static let settleMilliseconds = 300

    struct Problem: Error {
        var summary: String
        var likely: LikelyCause?
        var isError = false

        static func unresolved(_ error: Template.Unresolved) -> Problem {
            Problem(summary: "`${\(error.name)}` has no value in this run", isError: true)
        }
    }

    let session: any WebSocketSession
    let clock: any VerificationClock
    /// When the connection was asked for.
    let start: Duration
    /// Of all connections that must be open at once; nil for one by itself.
    let meeting: ConnectionMeeting?
    var scope: CheckScope
    private(set) var memory: ConversationMemory
    /// Milliseconds; infinite for what was never answered.
    var latencies: [Double] = []
    /// Ended by the server as the script allows: nothing more is said.
    var hasEnded = false
    private(set) var messages = 0
    private(set) var bytes = 0
    private var last: [UInt8] = []
    private(set) var closed: (code: Int, reason: String)?

    init(
        session: any WebSocketSession, clock: any VerificationClock, scope: CheckScope, start: Duration,
        memory: ConversationMemory = ConversationMemory(nil), meeting: ConnectionMeeting? = nil
    ) {
        self.session = session
        self.clock = clock
        self.scope = scope
        self.start = start
        self.memory = memory
        self.meeting = meeting
    }

    mutating func hold(
        _ check: WebSocketCheck, _ answer: WebSocketAcceptance, evidence: Evidence, captures: [Capture]
    ) async -> Measurement {
        var evidence = evidence
        var outcome = Measurement(.passed)
        do throws(Problem) {
            try begin(check, answer, answered: evidence.revision)
            for (index, step) in check.script.enumerated() where !hasEnded {
                if step.isClose { try await meet() }
                try await perform(step, number: index + 1)
            }
            if !check.script.contains(where: \.isClose), check.ending == .open { try await meet() }
            try await end(check)
            let (values, missing) = Capture.take(captures, headers: [], body: last)
            outcome.captures = values
            if let problem = missing.first { throw Problem(summary: problem) }
            if memory.isResuming {
                throw Problem(summary: "no message came by which it could be told that the server goes on")
            }
        } catch {
            outcome = Measurement(error.isError ? .error : .failed, summary: error.summary, likely: error.likely)
        }
        evidence.messages = (evidence.messages ?? 0) + messages
        evidence.bytes = (evidence.bytes ?? 0) + bytes
        evidence.closeCode = closed?.code ?? evidence.closeCode
        outcome.evidence = evidence
        return outcome
    }

    private func begin(
        _ check: WebSocketCheck, _ answer: WebSocketAcceptance, answered: String?
    ) throws(Problem) {
        if case .refused(let wanted) = check.ending {
            throw Problem(summary: "the upgrade was accepted with 101, wanted a refusal with \(wanted.status)")
        }
        let problems = try resolve { () throws(Template.Unresolved) in
            try check.acceptance.problems(of: answer, offered: check.subprotocols, values: scope.values)
        }
        if !problems.isEmpty { throw Problem(summary: problems.joined(separator: "; ")) }
        guard let answered, let problem = RevisionWitness.problem(answered: answered, scope: scope, status: 101) else {
            return
        }
        throw Problem(summary: problem, likely: RevisionWitness.likely)
    }

    /// Waits until all connections are open, and sees that this one still is.
    private mutating func meet() async throws(Problem) {
        guard let meeting, !hasEnded else { return }
        await meeting.waitForAll()
        while true {
            switch await session.receive(withinMilliseconds: 1) {
            case .timedOut: return
            case .closed(let code, let reason): throw early(code, reason, "while the other connections were opened")
            case .violated(let code, let reason): throw Self.violation(code, reason, "while the others were opened")
            case .text, .binary: messages += 1
            }
        }
    }

    func resolve<Value>(_ body: () throws(Template.Unresolved) -> Value) throws(Problem) -> Value {
        do throws(Template.Unresolved) {
            return try body()
        } catch {
            throw .unresolved(error)
        }
    }

    /// The next message; `seen` tells what came so far, for the sentence of a timeout.
    mutating func next(until deadline: Duration, _ place: String, seen: String) async throws(Problem) -> [UInt8] {
        let left = deadline - clock.now()
        guard left > .zero else { throw Problem(summary: "\(place): \(seen) within the time") }
        switch await session.receive(withinMilliseconds: max(1, Int(left.milliseconds.rounded(.up)))) {
        case .text(let text): return try took(Array(text.utf8), place)
        case .binary(let data): return try took(data, place)
        case .closed(let code, let reason): throw early(code, reason, "\(place): \(seen), then")
        case .violated(let code, let reason): throw Self.violation(code, reason, "\(place): \(seen), then")
        case .timedOut: throw Problem(summary: "\(place): \(seen) within the time")
        }
    }

    mutating func took(_ message: [UInt8], _ place: String) throws(Problem) -> [UInt8] {
        messages += 1
        bytes += message.count
        last = message
        if let problem = memory.take(String(decoding: message, as: UTF8.self)) {
            throw Problem(summary: "\(place): \(problem)")
        }
        return message
    }

    mutating func early(_ code: Int, _ reason: String, _ place: String) -> Problem {
        closed = (code, reason)
        let age = (clock.now() - start).milliseconds
        let words = reason.isEmpty ? "" : ", reason `\(TextCondition.short(reason))`"
        let how =
            code == 1006
            ? "the connection was dropped without a close frame (1006) \(JUnitDocument.seconds(age)) s after it was opened"
            : "the server closed the connection with \(code)\(words)"
        return Problem(
            summary: "\(place) \(how)",
            likely: CloseDiagnosis.explain(
                code: code, afterMilliseconds: age, requestTimeoutMilliseconds: scope.requestTimeoutMilliseconds))
    }

    static func violation(_ code: Int, _ reason: String, _ place: String) -> Problem {
        Problem(
            summary: "\(place) the server broke the WebSocket protocol, and was closed with \(code): \(reason)",
            likely: ViolationDiagnosis.explain(code: code))
    }

    private mutating func end(_ check: WebSocketCheck) async throws(Problem) {
        guard !hasEnded else { return }
        switch check.ending {
        case .refused: return
        case .closed(let wanted): try await end(wanted)
        case .open:
            guard !check.script.contains(where: \.isTelling) else { return }
            switch await session.receive(withinMilliseconds: Self.settleMilliseconds) {
            case .closed(let code, let reason): throw early(code, reason, "after the script")
            case .violated(let code, let reason): throw Self.violation(code, reason, "after the script")
            case .text(let text): _ = try took(Array(text.utf8), "after the script")
            case .binary(let data): _ = try took(data, "after the script")
            case .timedOut: return
            }
        }
    }

    private mutating func end(_ wanted: WebSocketCheck.Closing) async throws(Problem) {
        let codes = wanted.codes.map(String.init).joined(separator: " or ")
        let (code, reason) = try await awaitClose(
            withinMilliseconds: wanted.withinMilliseconds, "the server did not close the connection, wanted \(codes)")
        let likely = CloseDiagnosis.explain(
            code: code, afterMilliseconds: (clock.now() - start).milliseconds,
            requestTimeoutMilliseconds: scope.requestTimeoutMilliseconds)
        guard wanted.codes.contains(code) else {
            throw Problem(summary: "the server closed with \(code), wanted \(codes)", likely: likely)
        }
        for condition in wanted.reason {
            let problem = try resolve { () throws(Template.Unresolved) in
                try condition.problem(in: reason, values: scope.values)
            }
            if let problem { throw Problem(summary: "the reason of the close \(problem)", likely: likely) }
        }
    }

    /// Passes over what still comes.
    mutating func awaitClose(
        withinMilliseconds limit: Int, _ otherwise: String
    ) async throws(Problem) -> (code: Int, reason: String) {
        let deadline = clock.now() + .milliseconds(limit)
        while true {
            let left = deadline - clock.now()
            guard left > .zero else { throw Problem(summary: otherwise) }
            switch await session.receive(withinMilliseconds: max(1, Int(left.milliseconds.rounded(.up)))) {
            case .closed(let code, let reason):
                closed = (code, reason)
                return (code, reason)
            case .violated(let code, let reason): throw Self.violation(code, reason, "at the end")
            case .timedOut: throw Problem(summary: otherwise)
            case .text(let text): _ = try took(Array(text.utf8), "at the end")
            case .binary(let data): _ = try took(data, "at the end")
            }
        }
    }

    /// The end that this side asked for.
    mutating func end(with code: Int) { closed = (code, "") }
}
