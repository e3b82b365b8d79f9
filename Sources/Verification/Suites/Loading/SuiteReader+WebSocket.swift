import Configuration
import JSON

extension SuiteReader {
    mutating func webSocket(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> WebSocketCheck? {
        guard let settings = node["ws"] else { return nil }
        let place = join(path, "ws")
        guard mapping(settings, place, keys: ["path", "subprotocols", "headers", "timeout"], required: ["path"]),
            let target = address(settings["path"], join(place, "path"))
        else { return nil }
        var check = WebSocketCheck(path: target, headers: defaults.headers)
        check.subprotocols = texts(settings["subprotocols"], join(place, "subprotocols"))
        check.headers += headers(settings["headers"], join(place, "headers"))
        check.headers += headers(node["headers"], join(path, "headers"))
        check.timeoutMilliseconds =
            duration(settings["timeout"], join(place, "timeout"))
            ?? duration(node["timeout"], join(path, "timeout")) ?? defaults.timeoutMilliseconds
        for (index, element) in list(node["script"]).enumerated() {
            if let step = step(element, join(path, "script.\(index)")) { check.script.append(step) }
        }
        if let expect = node["expect"] { check.ending = ending(expect, join(path, "expect")) }
        if case .refused = check.ending, let script = node["script"] {
            report(script, join(path, "script"), "a connection that must be refused has no `script`")
        }
        check.connections = connections(node["connections"], join(path, "connections"), check)
        return check
    }

    private mutating func step(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Step? {
        let kinds = ["send", "receive", "receive_ordered", "close"]
        guard mapping(node, path, keys: kinds) else { return nil }
        guard node.entries.count == 1, let entry = node.entries.first else {
            report(node, path, "a step is exactly one of \(kinds.map { "`\($0)`" }.joined(separator: ", "))")
            return nil
        }
        let place = join(path, entry.key)
        switch entry.key {
        case "send": return send(entry.value, place)
        case "receive": return receive(entry.value, place)
        case "receive_ordered": return receiveOrdered(entry.value, place)
        case "close":
            guard mapping(entry.value, place, keys: ["code"]) else { return nil }
            return .close(code: integer(entry.value["code"], join(place, "code"), in: 1000...4999) ?? 1000)
        default: return nil
        }
    }

    private mutating func send(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Step? {
        guard node.isMapping else { return template(node, path).map { .sendText($0) } }
        guard mapping(node, path, keys: ["json", "text"]) else { return nil }
        if let json = node["json"] { return jsonTemplate(json, join(path, "json")).map { .sendJSON($0) } }
        if node["text"] == nil { report(node, path, "`send` needs `json` or `text`") }
        return template(node["text"], join(path, "text")).map { .sendText($0) }
    }

    private mutating func receive(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Step? {
        guard mapping(node, path, keys: ["within", "json", "text", "next"]) else { return nil }
        var receive = WebSocketCheck.Receive()
        receive.withinMilliseconds = duration(node["within"], join(path, "within")) ?? receive.withinMilliseconds
        receive.json = jsonExpectations(node["json"], join(path, "json"))
        if let text = node["text"] { receive.text = textConditions(text, join(path, "text")) }
        receive.mustBeNext = boolean(node["next"], join(path, "next")) ?? false
        return .receive(receive)
    }

    private mutating func receiveOrdered(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Step? {
        let keys = ["within", "count", "key", "strictly", "no_gaps", "equals"]
        guard mapping(node, path, keys: keys, required: ["key"]) else { return nil }
        let equals = list(node["equals"]).enumerated().compactMap { jsonTemplate($1, join(path, "equals.\($0)")) }
        if node["count"] == nil, equals.isEmpty { report(node, path, "missing `count` in `receive_ordered`") }
        let count = integer(node["count"], join(path, "count"), in: 1...100_000) ?? max(1, equals.count)
        guard let key = jsonPath(node["key"], join(path, "key")) else { return nil }
        if let equal = node["equals"], equals.count > count {
            report(equal, join(path, "equals"), "`equals` has more values than `count`")
        }
        let strictly = choice(node["strictly"], join(path, "strictly"), of: ["increasing"])
        return .receiveOrdered(
            WebSocketCheck.ReceiveOrdered(
                withinMilliseconds: duration(node["within"], join(path, "within")) ?? 5000, count: count, key: key,
                // The values themselves say the order, where they are given.
                strictlyIncreasing: strictly != nil || node["equals"] == nil,
                noGaps: boolean(node["no_gaps"], join(path, "no_gaps")) ?? false, equals: equals))
    }

    private mutating func ending(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Ending {
        guard mapping(node, path, keys: ["upgrade", "status", "closed"]) else { return .open }
        if let closed = node["closed"] {
            let place = join(path, "closed")
            for key in ["upgrade", "status"] {
                if let other = node[key] { report(other, join(path, key), "`closed` and `\(key)` exclude each other") }
            }
            guard mapping(closed, place, keys: ["code", "within"], required: ["code"]) else { return .open }
            let codes = list(closed["code"]).compactMap { integer($0, join(place, "code"), in: 1000...4999) }
            return .closed(codes: codes, withinMilliseconds: duration(closed["within"], join(place, "within")) ?? 5000)
        }
        let upgrade = choice(node["upgrade"], join(path, "upgrade"), of: ["refused", "accepted"])
        let status = status(node["status"], join(path, "status"))
        guard upgrade == "refused" else {
            if let wrong = node["status"] {
                report(
                    wrong, join(path, "status"), "`status` of a WebSocket check goes with `upgrade: refused`",
                    hint: "an accepted upgrade is always answered with 101")
            }
            return .open
        }
        return .refused(status ?? StatusExpectation([400...499]))
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

extension WebSocketCheck.Step {
    /// As it is written in a suite.
    var keyword: String {
        switch self {
        case .sendText, .sendJSON: "send"
        case .receive: "receive"
        case .receiveOrdered: "receive_ordered"
        case .close: "close"
        }
    }
}
