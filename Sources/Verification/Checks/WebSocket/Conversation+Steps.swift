import Configuration
import JSON

extension Conversation {
    mutating func perform(_ step: WebSocketCheck.Step, number: Int) async throws(Problem) {
        let place = "step \(number) (\(step.keyword))"
        switch step {
        case .send(let message): try await send(message, place)
        case .receive(let wanted): try await receive(wanted, place)
        case .receiveOrdered(let wanted): try await receive(wanted, place)
        case .roundTrips(let wanted): try await roundTrips(wanted, place)
        case .ping(let limit): try await ping(limit, place)
        case .hold(let wanted): try await hold(wanted, place)
        case .quiet(let milliseconds): try await quiet(milliseconds, place)
        case .close(let close): try await self.close(close, place)
        }
    }

    mutating func send(_ message: WebSocketCheck.Message, _ place: String) async throws(Problem) {
        let values = scope.values
        let session = session
        do {
            switch message {
            case .binary(let bytes): try await session.send(bytes)
            case .text(let template):
                try await session.send(try resolve { () throws(Template.Unresolved) in try template.render(values) })
            case .json(let template):
                let value = try resolve { () throws(Template.Unresolved) in try template.render(values) }
                try await session.send(value.serialized())
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            // The reason is in the close frame, if one came.
            let message = await session.receive(withinMilliseconds: 100)
            if case .closed(let code, let reason) = message { throw early(code, reason, "\(place):") }
            throw Problem(summary: "\(place): the connection no longer takes messages")
        }
    }

    mutating func receive(_ wanted: WebSocketCheck.Receive, _ place: String) async throws(Problem) {
        let deadline = clock.now() + .milliseconds(wanted.withinMilliseconds)
        var seen = "no message"
        var passedOver = 0
        while true {
            let message = try await next(until: deadline, place, seen: seen)
            let values = scope.values
            let problem = try resolve { () throws(Template.Unresolved) in
                try wanted.problem(in: message, values: values)
            }
            guard let problem else { return }
            if wanted.mustBeNext { throw Problem(summary: "\(place): \(problem)") }
            passedOver += 1
            seen = "\(passedOver) message\(passedOver == 1 ? "" : "s") and none that fits, the last: \(problem)"
        }
    }

    private mutating func receive(
        _ wanted: WebSocketCheck.ReceiveOrdered, _ place: String
    ) async throws(Problem) {
        let deadline = clock.now() + .milliseconds(wanted.withinMilliseconds)
        var keys: [JSONValue] = []
        while keys.count < wanted.count {
            let message = try await next(
                until: deadline, place, seen: "\(keys.count) of \(Counted.text(wanted.count, "message"))")
            guard let document = try? JSONValue(parsing: message), let key = try? wanted.key.values(in: document).first
            else {
                continue
            }
            keys.append(key)
            let values = scope.values
            let problem = try resolve { () throws(Template.Unresolved) in try wanted.problem(in: keys, values: values) }
            if let problem { throw Problem(summary: "\(place): \(problem)") }
        }
    }

    private mutating func roundTrips(_ wanted: WebSocketCheck.RoundTrips, _ place: String) async throws(Problem) {
        for trip in 1...max(1, wanted.count) where !Task.isCancelled {
            scope.values["ws.trip"] = "\(trip)"
            let began = clock.now()
            do throws(Problem) {
                try await send(wanted.send, place)
                try await receive(wanted.receive, place)
                latencies.append((clock.now() - began).milliseconds)
            } catch {
                // The rest of them cannot be answered either.
                latencies += [Double](repeating: .infinity, count: wanted.count - trip + 1)
                throw Problem(
                    summary: "\(error.summary) (round trip \(trip) of \(wanted.count))", likely: error.likely,
                    isError: error.isError)
            }
            if wanted.pauseMilliseconds > 0, trip < wanted.count {
                try? await clock.sleep(for: .milliseconds(wanted.pauseMilliseconds))
            }
        }
    }

    private mutating func ping(_ limit: Int, _ place: String) async throws(Problem) {
        if await session.ping(withinMilliseconds: limit) != nil { return }
        // What came before the end, or the end itself.
        if case .closed(let code, let reason) = await session.receive(withinMilliseconds: 1) {
            throw early(code, reason, "\(place):")
        }
        throw Problem(
            summary: "\(place): the ping was not answered within \(limit) ms",
            likely: LikelyCause(
                cause: "the server's event loop is blocked, or a proxy in between does not pass pings on",
                fix: "look for blocking work in the handler, and read the service's logs of this trace id"))
    }

    private mutating func quiet(_ milliseconds: Int, _ place: String) async throws(Problem) {
        switch await session.receive(withinMilliseconds: milliseconds) {
        case .timedOut: return
        case .text(let text): throw Problem(summary: "\(place): `\(TextCondition.short(text))` came, wanted nothing")
        case .binary(let data):
            throw Problem(summary: "\(place): \(Counted.text(data.count, "byte")) came, wanted nothing")
        case .closed(let code, let reason): throw early(code, reason, "\(place):")
        case .violated(let code, let reason): throw Self.violation(code, reason, "\(place):")
        }
    }

    private mutating func close(_ wanted: WebSocketCheck.Close, _ place: String) async throws(Problem) {
        let values = scope.values
        let reason = try resolve { () throws(Template.Unresolved) in try wanted.reason?.render(values) ?? "" }
        let code = await session.close(code: wanted.code, reason: reason)
        end(with: code)
        if wanted.mustBeAnswered, code == 1006 {
            throw Problem(
                summary: "\(place): the server did not answer the close frame",
                likely: LikelyCause(
                    cause: "the handler does not read any more, or the server ends connections without the closing "
                        + "handshake (RFC 6455 section 7.1.2)",
                    fix: "see that the handler reads until the connection ends"))
        }
        // Sent before it saw this side's: it had failed already.
        if CloseDiagnosis.isServerError(code), code != wanted.code {
            throw early(code, "", "\(place):")
        }
    }
}

extension WebSocketCheck.Receive {
    /// Pure: why a message is not the one; nil when it is.
    func problem(in message: [UInt8], values: [String: String]) throws(Template.Unresolved) -> String? {
        if let bytes, bytes != message { return "the message is not the \(bytes.count) bytes that were wanted" }
        if !json.isEmpty, let first = try JSONExpectation.problems(json, body: message, values: values).first {
            return first
        }
        guard !text.isEmpty else { return nil }
        let words = String(decoding: message, as: UTF8.self)
        for condition in text {
            if let problem = try condition.problem(in: words, values: values) { return "the message \(problem)" }
        }
        return nil
    }
}

extension WebSocketCheck.ReceiveOrdered {
    /// Pure: what is wrong with the keys so far; nil while they are in order.
    func problem(in keys: [JSONValue], values: [String: String]) throws(Template.Unresolved) -> String? {
        let shown = keys.suffix(20).map { $0.serialized() }.joined(separator: ", ")
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
