/// A browser's question before a request from another origin (CORS preflight, Fetch standard section 4.8), and whether
/// the answer allows that request.
package struct PreflightCheck: Hashable, Sendable {
    package var path: Template
    package var origin: Template
    package var method: String
    /// In lower case.
    package var headers: [String]
    package var credentials: Bool
    /// False where this origin must be kept out.
    package var isAllowed: Bool
    /// Seconds.
    package var maximumAge: [NumberCondition]
    package var timeoutMilliseconds: Int
    package var connectTimeoutMilliseconds: Int

    package init(
        path: Template, origin: Template, method: String = "GET", headers: [String] = [], credentials: Bool = false,
        isAllowed: Bool = true, maximumAge: [NumberCondition] = [], timeoutMilliseconds: Int = 5000,
        connectTimeoutMilliseconds: Int = 2000
    ) {
        self.path = path
        self.origin = origin
        self.method = method
        self.headers = headers
        self.credentials = credentials
        self.isAllowed = isAllowed
        self.maximumAge = maximumAge
        self.timeoutMilliseconds = timeoutMilliseconds
        self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> HTTPProbeRequest {
        var own = [
            HeaderTemplate("Origin", origin), HeaderTemplate("Access-Control-Request-Method", .literal(method)),
        ]
        if !headers.isEmpty {
            let names = headers.sorted().joined(separator: ",")
            own.append(HeaderTemplate("Access-Control-Request-Headers", .literal(names)))
        }
        let url = try scope.url(path)
        // A browser sends no credentials with this question; only what the platform asks for goes along.
        let fields = try scope.headers(for: url, own).filter { $0.name.lowercased() != "authorization" }
        return HTTPProbeRequest(
            method: "OPTIONS", url: url, headers: fields, timeoutMilliseconds: timeoutMilliseconds,
            connectTimeoutMilliseconds: connectTimeoutMilliseconds)
    }

    func measure(_ probe: any HTTPProbe, in scope: CheckScope) async -> Measurement {
        do throws(Template.Unresolved) {
            let request = try request(in: scope)
            if let name = request.headers.malformed { return .malformedHeader(name) }
            return judge(await probe.send(request), to: request, in: scope)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure.
    package func judge(
        _ outcome: HTTPProbeOutcome, to request: HTTPProbeRequest, in scope: CheckScope
    ) -> Measurement {
        var evidence = Evidence(url: request.url, traceID: scope.trace.traceID)
        let response: HTTPProbeResponse
        switch outcome {
        case .failure(let failure): return .failure(failure, evidence: evidence)
        case .response(let received): response = received
        }
        evidence.record(response)
        evidence.revision = RevisionWitness.revision(scope.identity, headers: response.headers, body: response.body)
        let origin = request.headers["origin"] ?? ""
        let refusals = self.refusals(of: origin, response)
        var problems: [String] = []
        if isAllowed {
            problems = refusals
            for condition in maximumAge {
                let age = response.headers["access-control-max-age"].flatMap { Int($0) }
                if let age, let wanted = condition.unmet(by: Double(age)) {
                    problems.append("the answer may be kept for \(age) s, wanted \(wanted)")
                } else if age == nil {
                    problems.append("the answer has no `access-control-max-age`")
                }
            }
        } else if response.status >= 500 {
            // An application that is broken keeps everybody out.
            problems = ["status \(response.status)\(ResponseExpectation.excerpt(response.body))"]
        } else if refusals.isEmpty {
            problems = ["`\(origin)` may send \(method) requests, wanted it kept out"]
        }
        if let problem = RevisionWitness.problem(answered: evidence.revision, scope: scope, status: response.status),
            evidence.revision != nil
        {
            problems.append(problem)
        }
        return Measurement(
            problems.isEmpty ? .passed : .failed, summary: problems.isEmpty ? nil : problems.joined(separator: "; "),
            likely: problems.isEmpty ? nil : likely(response), evidence: evidence, milliseconds: response.phases.total,
            conditions: [.status(response.status)])
    }

    /// Why a browser would not send the request after this answer.
    private func refusals(of origin: String, _ response: HTTPProbeResponse) -> [String] {
        var refusals: [String] = []
        if !StatusExpectation.success.contains(response.status) {
            refusals.append("the preflight was answered with \(response.status), wanted 200-299")
        }
        let allowed = response.headers["access-control-allow-origin"]
        if allowed != origin, allowed != "*" || credentials {
            let seen = allowed.map { "allows `\(TextCondition.short($0))`" } ?? "is missing"
            refusals.append("`access-control-allow-origin` \(seen), wanted `\(origin)`")
        }
        if credentials, response.headers["access-control-allow-credentials"] != "true" {
            refusals.append("`access-control-allow-credentials` is not `true`")
        }
        let methods = list("access-control-allow-methods", response)
        // Fetch section 2.2.1: these need no word.
        if !["GET", "HEAD", "POST"].contains(method), !methods.contains(method), credentials || !methods.contains("*") {
            refusals.append("`access-control-allow-methods` does not have \(method)")
        }
        let names = Set(list("access-control-allow-headers", response).map { $0.lowercased() })
        for header in headers where !names.contains(header) {
            // The asterisk never means `authorization`.
            if !credentials, names.contains("*"), header != "authorization" { continue }
            refusals.append("`access-control-allow-headers` does not have `\(header)`")
        }
        return refusals
    }

    private func list(_ name: String, _ response: HTTPProbeResponse) -> [String] {
        response.headers.filter { $0.name.lowercased() == name }
            .flatMap { $0.value.split { $0 == "," || $0 == " " }.map(String.init) }
    }

    private func likely(_ response: HTTPProbeResponse) -> LikelyCause? {
        guard isAllowed else {
            return LikelyCause(
                cause: "the service allows any origin, or sends back whatever origin asks",
                fix: "compare the origin with a list of those that are known")
        }
        if response.status == 401 || response.status == 403 {
            return LikelyCause(
                cause: "something asks for credentials before the preflight is answered; browsers send none with it",
                fix: "answer OPTIONS before authentication; a service that is not public on Cloud Run cannot be called "
                    + "from browsers of other origins")
        }
        return LikelyCause(
            cause: "the service does not know this origin, method or header",
            fix: "look at the allowed origins in the service's configuration for this environment")
    }
}
