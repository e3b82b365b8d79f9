import JSON

/// A connection, what is said on it, and how it must begin and end.
package struct WebSocketCheck: Hashable, Sendable {
    package enum Ending: Hashable, Sendable {
        /// The server must not end it before the script does.
        case open
        /// The upgrade must be answered with such an answer.
        case refused(ResponseExpectation)
        /// After the script the server must close.
        case closed(Closing)
    }

    package struct Closing: Hashable, Sendable {
        /// One of these; 1006 stands for an end without a close frame.
        package var codes: [Int]
        package var reason: [TextCondition]
        package var withinMilliseconds: Int

        package init(codes: [Int], reason: [TextCondition] = [], withinMilliseconds: Int = 5000) {
            self.codes = codes
            self.reason = reason
            self.withinMilliseconds = withinMilliseconds
        }
    }

    /// What the answer with 101 must be like.
    package struct Acceptance: Hashable, Sendable {
        package enum Subprotocol: Hashable, Sendable {
            case absent
            case conditions([TextCondition])
        }

        package var headers: [HeaderExpectation]
        /// Nil: one of those that were offered, as browsers want it.
        package var subprotocol: Subprotocol?
        /// Name look-up, connection, TLS and upgrade together.
        package var upgradeBelowMilliseconds: Int?

        package init(
            headers: [HeaderExpectation] = [], subprotocol: Subprotocol? = nil, upgradeBelowMilliseconds: Int? = nil
        ) {
            self.headers = headers
            self.subprotocol = subprotocol
            self.upgradeBelowMilliseconds = upgradeBelowMilliseconds
        }
    }

    package struct Connections: Hashable, Sendable {
        package var count: Int
        package var rampMilliseconds: Int

        package init(count: Int, rampMilliseconds: Int = 0) {
            self.count = count
            self.rampMilliseconds = rampMilliseconds
        }
    }

    package var path: Template
    package var subprotocols: [String]
    package var headers: [HeaderTemplate]
    package var timeoutMilliseconds: Int
    package var script: [Step]
    package var acceptance: Acceptance
    package var ending: Ending
    /// For the round trips of all connections together.
    package var objectives: ServiceLevelObjectives
    package var connections: Connections?
    package var reconnection: Reconnection?

    package init(
        path: Template, subprotocols: [String] = [], headers: [HeaderTemplate] = [], timeoutMilliseconds: Int = 5000,
        script: [Step] = [], acceptance: Acceptance = Acceptance(), ending: Ending = .open,
        objectives: ServiceLevelObjectives = ServiceLevelObjectives(), connections: Connections? = nil,
        reconnection: Reconnection? = nil
    ) {
        self.path = path
        self.subprotocols = subprotocols
        self.headers = headers
        self.timeoutMilliseconds = timeoutMilliseconds
        self.script = script
        self.acceptance = acceptance
        self.ending = ending
        self.objectives = objectives
        self.connections = connections
        self.reconnection = reconnection
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> WebSocketProbeRequest {
        let url = try scope.url(path)
        return WebSocketProbeRequest(
            url: Self.webSocketURL(url), headers: try scope.headers(for: url, headers), subprotocols: subprotocols,
            timeoutMilliseconds: timeoutMilliseconds)
    }

    static func webSocketURL(_ url: String) -> String {
        if url.hasPrefix("http://") { return "ws://" + url.dropFirst(7) }
        if url.hasPrefix("https://") { return "wss://" + url.dropFirst(8) }
        return url
    }
}

extension WebSocketCheck.Acceptance {
    /// Pure: everything about an answer with 101 that is not as wanted.
    package func problems(
        of answer: WebSocketAcceptance, offered: [String], values: [String: String]
    ) throws(Template.Unresolved) -> [String] {
        var problems: [String] = []
        for header in headers {
            if let problem = try header.problem(in: answer.headers, values: values) { problems.append(problem) }
        }
        let names = offered.map { "`\($0)`" }.joined(separator: ", ")
        switch (subprotocol, answer.subprotocol) {
        case (nil, nil) where !offered.isEmpty:
            problems.append(
                "the server chose none of the offered subprotocols (\(names)): a browser fails such a connection")
        case (nil, _), (.absent?, nil): break
        case (.absent?, let chosen?):
            problems.append("the server chose the subprotocol `\(chosen)`, wanted none")
        case (.conditions?, nil): problems.append("the server chose no subprotocol of \(names)")
        case (.conditions(let conditions)?, let chosen?):
            for condition in conditions {
                if let problem = try condition.problem(in: chosen, values: values) {
                    problems.append("the subprotocol \(problem)")
                }
            }
        }
        if let limit = upgradeBelowMilliseconds, !(answer.phases.total < Double(limit)) {
            problems.append(
                "the upgrade took \(JUnitDocument.seconds(answer.phases.total)) s, wanted less than \(limit) ms")
        }
        return problems
    }
}
