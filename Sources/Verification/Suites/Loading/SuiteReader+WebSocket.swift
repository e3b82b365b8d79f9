import Configuration
import JSON

extension SuiteReader {
    mutating func webSocket(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> WebSocketCheck? {
        guard let settings = node["ws"] else { return nil }
        let place = join(path, "ws")
        guard mapping(settings, place, keys: ["path", "subprotocols", "headers", "timeout"], required: ["path"]) else {
            return nil
        }
        let outer = knownReferences
        if node["connections"] != nil { knownReferences.insert("ws.connection") }
        defer { knownReferences = outer }
        guard let target = address(settings["path"], join(place, "path")) else { return nil }
        var check = WebSocketCheck(path: target, headers: defaults.headers)
        check.subprotocols = texts(settings["subprotocols"], join(place, "subprotocols"))
        check.headers += headers(settings["headers"], join(place, "headers"))
        check.headers += headers(node["headers"], join(path, "headers"))
        check.timeoutMilliseconds =
            duration(settings["timeout"], join(place, "timeout"))
            ?? duration(node["timeout"], join(path, "timeout")) ?? defaults.timeoutMilliseconds
        check.script = steps(node["script"], join(path, "script"))
        if let expect = node["expect"] {
            (check.acceptance, check.ending) = beginningAndEnd(expect, join(path, "expect"))
        }
        if case .refused = check.ending {
            for key in ["script", "connections", "reconnect", "slo"] {
                guard let other = node[key] else { continue }
                report(other, join(path, key), "a connection that must be refused has no `\(key)`")
            }
        }
        check.connections = connections(node["connections"], join(path, "connections"), check)
        check.objectives = roundTripObjectives(node, path, check)
        check.reconnection = reconnection(node["reconnect"], join(path, "reconnect"), check)
        return check
    }

    private mutating func roundTripObjectives(
        _ node: ConfigurationNode, _ path: String, _ check: WebSocketCheck
    ) -> ServiceLevelObjectives {
        guard let slo = node["slo"] else { return ServiceLevelObjectives() }
        let trips = check.script.reduce(0) { if case .roundTrips(let trips) = $1 { $0 + trips.count } else { $0 } }
        let place = join(path, "slo")
        if trips == 0 {
            report(slo, place, "`slo` of a WebSocket check is about `round_trips`, and the script has none")
        }
        let samples = trips * (check.connections?.count ?? 1)
        let objectives = objectives(slo, place, samples: samples, of: "round trips")
        if let rate = slo["error_rate"], objectives.errorRate > 0 {
            report(
                rate, join(place, "error_rate"), "a round trip that is lost ends its connection: every one must come")
        }
        return objectives
    }

    private mutating func beginningAndEnd(
        _ node: ConfigurationNode, _ path: String
    ) -> (WebSocketCheck.Acceptance, WebSocketCheck.Ending) {
        var acceptance = WebSocketCheck.Acceptance()
        let keys = ["upgrade", "status", "closed", "header", "body", "json", "subprotocol", "time"]
        guard mapping(node, path, keys: keys) else { return (acceptance, .open) }
        let upgrade = choice(node["upgrade"], join(path, "upgrade"), of: ["refused", "accepted"])
        if upgrade == "refused" { return (acceptance, refusal(node, path)) }
        for key in ["status", "body", "json"] {
            guard let wrong = node[key] else { continue }
            report(
                wrong, join(path, key), "`\(key)` of a WebSocket check goes with `upgrade: refused`",
                hint: key == "status" ? "an accepted upgrade is always answered with 101" : nil)
        }
        acceptance.headers = headerExpectations(node["header"], join(path, "header"))
        if let wanted = node["subprotocol"] {
            let place = join(path, "subprotocol")
            if wanted.boolean == false {
                acceptance.subprotocol = .absent
            } else {
                acceptance.subprotocol = .conditions(textConditions(wanted, place))
            }
        }
        if let time = node["time"], mapping(time, join(path, "time"), keys: ["upgrade"]) {
            acceptance.upgradeBelowMilliseconds = below(time["upgrade"], join(path, "time.upgrade"))
        }
        guard let closed = node["closed"] else { return (acceptance, .open) }
        let place = join(path, "closed")
        guard mapping(closed, place, keys: ["code", "reason", "within"], required: ["code"]) else {
            return (acceptance, .open)
        }
        let codes = list(closed["code"]).compactMap { integer($0, join(place, "code"), in: 1000...4999) }
        var closing = WebSocketCheck.Closing(codes: codes)
        if let reason = closed["reason"] { closing.reason = textConditions(reason, join(place, "reason")) }
        closing.withinMilliseconds = duration(closed["within"], join(place, "within")) ?? closing.withinMilliseconds
        return (acceptance, .closed(closing))
    }

    private mutating func refusal(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Ending {
        for key in ["closed", "subprotocol", "time"] {
            guard let other = node[key] else { continue }
            report(other, join(path, key), "`\(key)` and `upgrade: refused` exclude each other")
        }
        var expectation = ResponseExpectation(
            status: status(node["status"], join(path, "status")) ?? StatusExpectation([400...499]))
        expectation.headers = headerExpectations(node["header"], join(path, "header"))
        expectation.json = jsonExpectations(node["json"], join(path, "json"))
        if let body = node["body"] { expectation.body = textConditions(body, join(path, "body")) }
        return .refused(expectation)
    }

    private mutating func reconnection(
        _ node: ConfigurationNode?, _ path: String, _ check: WebSocketCheck
    ) -> WebSocketCheck.Reconnection? {
        let keys = ["times", "after", "wait", "within", "path", "headers", "remember", "continues", "script"]
        guard let node, mapping(node, path, keys: keys) else { return nil }
        var reconnection = WebSocketCheck.Reconnection()
        reconnection.times = integer(node["times"], join(path, "times"), in: 1...100) ?? reconnection.times
        reconnection.withinMilliseconds =
            duration(node["within"], join(path, "within")) ?? reconnection.withinMilliseconds
        let wait = duration(node["wait"], join(path, "wait"), atMost: 7_200_000)
        switch choice(node["after"], join(path, "after"), of: ["drop", "close", "server"]) {
        case "close": reconnection.after = .close
        case "server": reconnection.after = .server(withinMilliseconds: wait ?? 5000)
        default: reconnection.after = .drop
        }
        if let node = node["wait"], !reconnection.after.isOfServer {
            report(node, join(path, "wait"), "`wait` goes with `after: server`")
        }
        if let remember = node["remember"] {
            let place = join(path, "remember")
            if !remember.isMapping { report(remember, place, "`remember` is \(remember.kindName), expected a mapping") }
            for entry in remember.entries {
                if !Self.isIdentifier(entry.key) || ["trip", "connection"].contains(entry.key) {
                    report(key: entry, join(place, entry.key), "\(entry.key.quotedForMessage) is not a name here")
                }
                guard let source = jsonPath(entry.value, join(place, entry.key)) else { continue }
                reconnection.remember.append(.init(name: entry.key, path: source))
                knownReferences.insert("ws.\(entry.key)")
            }
        }
        reconnection.continues = jsonPath(node["continues"], join(path, "continues"))
        reconnection.path = address(node["path"], join(path, "path"))
        reconnection.headers = headers(node["headers"], join(path, "headers"))
        if let script = node["script"] { reconnection.script = steps(script, join(path, "script")) }
        if (check.script + (reconnection.script ?? [])).contains(where: \.isClose) {
            report(node, path, "a script with `close` leaves no connection that could be lost")
        }
        if case .closed = check.ending, !reconnection.after.isOfServer {
            report(node, path, "the server is to close the connection: write `after: server`")
        }
        return reconnection
    }

    private mutating func connections(
        _ node: ConfigurationNode?, _ path: String, _ check: WebSocketCheck
    ) -> WebSocketCheck.Connections? {
        guard let node, mapping(node, path, keys: ["count", "ramp", "all_must"], required: ["count"]) else {
            return nil
        }
        let steps = check.script.map(\.keyword)
        if let must = node["all_must"], let name = text(must, join(path, "all_must")), !steps.contains(name) {
            report(
                must, join(path, "all_must"), "the script has no step \(name.quotedForMessage)",
                hint: NearestName.hint(for: name, in: steps))
        }
        guard let count = integer(node["count"], join(path, "count"), in: 1...1000) else { return nil }
        return WebSocketCheck.Connections(
            count: count, rampMilliseconds: duration(node["ramp"], join(path, "ramp")) ?? 0)
    }
}

extension WebSocketCheck.Reconnection.Loss {
    fileprivate var isOfServer: Bool {
        if case .server = self { true } else { false }
    }
}
