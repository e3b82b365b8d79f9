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

    private let session: any WebSocketSession
    private let clock: any VerificationClock
    private let scope: CheckScope
    private let start: Duration
    private var messages = 0
    private var bytes = 0
    private var lastText = ""
    private var closed: (code: Int, reason: String)?

    init(session: any WebSocketSession, clock: any VerificationClock, scope: CheckScope, start: Duration) {
        self.session = session
        self.clock = clock
        self.scope = scope
        self.start = start
    }

    mutating func hold(_ check: WebSocketCheck, evidence: Evidence, captures: [Capture]) async -> Measurement {
        var evidence = evidence
        var outcome = Measurement(.passed)
        do throws(Problem) {
            try begin(check, answered: evidence.revision)
            for (index, step) in check.script.enumerated() { try await perform(step, number: index + 1) }
            try await end(check)
            let (values, missing) = Capture.take(captures, headers: [], body: Array(lastText.utf8))
            outcome.captures = values
            if let problem = missing.first { throw Problem(summary: problem) }
        } catch {
            outcome = Measurement(error.isError ? .error : .failed, summary: error.summary, likely: error.likely)
        }
        evidence.messages = messages
        evidence.bytes = bytes
        evidence.closeCode = closed?.code
        outcome.evidence = evidence
        return outcome
    }

    private func begin(_ check: WebSocketCheck, answered: String?) throws(Problem) {
        if case .refused(let wanted) = check.ending {
            throw Problem(summary: "the upgrade was accepted with 101, wanted a refusal with \(wanted)")
        }
        guard let answered, let problem = RevisionWitness.problem(answered: answered, scope: scope, status: 101) else {
            return
        }
        throw Problem(summary: problem, likely: RevisionWitness.likely)
    }

    private mutating func perform(_ step: WebSocketCheck.Step, number: Int) async throws(Problem) {
        switch step {
        case .sendText(let template):
            try await send(try resolve { () throws(Template.Unresolved) in try template.render(scope.values) }, number)
        case .sendJSON(let template):
            let value = try resolve { () throws(Template.Unresolved) in try template.render(scope.values) }
            try await send(value.serialized(), number)
        case .receive(let wanted): try await receive(wanted, number)
        case .receiveOrdered(let wanted): try await receive(wanted, number)
        case .close(let code): await session.close(code: code)
        }
    }

    private func resolve<Value>(_ body: () throws(Template.Unresolved) -> Value) throws(Problem) -> Value {
        do throws(Template.Unresolved) {
            return try body()
        } catch {
            throw .unresolved(error)
        }
    }

    private mutating func send(_ text: String, _ number: Int) async throws(Problem) {
        do {
            try await session.send(text)
        } catch {
            // The reason is in the close frame, if one came.
            let message = await session.receive(withinMilliseconds: 100)
            if case .closed(let code, let reason) = message { throw early(code, reason, "step \(number) (send)") }
            throw Problem(summary: "step \(number) (send): the connection no longer takes messages")
        }
    }

    /// The next text message; `seen` tells what came so far, for the sentence of a timeout.
    private mutating func next(
        until deadline: Duration, _ place: String, seen: String
    ) async throws(Problem) -> String {
        let left = deadline - clock.now()
        guard left > .zero else { throw Problem(summary: "\(place): \(seen) within the time") }
        switch await session.receive(withinMilliseconds: max(1, Int(left.milliseconds.rounded(.up)))) {
        case .text(let text):
            messages += 1
            bytes += text.utf8.count
            lastText = text
            return text
        case .binary(let data):
            messages += 1
            bytes += data.count
            lastText = String(decoding: data, as: UTF8.self)
            return lastText
        case .closed(let code, let reason): throw early(code, reason, "\(place): \(seen), then")
        case .timedOut: throw Problem(summary: "\(place): \(seen) within the time")
        }
    }

    private mutating func early(_ code: Int, _ reason: String, _ place: String) -> Problem {
        closed = (code, reason)
        let words = reason.isEmpty ? "" : ", reason `\(TextCondition.short(reason))`"
        return Problem(
            summary: "\(place) the server closed the connection with \(code)\(words)",
            likely: CloseDiagnosis.explain(code: code, afterMilliseconds: (clock.now() - start).milliseconds))
    }

    private mutating func receive(_ wanted: WebSocketCheck.Receive, _ number: Int) async throws(Problem) {
        let deadline = clock.now() + .milliseconds(wanted.withinMilliseconds)
        let place = "step \(number) (receive)"
        var seen = "no message"
        var passedOver = 0
        while true {
            let text = try await next(until: deadline, place, seen: seen)
            let values = scope.values
            let problem = try resolve { () throws(Template.Unresolved) in try wanted.problem(in: text, values: values) }
            guard let problem else { return }
            if wanted.mustBeNext { throw Problem(summary: "\(place): \(problem)") }
            passedOver += 1
            seen = "\(passedOver) message\(passedOver == 1 ? "" : "s") and none that fits, the last: \(problem)"
        }
    }

    private mutating func receive(_ wanted: WebSocketCheck.ReceiveOrdered, _ number: Int) async throws(Problem) {
        let deadline = clock.now() + .milliseconds(wanted.withinMilliseconds)
        let place = "step \(number) (receive_ordered)"
        var keys: [JSONValue] = []
        while keys.count < wanted.count {
            let text = try await next(until: deadline, place, seen: "\(keys.count) of \(wanted.count) messages")
            guard let document = try? JSONValue(parsing: text), let key = try? wanted.key.values(in: document).first
            else {
                continue
            }
            keys.append(key)
            let values = scope.values
            let problem = try resolve { () throws(Template.Unresolved) in try wanted.problem(in: keys, values: values) }
            if let problem { throw Problem(summary: "\(place): \(problem)") }
        }
    }

    private mutating func end(_ check: WebSocketCheck) async throws(Problem) {
        switch check.ending {
        case .refused: return
        case .closed(let codes, let milliseconds):
            let wanted = codes.map(String.init).joined(separator: " or ")
            let deadline = clock.now() + .milliseconds(milliseconds)
            while true {
                let left = deadline - clock.now()
                guard left > .zero else { break }
                let message = await session.receive(withinMilliseconds: max(1, Int(left.milliseconds.rounded(.up))))
                if case .closed(let code, let reason) = message {
                    closed = (code, reason)
                    if codes.contains(code) { return }
                    throw Problem(
                        summary: "the server closed with \(code), wanted \(wanted)",
                        likely: CloseDiagnosis.explain(
                            code: code, afterMilliseconds: (clock.now() - start).milliseconds))
                }
                if case .timedOut = message { break }
                messages += 1
            }
            throw Problem(summary: "the server did not close the connection, wanted \(wanted)")
        case .open:
            guard !check.script.contains(where: \.ends) else { return }
            let message = await session.receive(withinMilliseconds: Self.settleMilliseconds)
            if case .closed(let code, let reason) = message { throw early(code, reason, "after the script") }
        }
    }
}

extension WebSocketCheck.Step {
    /// The script itself shows that the connection works, or ends it.
    fileprivate var ends: Bool {
        switch self {
        case .receive, .receiveOrdered, .close: true
        case .sendText, .sendJSON: false
        }
    }
}

extension WebSocketCheck.Receive {
    /// Pure: why a message is not the one; nil when it is.
    func problem(in text: String, values: [String: String]) throws(Template.Unresolved) -> String? {
        if !json.isEmpty, let first = try JSONExpectation.problems(json, body: Array(text.utf8), values: values).first {
            return first
        }
        for condition in self.text {
            if let problem = try condition.problem(in: text, values: values) { return "the message \(problem)" }
        }
        return nil
    }
}

extension WebSocketCheck.ReceiveOrdered {
    /// Pure: what is wrong with the keys so far; nil while they are in order.
    func problem(in keys: [JSONValue], values: [String: String]) throws(Template.Unresolved) -> String? {
        let shown = keys.map { $0.serialized() }.joined(separator: ", ")
        if let last = keys.last, equals.indices.contains(keys.count - 1) {
            let wanted = try equals[keys.count - 1].render(values)
            if !JSONComparison.equal(last, wanted) {
                return
                    "message \(keys.count) has \(last.serialized()), wanted \(wanted.serialized()) (so far: \(shown))"
            }
        }
        guard keys.count > 1 else { return nil }
        let (before, last) = (keys[keys.count - 2], keys[keys.count - 1])
        if strictlyIncreasing, !JSONComparison.holds(before, .less, last) {
            return "out of order: \(last.serialized()) after \(before.serialized()) (so far: \(shown))"
        }
        if noGaps {
            guard let first = before.integer, let second = last.integer else {
                return "`no_gaps` needs whole numbers (so far: \(shown))"
            }
            let (next, overflow) = first.addingReportingOverflow(1)
            if overflow || second != next {
                return "a gap: \(second) after \(first) (so far: \(shown))"
            }
        }
        return nil
    }
}
