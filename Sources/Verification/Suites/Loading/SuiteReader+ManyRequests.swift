import Configuration

/// Checks that make many requests.
extension SuiteReader {
    /// The request of a kind whose own settings stand beside `http`; the rest is written as in a check of kind `http`.
    private mutating func inner(
        _ settings: ConfigurationNode, _ place: String, _ node: ConfigurationNode, _ path: String,
        _ defaults: SuiteDefaults
    ) -> HTTPCheck? {
        guard let line = settings["http"] else { return nil }
        guard let (method, target) = request(line, join(place, "http")) else { return nil }
        return http(method, target, node, path, defaults)
    }

    mutating func load(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> LoadCheck? {
        guard let settings = node["load"] else { return nil }
        let place = join(path, "load")
        let keys = ["http", "requests", "concurrency", "warmup"]
        guard mapping(settings, place, keys: keys, required: ["http"]),
            let http = inner(settings, place, node, path, defaults)
        else { return nil }
        var check = LoadCheck(http: http)
        check.requests = integer(settings["requests"], join(place, "requests"), in: 1...100_000) ?? check.requests
        check.concurrency =
            integer(settings["concurrency"], join(place, "concurrency"), in: 1...256) ?? check.concurrency
        check.warmup = integer(settings["warmup"], join(place, "warmup"), in: 0...10_000) ?? 0
        if node["slo"] == nil { report(settings, place, "a load check needs `slo`", hint: "`slo: { p95: 400ms }`") }
        check.objectives = objectives(node["slo"], join(path, "slo"), samples: check.requests)
        return check
    }

    mutating func objectives(
        _ node: ConfigurationNode?, _ path: String, samples: Int, of what: String = "requests"
    ) -> ServiceLevelObjectives {
        var objectives = ServiceLevelObjectives()
        guard let node else { return objectives }
        guard node.isMapping, !node.entries.isEmpty else {
            report(node, path, "`slo` is \(node.kindName), expected a mapping such as `{ p95: 400ms }`")
            return objectives
        }
        objectives.confidence = share(node["confidence"], join(path, "confidence"), in: 50...99.9) ?? 0.95
        for entry in node.entries {
            let place = join(path, entry.key)
            switch entry.key {
            case "confidence": continue
            case "error_rate":
                objectives.errorRate = share(entry.value, place, in: 0...100) ?? 0
                if objectives.errorRate >= 1 {
                    report(entry.value, place, "an error rate of 100% says nothing: every request may fail")
                }
            default:
                guard entry.key.hasPrefix("p"), let percent = Double(entry.key.dropFirst()), percent > 0, percent < 100
                else {
                    report(
                        key: entry, place, "unknown key \(entry.key.quotedForMessage)",
                        hint: "`p50`, `p95`, `p99`, `error_rate` or `confidence`")
                    continue
                }
                guard let limit = duration(entry.value, place) else { continue }
                let needed = OrderStatistics.smallestCount(percent / 100, confidence: objectives.confidence)
                if samples < needed {
                    report(
                        key: entry, place,
                        "\(samples) \(what) say nothing about `\(entry.key)`: a bound needs \(needed)",
                        hint: "write `\(what == "requests" ? what : "count"): \(needed)` or more")
                }
                objectives.percentiles.append(.init(percent / 100, limit))
            }
        }
        return objectives
    }

    /// `0.5%` as a share of one; `range` in percent.
    private mutating func share(
        _ node: ConfigurationNode?, _ path: String, in range: ClosedRange<Double>
    ) -> Double? {
        guard let node else { return nil }
        if let text = node.text, text.hasSuffix("%"), let percent = Double(text.dropLast()), range.contains(percent) {
            return percent / 100
        }
        report(
            node, path, "\(Self.name(path)) is \(shown(node)), expected \(range.lowerBound)% to \(range.upperBound)%",
            hint: "for example `\(range.lowerBound == 0 ? "0.5%" : "95%")`")
        return nil
    }

    mutating func users(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> UsersCheck? {
        guard let settings = node["users"] else { return nil }
        let place = join(path, "users")
        guard mapping(settings, place, keys: ["http", "count", "names", "rounds"], required: ["http"]) else {
            return nil
        }
        let outer = knownReferences
        knownReferences.formUnion(["user.name", "user.index"])
        defer { knownReferences = outer }
        guard let http = inner(settings, place, node, path, defaults) else { return nil }
        var names = texts(settings["names"], join(place, "names"))
        if let given = settings["names"] {
            for (index, name) in names.enumerated() {
                let others = names.enumerated().filter { $0.offset != index }
                guard let other = others.first(where: { $0.element.contains(name) }) else { continue }
                report(
                    given, join(place, "names"),
                    "\(name.quotedForMessage) is a part of \(other.element.quotedForMessage): "
                        + "one user's data could not be told from the other's")
            }
            if names.count < 2 { report(given, join(place, "names"), "isolation takes at least two users") }
            if let count = settings["count"] {
                report(count, join(place, "count"), "`count` and `names` exclude each other")
            }
        } else {
            names = UsersCheck.names(count: integer(settings["count"], join(place, "count"), in: 2...200) ?? 8)
        }
        return UsersCheck(
            http: http, names: names, rounds: integer(settings["rounds"], join(place, "rounds"), in: 1...100) ?? 3)
    }

    mutating func rateLimit(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> RateLimitCheck? {
        guard let settings = node["rate_limit"] else { return nil }
        let place = join(path, "rate_limit")
        let keys = ["http", "limit", "per", "requests", "refusal", "retry_after", "enforced_by"]
        guard mapping(settings, place, keys: keys, required: ["http", "limit", "per"]),
            let http = inner(settings, place, node, path, defaults),
            let limit = integer(settings["limit"], join(place, "limit"), in: 1...3000),
            let period = duration(settings["per"], join(place, "per"))
        else { return nil }
        var check = RateLimitCheck(http: http, limit: limit, periodMilliseconds: period)
        if let node = settings["requests"], let requests = integer(node, join(place, "requests"), in: 2...10_000) {
            if requests <= limit * 2 {
                report(
                    node, join(place, "requests"),
                    "\(requests) requests may all pass where two periods meet: at least \(limit * 2 + 1) show a limit")
            }
            check.requests = requests
        }
        check.refusal = status(settings["refusal"], join(place, "refusal")) ?? check.refusal
        check.wantsRetryAfter = boolean(settings["retry_after"], join(place, "retry_after")) ?? false
        let enforcers = RateLimitCheck.Enforcer.allCases.map(\.rawValue)
        check.enforcedBy = choice(settings["enforced_by"], join(place, "enforced_by"), of: enforcers)
            .flatMap(RateLimitCheck.Enforcer.init(rawValue:))
        return check
    }

    mutating func start(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> StartCheck? {
        guard let settings = node["start"] else { return nil }
        let place = join(path, "start")
        let keys = ["http", "idle", "samples", "cold", "warm"]
        guard mapping(settings, place, keys: keys, required: ["http"]),
            let http = inner(settings, place, node, path, defaults)
        else { return nil }
        if settings["cold"] == nil, settings["warm"] == nil {
            report(settings, place, "a start check needs `cold` or `warm`", hint: "`cold: { \"<\": 5s }`")
        }
        return StartCheck(
            http: http, idleMilliseconds: duration(settings["idle"], join(place, "idle")) ?? 0,
            samples: integer(settings["samples"], join(place, "samples"), in: 1...1000) ?? 10,
            coldBelowMilliseconds: below(settings["cold"], join(place, "cold")),
            warmBelowMilliseconds: below(settings["warm"], join(place, "warm")))
    }
}
