import JSON

/// One request, one answer.
package struct HTTPCheck: Hashable, Sendable {
    package enum Body: Hashable, Sendable {
        case json(JSONTemplate)
        case text(Template)
    }

    package var method: String
    package var path: Template
    package var headers: [HeaderTemplate]
    package var body: Body?
    package var timeoutMilliseconds: Int
    package var connectTimeoutMilliseconds: Int
    package var maximumBodyBytes: Int
    package var expectation: ResponseExpectation

    package init(
        method: String = "GET", path: Template, headers: [HeaderTemplate] = [], body: Body? = nil,
        timeoutMilliseconds: Int = 5000, connectTimeoutMilliseconds: Int = 2000, maximumBodyBytes: Int = 1 << 20,
        expectation: ResponseExpectation = ResponseExpectation()
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.timeoutMilliseconds = timeoutMilliseconds
        self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
        self.maximumBodyBytes = maximumBodyBytes
        self.expectation = expectation
    }

    /// The request with every reference filled in.
    package func request(in scope: CheckScope) throws(Template.Unresolved) -> HTTPProbeRequest {
        let url = try scope.url(path)
        var headers = try scope.headers(for: url, self.headers)
        var bytes: [UInt8]?
        switch body {
        case nil: break
        case .json(let template):
            bytes = Array(try template.render(scope.values).serialized().utf8)
            if headers["content-type"] == nil { headers.set("Content-Type", "application/json") }
        case .text(let template):
            bytes = Array(try template.render(scope.values).utf8)
        }
        return HTTPProbeRequest(
            method: method, url: url, headers: headers, body: bytes, timeoutMilliseconds: timeoutMilliseconds,
            connectTimeoutMilliseconds: connectTimeoutMilliseconds, maximumBodyBytes: maximumBodyBytes)
    }

    /// `tls` looks at the connection where the check asks for that.
    func measure(
        _ probe: any HTTPProbe, tls: (any TLSProbe)? = nil, in scope: CheckScope, captures: [Capture]
    ) async -> Measurement {
        do throws(Template.Unresolved) {
            let request = try request(in: scope)
            if let name = request.headers.malformed { return .malformedHeader(name) }
            let measurement = try judge(await probe.send(request), to: request, in: scope, captures: captures)
            guard let wanted = expectation.tls, measurement.outcome != .error else { return measurement }
            guard let tls, let authority = Authority(url: request.url), authority.isSecure else {
                return measurement.failing(["`\(request.url)` is not secured by TLS"])
            }
            let outcome = await tls.inspect(
                TLSProbeRequest(
                    host: authority.host, port: authority.port, timeoutMilliseconds: timeoutMilliseconds))
            return measurement.joined(with: outcome, wanted)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure: what an outcome means for this check.
    package func judge(
        _ outcome: HTTPProbeOutcome, to request: HTTPProbeRequest, in scope: CheckScope, captures: [Capture] = []
    ) throws(Template.Unresolved) -> Measurement {
        var evidence = Evidence(url: request.url, traceID: scope.trace.traceID)
        let response: HTTPProbeResponse
        switch outcome {
        case .failure(let failure): return .failure(failure, evidence: evidence)
        case .response(let received): response = received
        }
        evidence.record(response)
        evidence.revision = RevisionWitness.revision(scope.identity, headers: response.headers, body: response.body)
        var problems = try expectation.problems(of: response, values: scope.values)
        if !expectation.securityHeaders.isEmpty {
            let isSecure = Authority(url: request.url)?.isSecure ?? false
            problems += expectation.securityHeaders.compactMap { $0.problem(in: response.headers, isSecure: isSecure) }
        }
        var likely: LikelyCause?
        if !problems.isEmpty {
            likely = ResponseDiagnosis.explain(response, carriesIdentity: evidence.revision != nil)
            evidence.refusal = RefusalEvidence(response, carriesIdentity: evidence.revision != nil)
        }
        if let problem = RevisionWitness.problem(answered: evidence.revision, scope: scope, status: response.status) {
            problems.append(problem)
            likely = likely ?? RevisionWitness.likely
        }
        let (captured, missing) = Capture.take(captures, headers: response.headers, body: response.body)
        // A failed answer need not hold what a good one does.
        if problems.isEmpty { problems += missing }
        var measurement = Measurement(
            problems.isEmpty ? .passed : .failed, summary: problems.isEmpty ? nil : problems.joined(separator: "; "),
            likely: likely, evidence: evidence, milliseconds: response.phases.total,
            conditions: [.status(response.status)])
        measurement.captures = captured
        return measurement
    }
}

extension Measurement {
    /// The same measurement with more that is wrong with it.
    func failing(_ problems: [String]) -> Measurement {
        guard !problems.isEmpty else { return self }
        var copy = self
        copy.outcome = .failed
        copy.summary = ([summary].compactMap { $0 } + problems).joined(separator: "; ")
        return copy
    }

    /// Pure: with what was seen of the connection.
    func joined(with outcome: TLSProbeOutcome, _ wanted: TLSExpectation) -> Measurement {
        switch outcome {
        case .failure(let failure):
            var copy = failing([failure.sentence])
            copy.likely = copy.likely ?? FailureDiagnosis.explain(failure)
            return copy
        case .secured(let seen):
            var copy = failing(wanted.problems(of: seen))
            copy.evidence.tlsVersion = seen.version
            copy.evidence.certificateFingerprint = seen.fingerprint
            return copy
        }
    }
}

extension Evidence {
    mutating func record(_ response: HTTPProbeResponse) {
        status = response.status
        remoteAddress = response.remoteAddress
        phases = response.phases
        reusedConnection = response.reusedConnection
        bytes = response.body.count
        certificateFingerprint = response.certificateFingerprint
    }
}

extension Capture {
    /// The values that could be taken, and a sentence for each that could not.
    static func take(
        _ captures: [Capture], headers: [HeaderField], body: [UInt8]
    ) -> (values: [String: Measurement.Captured], problems: [String]) {
        var values: [String: Measurement.Captured] = [:]
        var problems: [String] = []
        for capture in captures {
            if let value = capture.value(headers: headers, body: body) {
                values[capture.name] = Measurement.Captured(value: value, isSecret: capture.isSecret)
            } else {
                problems.append("nothing to capture as `\(capture.name)`")
            }
        }
        return (values, problems)
    }

    private func value(headers: [HeaderField], body: [UInt8]) -> String? {
        switch source {
        case .header(let name):
            return headers[name]
        case .cookie(let name):
            return SetCookie.last(name, in: headers)?.value
        case .json(let path):
            guard let document = try? JSONValue(parsing: body), let values = try? path.values(in: document),
                let first = values.first
            else { return nil }
            return JSONExpectation.text(of: first)
        case .body(let pattern):
            return pattern.firstCapture(in: String(decoding: body, as: UTF8.self))
        }
    }
}
