import Configuration
import JSON

/// The lines of a script.
extension SuiteReader {
    static let stepKinds = [
        "send", "receive", "receive_ordered", "round_trips", "ping", "hold", "quiet", "close",
    ]

    /// A script's steps, with those of named scripts in place.
    mutating func steps(_ node: ConfigurationNode?, _ path: String) -> [WebSocketCheck.Step] {
        list(node).enumerated().flatMap { index, element in
            let place = join(path, "\(index)")
            guard let use = element["use"] else { return [step(element, place)].compactMap(\.self) }
            guard mapping(element, place, keys: ["use"]), let name = text(use, join(place, "use")) else { return [] }
            guard let script = scripts.first(where: { $0.key == name }) else {
                report(
                    use, join(place, "use"), "no script is called \(name.quotedForMessage)",
                    hint: NearestName.hint(for: name, in: scripts.map(\.key))
                        ?? "write it under `scripts`, or use a fragment that has it")
                return []
            }
            usedScripts.insert(name)
            return list(script.value).enumerated().compactMap { step($1, join(place, "\($0)")) }
        }
    }

    /// A script that no conversation uses must be one all the same.
    mutating func checkUnusedScripts() {
        isUnplaced = true
        defer { isUnplaced = false }
        for script in scripts where !usedScripts.contains(script.key) {
            for (index, element) in list(script.value).enumerated() {
                _ = step(element, join("scripts.\(script.key)", "\(index)"))
            }
        }
    }

    private mutating func step(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Step? {
        guard mapping(node, path, keys: Self.stepKinds) else { return nil }
        guard node.entries.count == 1, let entry = node.entries.first else {
            report(node, path, "a step is exactly one of \(Self.stepKinds.map { "`\($0)`" }.joined(separator: ", "))")
            return nil
        }
        let place = join(path, entry.key)
        switch entry.key {
        case "send": return message(entry.value, place).map { .send($0) }
        case "receive": return receive(entry.value, place).map { .receive($0) }
        case "receive_ordered": return receiveOrdered(entry.value, place)
        case "round_trips": return roundTrips(entry.value, place)
        case "ping":
            guard mapping(entry.value, place, keys: ["within"]) else { return nil }
            return .ping(withinMilliseconds: duration(entry.value["within"], join(place, "within")) ?? 5000)
        case "hold": return hold(entry.value, place)
        case "quiet":
            guard mapping(entry.value, place, keys: ["for"], required: ["for"]) else { return nil }
            return duration(entry.value["for"], join(place, "for")).map { .quiet(milliseconds: $0) }
        case "close": return close(entry.value, place)
        default: return nil
        }
    }

    private mutating func message(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Message? {
        guard node.isMapping else { return template(node, path).map { .text($0) } }
        let kinds = ["json", "text", "bytes"]
        guard mapping(node, path, keys: kinds) else { return nil }
        if node.entries.count != 1 { report(node, path, "`send` is exactly one of `json`, `text`, `bytes`") }
        if let json = node["json"] { return jsonTemplate(json, join(path, "json")).map { .json($0) } }
        if let bytes = node["bytes"] { return hexadecimal(bytes, join(path, "bytes")).map { .binary($0) } }
        return template(node["text"], join(path, "text")).map { .text($0) }
    }

    private mutating func hexadecimal(_ node: ConfigurationNode, _ path: String) -> [UInt8]? {
        // Without quotes, YAML takes digits for a number.
        var written: String?
        if let scalar = node.scalar, case .text = scalar.kind { written = scalar.text }
        let digits = Array((written ?? "").utf8).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard let text = written, digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else {
            report(
                node, path, "\(Self.name(path)) is \(shown(node)), expected two hexadecimal digits for each byte",
                hint: "for example `\"00ff10\"`, in quotes")
            return nil
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private mutating func receive(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Receive? {
        guard mapping(node, path, keys: ["within", "json", "text", "bytes", "next"]) else { return nil }
        var receive = WebSocketCheck.Receive()
        receive.withinMilliseconds = duration(node["within"], join(path, "within")) ?? receive.withinMilliseconds
        receive.json = jsonExpectations(node["json"], join(path, "json"))
        if let text = node["text"] { receive.text = textConditions(text, join(path, "text")) }
        if let bytes = node["bytes"] { receive.bytes = hexadecimal(bytes, join(path, "bytes")) }
        receive.mustBeNext = boolean(node["next"], join(path, "next")) ?? false
        return receive
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

    private mutating func roundTrips(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Step? {
        let keys = ["count", "send", "receive", "pause"]
        guard mapping(node, path, keys: keys, required: ["count", "send", "receive"]) else { return nil }
        let outer = knownReferences
        knownReferences.insert("ws.trip")
        defer { knownReferences = outer }
        guard let count = integer(node["count"], join(path, "count"), in: 1...100_000),
            let question = node["send"], let answer = node["receive"],
            let send = message(question, join(path, "send")), let receive = receive(answer, join(path, "receive"))
        else { return nil }
        return .roundTrips(
            WebSocketCheck.RoundTrips(
                count: count, send: send, receive: receive,
                pauseMilliseconds: duration(node["pause"], join(path, "pause")) ?? 0))
    }

    private mutating func hold(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Step? {
        let keys = ["for", "ping", "pong_within", "send", "every", "receive", "may_end_at"]
        guard mapping(node, path, keys: keys, required: ["for"]) else { return nil }
        // Cloud Run's longest request is 60 minutes; to see its end takes a little more.
        guard let milliseconds = duration(node["for"], join(path, "for"), atMost: 7_200_000) else { return nil }
        var hold = WebSocketCheck.Hold(milliseconds: milliseconds)
        hold.pingEveryMilliseconds = duration(node["ping"], join(path, "ping"))
        hold.pongWithinMilliseconds = duration(node["pong_within"], join(path, "pong_within")) ?? 5000
        hold.mayEndAtMilliseconds = duration(node["may_end_at"], join(path, "may_end_at"), atMost: 7_200_000)
        if let limit = hold.mayEndAtMilliseconds, let written = node["may_end_at"], limit >= milliseconds {
            report(written, join(path, "may_end_at"), "the connection is not held until then: `for` must be longer")
        }
        guard let question = node["send"] else {
            for key in ["every", "receive"] {
                if let other = node[key] { report(other, join(path, key), "`\(key)` of `hold` goes with `send`") }
            }
            return .hold(hold)
        }
        guard let send = message(question, join(path, "send")) else { return nil }
        hold.traffic = WebSocketCheck.Hold.Traffic(
            send: send, everyMilliseconds: duration(node["every"], join(path, "every")) ?? 10_000,
            receive: node["receive"].flatMap { receive($0, join(path, "receive")) })
        return .hold(hold)
    }

    private mutating func close(_ node: ConfigurationNode, _ path: String) -> WebSocketCheck.Step? {
        guard mapping(node, path, keys: ["code", "reason", "answered"]) else { return nil }
        var close = WebSocketCheck.Close()
        close.code = integer(node["code"], join(path, "code"), in: 1000...4999) ?? close.code
        close.reason = template(node["reason"], join(path, "reason"))
        close.mustBeAnswered = boolean(node["answered"], join(path, "answered")) ?? false
        return .close(close)
    }
}
