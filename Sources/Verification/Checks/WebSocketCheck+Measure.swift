import JSON

extension WebSocketCheck {
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
            return await measureOne(request, probe, clock, scope, captures)
        }
        return await measureMany(connections, request, probe, clock, scope, captures)
    }

    private func measureOne(
        _ request: WebSocketProbeRequest, _ probe: any WebSocketProbe, _ clock: any VerificationClock,
        _ scope: CheckScope, _ captures: [Capture]
    ) async -> Measurement {
        let start = clock.now()
        var evidence = Evidence(url: request.url, traceID: scope.trace.traceID)
        switch await probe.open(request) {
        case .failed(let failure):
            return .failure(failure, evidence: evidence)
        case .refused(let status, let headers, let body):
            evidence.status = status
            evidence.bytes = body.count
            evidence.revision = RevisionWitness.revision(scope.identity, headers: headers, body: body)
            var measurement = judgeRefusal(status, headers, body, evidence, scope)
            measurement.milliseconds = (clock.now() - start).milliseconds
            return measurement
        case .connected(let session, let headers, let remoteAddress):
            evidence.status = 101
            evidence.remoteAddress = remoteAddress
            evidence.revision = RevisionWitness.revision(scope.identity, headers: headers, body: [])
            var conversation = Conversation(session: session, clock: clock, scope: scope, start: start)
            var measurement = await conversation.hold(self, evidence: evidence, captures: captures)
            // Without a script the connection was closed by nobody yet; closing twice is harmless.
            await session.close(code: 1000)
            measurement.milliseconds = (clock.now() - start).milliseconds
            return measurement
        }
    }

    /// Pure: what an upgrade's refusal means for this check.
    package func judgeRefusal(
        _ status: Int, _ headers: [HeaderField], _ body: [UInt8], _ evidence: Evidence, _ scope: CheckScope
    ) -> Measurement {
        if case .refused(let wanted) = ending, wanted.contains(status) {
            if let answered = evidence.revision,
                let problem = RevisionWitness.problem(answered: answered, scope: scope, status: status)
            {
                return Measurement(.failed, summary: problem, likely: RevisionWitness.likely, evidence: evidence)
            }
            return Measurement(.passed, evidence: evidence)
        }
        let wanted: String
        switch ending {
        case .refused(let expectation): wanted = "a refusal with \(expectation)"
        case .open, .closed: wanted = "101"
        }
        return Measurement(
            .failed,
            summary: "the upgrade was answered with \(status), wanted \(wanted)\(ResponseExpectation.excerpt(body))",
            likely: UpgradeDiagnosis.explain(
                status: status, headers: headers, body: body, carriesIdentity: evidence.revision != nil),
            evidence: evidence, conditions: [.status(status)])
    }

    private func measureMany(
        _ connections: Connections, _ request: WebSocketProbeRequest, _ probe: any WebSocketProbe,
        _ clock: any VerificationClock, _ scope: CheckScope, _ captures: [Capture]
    ) async -> Measurement {
        let start = clock.now()
        let step = Duration.milliseconds(connections.rampMilliseconds) / connections.count
        let measurements = await withTaskGroup(of: Measurement.self) { group in
            for index in 0..<connections.count {
                group.addTask {
                    try? await clock.sleep(for: step * index)
                    return await measureOne(request, probe, clock, scope, captures)
                }
            }
            var all: [Measurement] = []
            for await measurement in group { all.append(measurement) }
            return all
        }
        let wrong = measurements.filter { $0.outcome != .passed }
        var result = wrong.first ?? measurements[0]
        if let summary = wrong.first?.summary {
            result.summary =
                "\(wrong.count) of \(connections.count) connections are not as wanted, the first: \(summary)"
        }
        result.evidence.messages = measurements.reduce(0) { $0 + ($1.evidence.messages ?? 0) }
        result.evidence.bytes = measurements.reduce(0) { $0 + ($1.evidence.bytes ?? 0) }
        result.milliseconds = (clock.now() - start).milliseconds
        return result
    }
}
