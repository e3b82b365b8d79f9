import JSON

extension WebSocketCheck {
    /// One connection: what was measured, and the round trips that it contributes.
    struct Talk {
        var measurement: Measurement
        var latencies: [Double] = []
    }

    func measure(
        _ probe: any WebSocketProbe, clock: any VerificationClock, in scope: CheckScope, captures: [Capture]
    ) async -> Measurement {
        let request: WebSocketProbeRequest
        do throws(Template.Unresolved) {
            request = try self.request(in: scope)
        } catch {
            return .unresolved(error)
        }
        if let name = request.headers.malformed { return .malformedHeader(name) }
        guard let connections, connections.count > 1 else {
            let talk = await talk(request, probe, clock, scope, captures)
            return judge(talk.latencies, talk.measurement)
        }
        return await measureMany(connections, request, probe, clock, scope, captures)
    }

    private func talk(
        _ request: WebSocketProbeRequest, _ probe: any WebSocketProbe, _ clock: any VerificationClock,
        _ scope: CheckScope, _ captures: [Capture], meeting: ConnectionMeeting? = nil
    ) async -> Talk {
        let start = clock.now()
        var evidence = Evidence(url: request.url, traceID: scope.trace.traceID)
        switch await probe.open(request) {
        case .failed(let failure):
            await meeting?.failed()
            return Talk(measurement: .failure(failure, evidence: evidence))
        case .refused(let status, let headers, let body):
            await meeting?.failed()
            evidence.status = status
            evidence.bytes = body.count
            evidence.revision = RevisionWitness.revision(scope.identity, headers: headers, body: body)
            var measurement = judgeRefusal(status, headers, body, evidence, scope)
            measurement.milliseconds = (clock.now() - start).milliseconds
            return Talk(measurement: measurement)
        case .connected(let session, let answer):
            await meeting?.opened()
            evidence.record(answer, scope)
            var conversation = Conversation(
                session: session, clock: clock, scope: scope, start: start,
                memory: ConversationMemory(reconnection), meeting: meeting)
            var measurement = await conversation.hold(self, answer, evidence: evidence, captures: captures)
            if let reconnection, measurement.outcome == .passed {
                await reconnect(reconnection, probe, &conversation, &measurement)
            } else {
                // Without a script the connection was closed by nobody yet; closing twice is harmless.
                await session.close(code: 1000, reason: "")
            }
            await meeting?.ended()
            measurement.milliseconds = (clock.now() - start).milliseconds
            return Talk(measurement: measurement, latencies: conversation.latencies)
        }
    }

    /// Pure: what an upgrade's refusal means for this check.
    package func judgeRefusal(
        _ status: Int, _ headers: [HeaderField], _ body: [UInt8], _ evidence: Evidence, _ scope: CheckScope
    ) -> Measurement {
        let cause = UpgradeDiagnosis.explain(
            status: status, headers: headers, body: body, carriesIdentity: evidence.revision != nil)
        var evidence = evidence
        guard case .refused(let expectation) = ending else {
            evidence.refusal = RefusalEvidence(
                status: status, headers: headers, body: body, carriesIdentity: evidence.revision != nil)
            return Measurement(
                .failed,
                summary: "the upgrade was answered with \(status), wanted 101\(ResponseExpectation.excerpt(body))",
                likely: cause, evidence: evidence, conditions: [.status(status)])
        }
        guard expectation.status.contains(status) else {
            return Measurement(
                .failed,
                summary: "the upgrade was answered with \(status), wanted a refusal with \(expectation.status)"
                    + ResponseExpectation.excerpt(body),
                likely: cause, evidence: evidence, conditions: [.status(status)])
        }
        do throws(Template.Unresolved) {
            let problems = try expectation.problems(
                of: HTTPProbeResponse(status: status, headers: headers, body: body), values: scope.values)
            if !problems.isEmpty {
                return Measurement(
                    .failed, summary: "the refusal with \(status): \(problems.joined(separator: "; "))",
                    evidence: evidence, conditions: [.status(status)])
            }
        } catch {
            return .unresolved(error)
        }
        if let answered = evidence.revision,
            let problem = RevisionWitness.problem(answered: answered, scope: scope, status: status)
        {
            return Measurement(.failed, summary: problem, likely: RevisionWitness.likely, evidence: evidence)
        }
        return Measurement(.passed, evidence: evidence)
    }

    private func measureMany(
        _ connections: Connections, _ request: WebSocketProbeRequest, _ probe: any WebSocketProbe,
        _ clock: any VerificationClock, _ scope: CheckScope, _ captures: [Capture]
    ) async -> Measurement {
        let start = clock.now()
        let step = Duration.milliseconds(connections.rampMilliseconds) / connections.count
        let meeting = ConnectionMeeting(count: connections.count)
        let talks = await withTaskGroup(of: Talk.self) { group in
            for index in 0..<connections.count {
                group.addTask {
                    if step > .zero { try? await clock.sleep(for: step * index) }
                    var scope = scope
                    scope.values["ws.connection"] = "\(index + 1)"
                    return await talk(request, probe, clock, scope, captures, meeting: meeting)
                }
            }
            var all: [Talk] = []
            for await talk in group { all.append(talk) }
            return all
        }
        var result = Self.together(talks.map(\.measurement))
        result.evidence.connections = ConnectionEvidence(
            count: connections.count, accepted: talks.count { $0.measurement.evidence.status == 101 },
            atOnce: await meeting.most)
        result.milliseconds = (clock.now() - start).milliseconds
        return judge(talks.flatMap(\.latencies), result)
    }

    /// Pure: many connections are one check, and all must be as wanted.
    package static func together(_ measurements: [Measurement]) -> Measurement {
        let wrong = measurements.filter { $0.outcome != .passed }
        guard var result = wrong.first ?? measurements.first else {
            return Measurement(.error, summary: "no connection")
        }
        if let summary = wrong.first?.summary {
            result.summary =
                "\(wrong.count) of \(measurements.count) connections are not as wanted, the first: \(summary)"
        }
        // A service that answers some of them has been reached.
        if wrong.count < measurements.count, result.outcome == .error { result.outcome = .failed }
        result.evidence.messages = measurements.reduce(0) { $0 + ($1.evidence.messages ?? 0) }
        result.evidence.bytes = measurements.reduce(0) { $0 + ($1.evidence.bytes ?? 0) }
        return result
    }

    /// Pure: the round trips of all connections against the objectives. What failed stays failed.
    package func judge(_ latencies: [Double], _ measurement: Measurement) -> Measurement {
        guard !latencies.isEmpty else { return measurement }
        var result = measurement
        let verdicts = objectives.judge(latencies)
        let lost = latencies.count { !$0.isFinite }
        let shown =
            objectives.percentiles.isEmpty
            ? ServiceLevelObjectives(percentiles: [0.5, 0.95, 0.99].map { .init($0, .max) }).judge(latencies) : verdicts
        result.evidence.samples = SampleEvidence(
            count: latencies.count, errors: lost, percentiles: shown.map(\.evidence))
        guard measurement.outcome == .passed else { return result }
        let problems = verdicts.filter { !$0.holds }.map { "round trips: \($0.sentence)" }
        let doubtful = verdicts.filter { $0.holds && !$0.isCertain }.map { "round trips: \($0.sentence)" }
        if !problems.isEmpty { result.outcome = .failed }
        let lines = problems + doubtful
        result.summary = lines.isEmpty ? nil : lines.joined(separator: "; ")
        return result
    }
}

extension Evidence {
    mutating func record(_ answer: WebSocketAcceptance, _ scope: CheckScope) {
        status = 101
        remoteAddress = answer.remoteAddress
        if answer.phases.total > 0 { phases = answer.phases }
        certificateFingerprint = answer.certificateFingerprint
        subprotocol = answer.subprotocol
        revision = RevisionWitness.revision(scope.identity, headers: answer.headers, body: [])
    }
}
