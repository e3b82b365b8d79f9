import Configuration

/// Every documented route answers, and each that does not is named.
package struct RoutesCheck: Hashable, Sendable {
    package struct Route: Hashable, Sendable {
        package var method: String
        package var path: Template
        /// Instead of the check's.
        package var status: StatusExpectation?

        package init(method: String = "GET", path: Template, status: StatusExpectation? = nil) {
            self.method = method
            self.path = path
            self.status = status
        }
    }

    package var routes: [Route]
    package var status: StatusExpectation
    package var headers: [HeaderTemplate]
    package var timeoutMilliseconds: Int
    package var connectTimeoutMilliseconds: Int

    package init(
        routes: [Route], status: StatusExpectation = .success, headers: [HeaderTemplate] = [],
        timeoutMilliseconds: Int = 5000, connectTimeoutMilliseconds: Int = 2000
    ) {
        self.routes = routes
        self.status = status
        self.headers = headers
        self.timeoutMilliseconds = timeoutMilliseconds
        self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
    }

    func check(of route: Route) -> HTTPCheck {
        HTTPCheck(
            method: route.method, path: route.path, headers: headers, timeoutMilliseconds: timeoutMilliseconds,
            connectTimeoutMilliseconds: connectTimeoutMilliseconds,
            expectation: ResponseExpectation(status: route.status ?? status))
    }

    /// Requests at once: a slow service should not make the inventory slow by as many times as it has routes.
    private static let width = 4

    func measure(_ probe: any HTTPProbe, in scope: CheckScope) async -> Measurement {
        var answers: [(index: Int, measurement: Measurement)] = []
        await withTaskGroup(of: (index: Int, measurement: Measurement).self) { group in
            for (index, route) in routes.enumerated() {
                if index >= Self.width, let answer = await group.next() { answers.append(answer) }
                let check = check(of: route)
                group.addTask { (index, await check.measure(probe, in: scope, captures: [])) }
            }
            for await answer in group { answers.append(answer) }
        }
        return Self.combine(answers.sorted { $0.index < $1.index }.map { (routes[$0.index], $0.measurement) })
    }

    /// Pure: the worst outcome, every route that is not as wanted by name, and the evidence of the first of those.
    package static func combine(_ answers: [(Route, Measurement)]) -> Measurement {
        let wrong = answers.filter { $0.1.outcome != .passed }
        let total = answers.reduce(0) { $0 + $1.1.milliseconds }
        let bytes = answers.reduce(0) { $0 + ($1.1.evidence.bytes ?? 0) }
        guard let first = wrong.first, let all = answers.first else {
            var evidence = answers.last?.1.evidence ?? Evidence()
            evidence.bytes = bytes
            return Measurement(answers.isEmpty ? .error : .passed, evidence: evidence, milliseconds: total)
        }
        let lines = wrong.prefix(10).map { route, measurement in
            "`\(route.method) \(route.path.source)`: \(measurement.summary ?? "not as wanted")"
        }
        let more = wrong.count > 10 ? "; and \(wrong.count - 10) more" : ""
        let missing = wrong.filter { $0.1.evidence.status == 404 }
        let likely =
            missing.isEmpty || missing.count != wrong.count
            ? first.1.likely
            : LikelyCause(
                cause: "this revision does not have the route\(missing.count > 1 ? "s" : "")",
                fix: "see that the route is registered in the commit that was deployed, or take it off the list")
        let unanswered = wrong.allSatisfy { $0.1.outcome == .error } && wrong.count == answers.count
        var measurement = Measurement(
            unanswered ? .error : .failed,
            summary:
                "\(wrong.count) of \(Counted.text(answers.count, "route")) \(answers.count == 1 ? "is" : "are") not as wanted: "
                + lines.joined(separator: "; ")
                + more,
            likely: likely, evidence: first.1.evidence, milliseconds: total, conditions: first.1.conditions)
        // A probe failure has no answer to show, but another route may have.
        if measurement.evidence.status == nil, all.1.evidence.status != nil { measurement.evidence = all.1.evidence }
        return measurement
    }
}
