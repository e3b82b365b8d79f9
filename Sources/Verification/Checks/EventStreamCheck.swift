import JSON

/// A stream of server-sent events: the expected ones come, in this order.
package struct EventStreamCheck: Hashable, Sendable {
    package struct Expected: Hashable, Sendable {
        package var event: String?
        package var json: [JSONExpectation]
        package var data: [TextCondition]

        package init(event: String? = nil, json: [JSONExpectation] = [], data: [TextCondition] = []) {
            self.event = event
            self.json = json
            self.data = data
        }
    }

    package var path: Template
    package var headers: [HeaderTemplate]
    /// The stream is read for this long, or until it ends.
    package var withinMilliseconds: Int
    package var events: [Expected]
    package var minimumCount: Int
    package var firstEventBelowMilliseconds: Int?

    package init(
        path: Template, headers: [HeaderTemplate] = [], withinMilliseconds: Int = 10_000, events: [Expected] = [],
        minimumCount: Int = 1, firstEventBelowMilliseconds: Int? = nil
    ) {
        self.path = path
        self.headers = headers
        self.withinMilliseconds = withinMilliseconds
        self.events = events
        self.minimumCount = minimumCount
        self.firstEventBelowMilliseconds = firstEventBelowMilliseconds
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> HTTPProbeRequest {
        let url = try scope.url(path)
        var headers = try scope.headers(for: url, self.headers)
        if headers["accept"] == nil { headers.set("Accept", "text/event-stream") }
        return HTTPProbeRequest(url: url, headers: headers, timeoutMilliseconds: withinMilliseconds)
    }

    func measure(_ probe: any HTTPProbe, in scope: CheckScope) async -> Measurement {
        do throws(Template.Unresolved) {
            let request = try request(in: scope)
            if let name = request.headers.malformed { return .malformedHeader(name) }
            return try judge(await probe.send(request), to: request, in: scope)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure: what came, against what was wanted.
    package func judge(
        _ outcome: HTTPProbeOutcome, to request: HTTPProbeRequest, in scope: CheckScope
    ) throws(Template.Unresolved) -> Measurement {
        var evidence = Evidence(url: request.url, traceID: scope.trace.traceID)
        let response: HTTPProbeResponse
        var conditions: Set<RetryCondition> = []
        switch outcome {
        case .response(let received): response = received
        case .failure(let failure):
            // A stream that goes on is cut off by the time limit: what came until then counts.
            guard let partial = failure.partial else {
                var measurement = Measurement.failure(failure, evidence: evidence)
                if failure.kind == .timeout {
                    measurement.outcome = .failed
                    measurement.summary = "the stream did not end within \(withinMilliseconds) ms"
                }
                return measurement
            }
            conditions = [.failure(failure.kind)]
            response = partial
        }
        evidence.record(response)
        evidence.revision = RevisionWitness.revision(scope.identity, headers: response.headers, body: [])
        let received = ServerSentEvent.parse(response.body)
        evidence.messages = received.count
        var problems: [String] = []
        if !StatusExpectation.success.contains(response.status) {
            problems.append("status \(response.status), wanted 200\(ResponseExpectation.excerpt(response.body))")
        } else {
            problems = try self.problems(in: received, firstByte: response.phases.firstByte, values: scope.values)
        }
        if let problem = RevisionWitness.problem(answered: evidence.revision, scope: scope, status: response.status) {
            problems.append(problem)
        }
        return Measurement(
            problems.isEmpty ? .passed : .failed, summary: problems.isEmpty ? nil : problems.joined(separator: "; "),
            likely: problems.isEmpty
                ? nil : ResponseDiagnosis.explain(response, carriesIdentity: evidence.revision != nil),
            evidence: evidence, milliseconds: response.phases.total,
            conditions: conditions.union([.status(response.status)]))
    }

    private func problems(
        in received: [ServerSentEvent], firstByte: Double, values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        var problems: [String] = []
        if received.count < minimumCount {
            problems.append("\(received.count) events came, wanted at least \(minimumCount)")
        }
        if let limit = firstEventBelowMilliseconds, !(firstByte < Double(limit)) {
            problems.append("the first event took \(JUnitDocument.seconds(firstByte)) s, wanted less than \(limit) ms")
        }
        var rest = received[...]
        for (index, expected) in events.enumerated() {
            var found: ArraySlice<ServerSentEvent>.Index?
            for position in rest.indices where try expected.fits(rest[position], values: values) {
                found = position
                break
            }
            guard let found else {
                let names = received.map(\.event).prefix(10).joined(separator: ", ")
                let name = expected.event.map { " (`\($0)`)" } ?? ""
                problems.append("expected event \(index + 1)\(name) did not come in its place; came: \(names)")
                break
            }
            rest = rest[(found + 1)...]
        }
        return problems
    }
}

extension EventStreamCheck.Expected {
    func fits(_ received: ServerSentEvent, values: [String: String]) throws(Template.Unresolved) -> Bool {
        if let event, event != received.event { return false }
        if !json.isEmpty,
            try !JSONExpectation.problems(json, body: Array(received.data.utf8), values: values).isEmpty
        {
            return false
        }
        for condition in data where try condition.problem(in: received.data, values: values) != nil { return false }
        return true
    }
}
