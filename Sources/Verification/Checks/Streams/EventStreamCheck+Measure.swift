import JSON

extension EventStreamCheck {
    /// Longer than that no server can make a check wait with `retry`.
    private static let longestRetry = 5000

    func measure(_ probe: any HTTPProbe, clock: any VerificationClock, in scope: CheckScope) async -> Measurement {
        do throws(Template.Unresolved) {
            var request = try request(in: scope)
            if let name = request.headers.malformed { return .malformedHeader(name) }
            guard let reconnection else { return try judge([await probe.send(request)], to: request, in: scope) }
            let deadline = clock.now() + .milliseconds(withinMilliseconds)
            var outcomes: [HTTPProbeOutcome] = []
            var reader = ServerSentEventReader()
            for part in 0...reconnection.times {
                let left = max(1, Int((deadline - clock.now()).milliseconds))
                request.timeoutMilliseconds =
                    part < reconnection.times ? min(left, reconnection.afterMilliseconds ?? left) : left
                let outcome = await probe.send(request)
                outcomes.append(outcome)
                guard part < reconnection.times, let response = outcome.answer, response.status == 200 else { break }
                _ = reader.take(response.body)
                if let id = reader.lastEventID, !id.isEmpty { request.headers.set("Last-Event-ID", id) }
                // Bytes of an event that was not completed are no part of what comes next.
                _ = reader.take(Array("\n\n".utf8))
                let pause = min(reader.retryMilliseconds ?? 0, Self.longestRetry)
                if pause > 0 { try? await clock.sleep(for: .milliseconds(pause)) }
            }
            return try judge(outcomes, to: request, in: scope)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure: what came, against what was wanted.
    package func judge(
        _ outcome: HTTPProbeOutcome, to request: HTTPProbeRequest, in scope: CheckScope
    ) throws(Template.Unresolved) -> Measurement {
        try judge([outcome], to: request, in: scope)
    }

    /// The outcomes of one request and of those that went on where it ended.
    package func judge(
        _ outcomes: [HTTPProbeOutcome], to request: HTTPProbeRequest, in scope: CheckScope
    ) throws(Template.Unresolved) -> Measurement {
        var evidence = Evidence(url: request.url, traceID: scope.trace.traceID)
        var transcript = StreamTranscript(framing)
        var conditions: Set<RetryCondition> = []
        var problems: [String] = []
        var likely: LikelyCause?
        var milliseconds = 0.0
        for (part, outcome) in outcomes.enumerated() {
            let place = outcomes.count > 1 ? "request \(part + 1): " : ""
            guard let response = outcome.answer else {
                guard case .failure(let failure) = outcome else { continue }
                if part == 0 { return unanswered(failure, evidence) }
                problems.append(place + failure.sentence)
                likely = likely ?? FailureDiagnosis.explain(failure)
                continue
            }
            milliseconds += response.phases.total
            conditions.formUnion(outcome.failure.map { [.failure($0.kind)] } ?? [])
            conditions.insert(.status(response.status))
            let bytes = evidence.bytes ?? 0
            evidence.record(response)
            evidence.bytes = bytes + response.body.count
            evidence.revision = RevisionWitness.revision(scope.identity, headers: response.headers, body: [])
            let wrong = try self.problems(of: response, part: part, values: scope.values)
            problems += wrong.map { place + $0 }
            if !wrong.isEmpty {
                evidence.refusal = RefusalEvidence(response, carriesIdentity: evidence.revision != nil)
                likely =
                    likely ?? StreamDiagnosis.explain(response, framing)
                    ?? ResponseDiagnosis.explain(response, carriesIdentity: evidence.revision != nil)
            }
            if isAnswer(response, part: part) { transcript.add(response, cutOff: outcome.failure) }
            if let problem = RevisionWitness.problem(answered: evidence.revision, scope: scope, status: response.status)
            {
                problems.append(place + problem)
                likely = likely ?? RevisionWitness.likely
            }
        }
        evidence.record(transcript)
        if transcript.parts > 0 {
            let wrong = try self.problems(in: transcript, values: scope.values)
            if !wrong.isEmpty { likely = likely ?? StreamDiagnosis.explain(transcript) }
            problems += wrong
        }
        return Measurement(
            problems.isEmpty ? .passed : .failed, summary: problems.isEmpty ? nil : problems.joined(separator: "; "),
            likely: problems.isEmpty ? nil : likely, evidence: evidence, milliseconds: milliseconds,
            conditions: conditions)
    }

    private func unanswered(_ failure: ProbeFailure, _ evidence: Evidence) -> Measurement {
        var measurement = Measurement.failure(failure, evidence: evidence)
        if failure.kind == .timeout {
            measurement.outcome = .failed
            measurement.summary = "the stream did not begin within \(withinMilliseconds) ms"
        }
        return measurement
    }

    /// HTML section 9.2.3: 200 is a stream, and 204 tells a client that comes back to stay away.
    private func isAnswer(_ response: HTTPProbeResponse, part: Int) -> Bool {
        switch framing {
        case .events: response.status == 200 || (part > 0 && response.status == 204)
        case .lines: StatusExpectation.success.contains(response.status)
        }
    }

    /// Of the head of an answer.
    private func problems(
        of response: HTTPProbeResponse, part: Int, values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        guard isAnswer(response, part: part) else {
            return ["status \(response.status), wanted 200\(ResponseExpectation.excerpt(response.body))"]
        }
        if response.status == 204, framing == .events { return [] }
        var problems: [String] = []
        for header in responseHeaders {
            if let problem = try header.problem(in: response.headers, values: values) { problems.append(problem) }
        }
        if framing == .events, let problem = StreamDiagnosis.typeProblem(response.headers["content-type"]) {
            problems.append(problem)
        }
        return problems
    }
}

extension HTTPProbeOutcome {
    /// What came, whole or not.
    fileprivate var answer: HTTPProbeResponse? {
        switch self {
        case .response(let response): response
        case .failure(let failure): failure.partial
        }
    }

    fileprivate var failure: ProbeFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

extension Evidence {
    fileprivate mutating func record(_ transcript: StreamTranscript) {
        messages = transcript.items.count
        stream = StreamEvidence(
            firstEventMilliseconds: transcript.items.first?.milliseconds, longestGapMilliseconds: transcript.longestGap,
            longestSilenceMilliseconds: transcript.longestSilence, ended: transcript.end != .cut,
            lastEventID: transcript.lastEventID, requests: transcript.parts)
    }
}
