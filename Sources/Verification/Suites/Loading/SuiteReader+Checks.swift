import Configuration
import JSON

extension SuiteReader {
    /// The checks of one entry: one, or one for each row.
    mutating func checks(_ node: ConfigurationNode, _ path: String, _ context: SuiteContext) -> [Check] {
        guard node.isMapping, let kind = kind(of: node, path) else { return [] }
        guard mapping(node, path, keys: SuiteSchema.keys(of: kind), required: ["id"]) else { return [] }
        guard let idNode = node["id"], let id = text(idNode, join(path, "id")) else { return [] }
        if !Self.isIdentifier(id) {
            report(
                idNode, join(path, "id"), "\(id.quotedForMessage) is not an id",
                hint: "letters, digits, `.`, `_` and `-`, at most 128")
        }
        _ = text(node["description"], join(path, "description"))
        currentCheck = id
        let rows = rows(node["each"], join(path, "each"))
        let outer = knownReferences
        for name in rows.first?.keys.sorted() ?? [] { knownReferences.insert("each.\(name)") }
        defer {
            knownReferences = outer
            currentCheck = nil
        }
        guard let checkKind = checkKind(kind, node, path, context.defaults) else { return [] }
        var check = Check(id: id, kind: checkKind)
        check.place = idNode.position
        check.target = target(node["target"], join(path, "target"), context)
        check.needs = texts(node["needs"], join(path, "needs"))
        let ofOne = knownReferences
        if checkKind.isOfManyUsers { knownReferences.formUnion(["user.name", "user.index"]) }
        check.auth = authentication(node["auth"], join(path, "auth"), secrets: context.secretNames)
        knownReferences = ofOne
        check.retry = retry(node["retry"], join(path, "retry"))
        check.poll = poll(node["poll"], join(path, "poll"))
        check.captures = captures(node["capture"], join(path, "capture"), kind: kind)
        check.skip = text(node["skip"], join(path, "skip"))
        if let retry = node["retry"], node["poll"] != nil {
            report(
                retry, join(path, "retry"), "`retry` and `poll` exclude each other",
                hint: "a poll waits, it is not flaky")
        }
        guard let each = node["each"] else { return [check] }
        if !check.captures.isEmpty {
            report(each, join(path, "each"), "a check with `each` cannot capture: its rows would overwrite each other")
        }
        return rows.map { row in
            var rowCheck = check
            rowCheck.id = "\(id)[\(row.values.joined(separator: ","))]"
            rowCheck.row = Dictionary(zip(row.keys, row.values), uniquingKeysWith: { first, _ in first })
            return rowCheck
        }
    }

    private mutating func kind(of node: ConfigurationNode, _ path: String) -> String? {
        let present = node.entries.filter { CheckKind.names.contains($0.key) }
        if present.count == 1 { return present[0].key }
        let common = SuiteSchema.commonKeys.map(\.name)
        let slips = node.entries.filter { !common.contains($0.key) }.compactMap { entry in
            NearestName.of(entry.key, in: CheckKind.names).map { "did you mean `\($0)` instead of `\(entry.key)`?" }
        }
        report(
            node, path, present.isEmpty ? "this check has no kind" : "this check has more than one kind",
            hint: present.isEmpty && slips.count == 1
                ? slips[0] : "a check has exactly one of \(CheckKind.names.map { "`\($0)`" }.joined(separator: ", "))")
        return nil
    }

    private mutating func checkKind(
        _ kind: String, _ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults
    ) -> CheckKind? {
        switch kind {
        case "http": http(node, path, defaults).map { .http($0) }
        case "ws": webSocket(node, path, defaults).map { .webSocket($0) }
        case "routes": routes(node, path, defaults).map { .routes($0) }
        case "load": load(node, path, defaults).map { .load($0) }
        case "users": users(node, path, defaults).map { .users($0) }
        case "rate_limit": rateLimit(node, path, defaults).map { .rateLimit($0) }
        case "start": start(node, path, defaults).map { .start($0) }
        case "cors": preflight(node, path, defaults).map { .preflight($0) }
        case "tls": tlsCheck(node, path, defaults).map { .tls($0) }
        case "dns": nameCheck(node, path, defaults).map { .name($0) }
        case "command": command(node, path).map { .command($0) }
        case "grpc": grpc(node, path, defaults).map { .grpc($0) }
        case "container": container(node, path).map { .container($0) }
        case "job": job(node, path).map { .job($0) }
        case "runner": runner(node, path).map { .runner($0) }
        default: events(kind, node, path, defaults).map { .events($0) }
        }
    }

    private struct Row {
        var keys: [String]
        var values: [String]
    }

    /// `{ id: [1, 2], name: [a, b] }` is two rows.
    private mutating func rows(_ node: ConfigurationNode?, _ path: String) -> [Row] {
        guard let node else { return [] }
        guard node.isMapping, !node.entries.isEmpty else {
            report(
                node, path, "`each` is \(node.kindName), expected a mapping of lists",
                hint: "write `each: { item: [1, 2] }`; `${each.item}` is the value of a row")
            return []
        }
        let columns = node.entries.map { texts($0.value, join(path, $0.key)) }
        let count = columns.map(\.count).min() ?? 0
        if columns.contains(where: { $0.count != count }) {
            report(node, path, "the lists of `each` have different lengths")
        }
        if count == 0 || count > 1000 { report(node, path, "`each` has \(count) rows, expected 1 to 1000") }
        let keys = node.entries.map(\.key)
        return (0..<min(count, 1000)).map { index in Row(keys: keys, values: columns.map { $0[index] }) }
    }

    private mutating func target(_ node: ConfigurationNode?, _ path: String, _ context: SuiteContext) -> String {
        guard let node, let name = text(node, path) else { return "default" }
        if name != "default", !context.targetNames.contains(name) {
            report(
                node, path, "unknown target \(name.quotedForMessage)",
                hint: NearestName.hint(for: name, in: context.targetNames))
        }
        return name
    }

    mutating func authentication(
        _ node: ConfigurationNode?, _ path: String, secrets: [String]
    ) -> Authentication? {
        guard let node else { return nil }
        let keys = ["kind", "secret", "claims", "expires_in", "header", "token", "audience", "algorithm", "key_id"]
        guard mapping(node, path, keys: keys, required: ["kind"]) else { return nil }
        switch choice(node["kind"], join(path, "kind"), of: ["jwt", "bearer", "google-id-token", "none"]) {
        case "none":
            for entry in node.entries where entry.key != "kind" {
                report(key: entry, join(path, entry.key), "an anonymous client has no `\(entry.key)`")
            }
            return .anonymous
        case "google-id-token":
            // The audience is the service's own URL; the token is made by whoever runs the release.
            _ = template(node["audience"], join(path, "audience"))
            return .identityToken
        case "bearer":
            if node["token"] == nil { report(node, path, "missing `token` in `auth`") }
            return template(node["token"], join(path, "token")).map { .bearer($0) }
        case "jwt":
            guard let secret = node["secret"], let name = text(secret, join(path, "secret")) else {
                report(node, path, "missing `secret` in `auth`", hint: "`secret` names an entry of `secrets`")
                return nil
            }
            if !secrets.contains(name) {
                report(
                    secret, join(path, "secret"), "unknown secret \(name.quotedForMessage)",
                    hint: NearestName.hint(for: name, in: secrets)
                        ?? "declare it: `secrets: { \(name): { from_env: … } }`")
            }
            var claims: [String: JSONValue] = [:]
            if let node = node["claims"], node.isMapping || mapping(node, join(path, "claims"), keys: []) {
                claims = json(node, join(path, "claims")).object ?? [:]
            }
            let lifetime = (duration(node["expires_in"], join(path, "expires_in")) ?? 300_000) / 1000
            let header = text(node["header"], join(path, "header")) ?? "Authorization"
            let names = TokenAlgorithm.allCases.map(\.rawValue)
            let algorithm = choice(node["algorithm"], join(path, "algorithm"), of: names)
                .flatMap(TokenAlgorithm.init(rawValue:))
            return .jwt(
                TokenSettings(
                    secret: name, algorithm: algorithm ?? .hs256, keyID: text(node["key_id"], join(path, "key_id")),
                    claims: claims, lifetimeSeconds: max(1, lifetime), header: header))
        default: return nil
        }
    }

    private mutating func retry(_ node: ConfigurationNode?, _ path: String) -> RetryPolicy? {
        guard let node, mapping(node, path, keys: ["times", "on"], required: ["times"]),
            let times = integer(node["times"], join(path, "times"), in: 0...10)
        else { return nil }
        guard let on = node["on"] else { return RetryPolicy(times: times) }
        var conditions: Set<RetryCondition> = []
        for element in list(on) {
            let place = join(path, "on")
            if let code = element.integer, (100...599).contains(code) {
                conditions.insert(.status(code))
            } else if let name = choice(element, place, of: ProbeFailure.Kind.allCases.map(\.rawValue)),
                let kind = ProbeFailure.Kind(rawValue: name)
            {
                conditions.insert(.failure(kind))
            }
        }
        return RetryPolicy(times: times, conditions: conditions)
    }

    private mutating func poll(_ node: ConfigurationNode?, _ path: String) -> PollPolicy? {
        guard let node, mapping(node, path, keys: ["until", "every", "backoff", "for"]) else { return nil }
        _ = choice(node["until"], join(path, "until"), of: ["pass"])
        return PollPolicy(
            everyMilliseconds: duration(node["every"], join(path, "every")) ?? 1000,
            backoff: number(node["backoff"], join(path, "backoff"), in: 1...10) ?? 1,
            forMilliseconds: duration(node["for"], join(path, "for")) ?? 60_000)
    }

    private mutating func captures(_ node: ConfigurationNode?, _ path: String, kind: String) -> [Capture] {
        guard let node else { return [] }
        guard ["http", "ws", "command", "container"].contains(kind) else {
            report(node, path, "checks of kind `\(kind)` cannot capture")
            return []
        }
        guard node.isMapping else {
            report(node, path, "`capture` is \(node.kindName), expected a mapping of names")
            return []
        }
        return node.entries.compactMap { entry in
            let place = join(path, entry.key)
            guard Self.isIdentifier(entry.key) else {
                report(key: entry, place, "\(entry.key.quotedForMessage) is not a name")
                return nil
            }
            guard mapping(entry.value, place, keys: ["json", "header", "cookie", "body", "secret"]) else { return nil }
            let isSecret = boolean(entry.value["secret"], join(place, "secret")) ?? false
            let sources: [Capture.Source?] = [
                jsonPath(entry.value["json"], join(place, "json")).map { .json($0) },
                text(entry.value["header"], join(place, "header")).map { .header($0) },
                text(entry.value["cookie"], join(place, "cookie")).map { .cookie($0) },
                pattern(entry.value["body"], join(place, "body")).map { .body($0) },
            ]
            let given = sources.compactMap { $0 }
            let names = ["json", "header", "cookie", "body"]
            if names.count(where: { entry.value[$0] != nil }) != 1 {
                report(entry.value, place, "a capture has exactly one of `json`, `header`, `cookie`, `body`")
            }
            if kind != "http", let node = entry.value["header"] ?? entry.value["cookie"] {
                report(node, place, "only an answer over HTTP has headers and cookies")
            }
            return given.first.map { Capture(name: entry.key, source: $0, isSecret: isSecret) }
        }
    }

    static func isIdentifier(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "._-".utf8.contains(byte)
            }
    }
}

/// Names of the suite that its checks may use.
struct SuiteContext {
    var defaults = SuiteDefaults()
    var targetNames: [String] = []
    var secretNames: [String] = []
}
