import Configuration
import JSON

extension SuiteReader {
    /// A check of kind `sse` or `stream`.
    mutating func events(
        _ kind: String, _ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults
    ) -> EventStreamCheck? {
        guard let settings = node[kind] else { return nil }
        let place = join(path, kind)
        let framing: EventStreamCheck.Framing = kind == "sse" ? .events : .lines
        guard mapping(settings, place, keys: ["path", "within"], required: ["path"]),
            let target = address(settings["path"], join(place, "path"))
        else { return nil }
        var check = EventStreamCheck(framing: framing, path: target, headers: defaults.headers)
        check.headers += headers(node["headers"], join(path, "headers"))
        check.withinMilliseconds =
            duration(settings["within"], join(place, "within"), atMost: 7_200_000) ?? check.withinMilliseconds
        if let expect = node["expect"] { read(expect, join(path, "expect"), into: &check) }
        if let reconnect = node["reconnect"] {
            check.reconnection = streamReconnection(reconnect, join(path, "reconnect"), check)
        }
        return check
    }

    private mutating func read(_ expect: ConfigurationNode, _ path: String, into check: inout EventStreamCheck) {
        let isEvents = check.framing == .events
        let items = isEvents ? "events" : "lines"
        let first = isEvents ? "first_event" : "first_line"
        let least = isEvents ? "min_events" : "min_lines"
        let keys = [items, first, least, "header", "ordered", "ends", "gap", "silence"]
        guard mapping(expect, path, keys: keys) else { return }
        check.responseHeaders = headerExpectations(expect["header"], join(path, "header"))
        check.firstEventBelowMilliseconds = below(expect[first], join(path, first))
        check.minimumCount = integer(expect[least], join(path, least), in: 1...100_000) ?? check.minimumCount
        check.mustEnd = boolean(expect["ends"], join(path, "ends"))
        check.gapBelowMilliseconds = below(expect["gap"], join(path, "gap"))
        check.silenceBelowMilliseconds = below(expect["silence"], join(path, "silence"))
        check.order = streamOrder(expect["ordered"], join(path, "ordered"))
        for (index, element) in list(expect[items]).enumerated() {
            let place = join(path, "\(items).\(index)")
            if let expected = isEvents ? event(element, place) : line(element, place) { check.events.append(expected) }
        }
    }

    private mutating func event(_ node: ConfigurationNode, _ path: String) -> EventStreamCheck.Expected? {
        guard mapping(node, path, keys: ["event", "data", "id"]) else { return nil }
        var expected = EventStreamCheck.Expected(event: text(node["event"], join(path, "event")))
        if let id = node["id"] { expected.id = textConditions(id, join(path, "id")) }
        guard let data = node["data"] else { return expected }
        if let json = data["json"] {
            expected.json = jsonExpectations(json, join(path, "data.json"))
            _ = mapping(data, join(path, "data"), keys: ["json"])
        } else {
            expected.data = textConditions(data, join(path, "data"))
        }
        return expected
    }

    /// `{ json: … }`, or what its text must be.
    private mutating func line(_ node: ConfigurationNode, _ path: String) -> EventStreamCheck.Expected? {
        guard let json = node["json"] else {
            return EventStreamCheck.Expected(data: textConditions(node, path))
        }
        guard mapping(node, path, keys: ["json"]) else { return nil }
        return EventStreamCheck.Expected(json: jsonExpectations(json, join(path, "json")))
    }

    private mutating func streamOrder(
        _ node: ConfigurationNode?, _ path: String
    ) -> WebSocketCheck.ReceiveOrdered? {
        guard let node, mapping(node, path, keys: ["key", "count", "no_gaps"], required: ["key"]),
            let key = jsonPath(node["key"], join(path, "key"))
        else { return nil }
        return WebSocketCheck.ReceiveOrdered(
            count: integer(node["count"], join(path, "count"), in: 1...100_000) ?? 1, key: key,
            noGaps: boolean(node["no_gaps"], join(path, "no_gaps")) ?? false)
    }

    private mutating func streamReconnection(
        _ node: ConfigurationNode, _ path: String, _ check: EventStreamCheck
    ) -> EventStreamCheck.Reconnection? {
        guard check.framing == .events else {
            report(node, path, "only server-sent events can be read on from where they ended")
            return nil
        }
        guard mapping(node, path, keys: ["times", "after"]) else { return nil }
        let reconnection = EventStreamCheck.Reconnection(
            times: integer(node["times"], join(path, "times"), in: 1...100) ?? 1,
            afterMilliseconds: duration(node["after"], join(path, "after")))
        if let after = reconnection.afterMilliseconds, after * reconnection.times >= check.withinMilliseconds {
            report(
                node, path, "nothing of the time is left for what comes after the reconnect",
                hint: "`within` of `sse` is the time of all requests together")
        }
        return reconnection
    }
}
