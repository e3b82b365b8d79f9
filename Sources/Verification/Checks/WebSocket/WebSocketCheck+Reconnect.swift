import Configuration

extension WebSocketCheck {
    /// Between two attempts; each pause is twice the one before, up to a second.
    private static let firstPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(1)

    /// Loses the connection and makes it again, as often as is wanted. `conversation` is the first connection's, with
    /// what it knows of the session; `measurement` has passed so far.
    func reconnect(
        _ wanted: Reconnection, _ probe: any WebSocketProbe, _ conversation: inout Conversation,
        _ measurement: inout Measurement
    ) async {
        var found = ReconnectionEvidence()
        for round in 1...max(1, wanted.times) where measurement.outcome == .passed && !Task.isCancelled {
            let captures = measurement.captures
            do throws(Conversation.Problem) {
                try await lose(wanted, &conversation)
                // As they were at the loss: what comes afterwards is held against them.
                conversation.scope.values.merge(conversation.memory.values) { $1 }
                let clock = conversation.clock
                let lost = clock.now()
                let (session, answer) = try await reopen(wanted, probe, conversation, since: lost, &found)
                found.slowestMilliseconds = max(found.slowestMilliseconds, (clock.now() - lost).milliseconds)
                var evidence = measurement.evidence
                evidence.record(answer, conversation.scope)
                var memory = conversation.memory
                memory.resume()
                var latencies = conversation.latencies
                conversation = Conversation(
                    session: session, clock: clock, scope: conversation.scope, start: lost, memory: memory)
                swap(&latencies, &conversation.latencies)
                var check = self
                check.script = wanted.script ?? script
                measurement = await conversation.hold(check, answer, evidence: evidence, captures: [])
                if measurement.outcome == .passed { found.count += 1 }
            } catch {
                measurement.outcome = error.isError ? .error : .failed
                measurement.summary = error.summary
                measurement.likely = error.likely
            }
            if measurement.outcome != .passed {
                measurement.summary = measurement.summary.map { "reconnect \(round) of \(wanted.times): \($0)" }
            }
            measurement.captures.merge(captures) { $1 }
        }
        await conversation.session.close(code: 1000, reason: "")
        measurement.evidence.reconnections = found
    }

    private func lose(_ wanted: Reconnection, _ conversation: inout Conversation) async throws(Conversation.Problem) {
        guard !conversation.hasEnded else { return }
        switch wanted.after {
        case .drop: await conversation.session.drop()
        case .close: await conversation.session.close(code: 1000, reason: "")
        case .server(let milliseconds):
            guard conversation.closed == nil else { return }
            _ = try await conversation.awaitClose(
                withinMilliseconds: milliseconds,
                "the server did not end the connection within \(JUnitDocument.seconds(Double(milliseconds))) s")
        }
    }

    private func reopen(
        _ wanted: Reconnection, _ probe: any WebSocketProbe, _ conversation: Conversation, since lost: Duration,
        _ found: inout ReconnectionEvidence
    ) async throws(Conversation.Problem) -> (any WebSocketSession, WebSocketAcceptance) {
        let (scope, clock) = (conversation.scope, conversation.clock)
        var check = self
        check.path = wanted.path ?? path
        check.headers += wanted.headers
        let request = try conversation.resolve { () throws(Template.Unresolved) in try check.request(in: scope) }
        if let name = request.headers.malformed {
            throw Conversation.Problem(summary: "header `\(name)` would contain a line break", isError: true)
        }
        let deadline = lost + .milliseconds(wanted.withinMilliseconds)
        var pause = Self.firstPause
        var attempts = 0
        while true {
            attempts += 1
            found.attempts += 1
            var refusal: Conversation.Problem
            switch await probe.open(request) {
            case .connected(let session, let answer):
                guard clock.now() <= deadline else {
                    await session.close(code: 1000, reason: "")
                    throw Conversation.Problem(
                        summary: "the connection came back, but not within \(wanted.withinMilliseconds) ms")
                }
                return (session, answer)
            case .refused(let status, let headers, let body):
                let revision = RevisionWitness.revision(scope.identity, headers: headers, body: body)
                refusal = Conversation.Problem(
                    summary: "the upgrade was answered with \(status)\(ResponseExpectation.excerpt(body))",
                    likely: UpgradeDiagnosis.explain(
                        status: status, headers: headers, body: body, carriesIdentity: revision != nil))
            case .failed(let failure):
                refusal = Conversation.Problem(summary: failure.sentence, likely: FailureDiagnosis.explain(failure))
            }
            guard clock.now() + pause < deadline, (try? await clock.sleep(for: pause)) != nil else {
                refusal.summary =
                    "no connection within \(wanted.withinMilliseconds) ms and \(Counted.text(attempts, "attempt")), the last: "
                    + refusal.summary
                throw refusal
            }
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
