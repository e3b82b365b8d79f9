/// The health of a gRPC server, by its own protocol (grpc/grpc `doc/health-checking.md`).
package struct GRPCCheck: Hashable, Sendable {
    /// Empty for the server as a whole.
    package var service: Template?
    package var headers: [HeaderTemplate]
    /// Watch instead of Check: the wanted status comes within this time; nil for Check.
    package var watchMilliseconds: Int?
    package var timeoutMilliseconds: Int
    package var connectTimeoutMilliseconds: Int
    package var statuses: [ServingStatus]
    /// How the call must end. Where OK is not among them, no health is looked at.
    package var codes: [GRPCStatusCode]
    /// About headers and trailers.
    package var metadata: [HeaderExpectation]
    package var message: [TextCondition]
    package var belowMilliseconds: Int?

    package init(
        service: Template? = nil, headers: [HeaderTemplate] = [], watchMilliseconds: Int? = nil,
        timeoutMilliseconds: Int = 5000, connectTimeoutMilliseconds: Int = 2000,
        statuses: [ServingStatus] = [.serving], codes: [GRPCStatusCode] = [.ok], metadata: [HeaderExpectation] = [],
        message: [TextCondition] = [], belowMilliseconds: Int? = nil
    ) {
        self.service = service
        self.headers = headers
        self.watchMilliseconds = watchMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
        self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
        self.statuses = statuses
        self.codes = codes
        self.metadata = metadata
        self.message = message
        self.belowMilliseconds = belowMilliseconds
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> HTTPProbeRequest {
        let url = scope.baseURL + "/grpc.health.v1.Health/" + (watchMilliseconds == nil ? "Check" : "Watch")
        let limit = watchMilliseconds ?? timeoutMilliseconds
        var headers = try scope.headers(for: url, self.headers)
        headers.set("content-type", "application/grpc")
        headers.set("te", "trailers")
        // The server gives up when nobody waits any more.
        headers.set("grpc-timeout", "\(limit)m")
        var request = HTTPProbeRequest(
            method: "POST", url: url, headers: headers,
            body: GRPCHealthMessage.request(service: try service?.render(scope.values) ?? ""),
            timeoutMilliseconds: limit, connectTimeoutMilliseconds: min(connectTimeoutMilliseconds, limit),
            maximumBodyBytes: GRPCHealthMessage.maximumBytes)
        request.requiresHTTP2 = true
        if watchMilliseconds != nil {
            request.isOpenEnded = true
            request.enough = statuses.map(GRPCHealthMessage.response)
        }
        return request
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

    /// Pure.
    package func judge(
        _ outcome: HTTPProbeOutcome, to request: HTTPProbeRequest, in scope: CheckScope
    ) throws(Template.Unresolved) -> Measurement {
        var evidence = Evidence(url: request.url, traceID: scope.trace.traceID)
        let response: HTTPProbeResponse
        switch outcome {
        case .response(let received): response = received
        case .failure(let failure):
            guard watchMilliseconds != nil, let partial = failure.partial else {
                var measurement = Measurement.failure(failure, evidence: evidence)
                measurement.likely = GRPCDiagnosis.explain(failure)
                return measurement
            }
            response = partial
        }
        let reply = GRPCReply(response, isOpen: watchMilliseconds != nil)
        evidence.record(response)
        evidence.revision = RevisionWitness.revision(scope.identity, headers: response.headers, body: [])
        evidence.messages = reply.messages.count
        evidence.grpcStatus = reply.code.name
        evidence.grpcMessage = reply.message
        evidence.servingStatus = Self.name(of: reply.messages.last)
        var problems = try self.problems(reply, response, try service?.render(scope.values) ?? "", scope)
        var likely = problems.isEmpty ? nil : GRPCDiagnosis.explain(reply, response, evidence)
        if let belowMilliseconds, !(response.phases.total < Double(belowMilliseconds)) {
            let took = JUnitDocument.seconds(response.phases.total)
            problems.append("the answer took \(took) s, wanted less than \(belowMilliseconds) ms")
        }
        // An error may be told by something before the service, which knows of no revision.
        let status = reply.code == .ok ? response.status : 500
        if let problem = RevisionWitness.problem(answered: evidence.revision, scope: scope, status: status) {
            problems.append(problem)
            likely = likely ?? RevisionWitness.likely
        }
        return Measurement(
            problems.isEmpty ? .passed : .failed, summary: problems.isEmpty ? nil : problems.joined(separator: "; "),
            likely: likely, evidence: evidence, milliseconds: response.phases.total,
            conditions: [.status(response.status)])
    }

    private func problems(
        _ reply: GRPCReply, _ response: HTTPProbeResponse, _ service: String, _ scope: CheckScope
    ) throws(Template.Unresolved) -> [String] {
        if let fault = reply.fault { return [fault] }
        var problems: [String] = []
        if !codes.contains(reply.code) {
            let wanted = codes.map(\.name).joined(separator: " or ")
            let seen =
                reply.isOfHTTP
                ? "HTTP status \(response.status), which gRPC reads as \(reply.code.name)"
                : "gRPC status \(reply.code.name)"
            let said =
                reply.isOfHTTP
                ? ResponseExpectation.excerpt(response.body)
                : reply.message.map { $0.isEmpty ? "" : ": \(TextCondition.short($0))" } ?? ""
            problems.append("\(seen), wanted \(wanted)\(said)")
        } else if reply.code == .ok {
            problems += healthProblems(reply.messages, service.isEmpty ? "the server" : "`\(service)`")
        }
        for condition in message {
            if let problem = try condition.problem(in: reply.message ?? "", values: scope.values) {
                problems.append("`grpc-message` \(problem)")
            }
        }
        for expectation in metadata {
            let fields = response.headers + response.trailers
            if let problem = try expectation.problem(in: fields, values: scope.values) { problems.append(problem) }
        }
        return problems
    }

    private func healthProblems(_ messages: [[UInt8]], _ who: String) -> [String] {
        if watchMilliseconds == nil, messages.count != 1 {
            return ["\(messages.count) messages came, wanted one"]
        }
        let seen = messages.map { GRPCHealthMessage.status(in: $0) }
        if seen.contains(nil) { return ["the message is no HealthCheckResponse"] }
        guard !seen.contains(where: { number in statuses.contains { $0.rawValue == number } }) else { return [] }
        let wanted = statuses.map(\.name).joined(separator: " or ")
        guard let watchMilliseconds else {
            return ["the health of \(who) is \(Self.name(of: messages.last) ?? ""), wanted \(wanted)"]
        }
        let names = messages.suffix(8).compactMap(Self.name).joined(separator: ", ")
        return [
            "the health of \(who) did not become \(wanted) within \(watchMilliseconds) ms; came: "
                + (names.isEmpty ? "nothing" : names)
        ]
    }

    private static func name(of message: [UInt8]?) -> String? {
        guard let message, let number = GRPCHealthMessage.status(in: message) else { return nil }
        return ServingStatus(rawValue: number)?.name ?? String(number)
    }
}
