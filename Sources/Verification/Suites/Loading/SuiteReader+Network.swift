import Configuration

/// Checks of what lies before an application's own answers.
extension SuiteReader {
    mutating func preflight(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> PreflightCheck? {
        guard let settings = node["cors"] else { return nil }
        let place = join(path, "cors")
        let keys = ["path", "origin", "method", "headers", "credentials"]
        guard mapping(settings, place, keys: keys, required: ["path", "origin"]),
            let target = address(settings["path"], join(place, "path")),
            let origin = template(settings["origin"], join(place, "origin"))
        else { return nil }
        var check = PreflightCheck(path: target, origin: origin)
        let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        check.method = choice(settings["method"], join(place, "method"), of: methods) ?? "GET"
        for (index, name) in texts(settings["headers"], join(place, "headers")).enumerated() {
            if !Self.isHeaderName(name), let node = settings["headers"] {
                report(node, join(place, "headers.\(index)"), "\(name.quotedForMessage) is not a header name")
            }
            check.headers.append(name.lowercased())
        }
        check.credentials = boolean(settings["credentials"], join(place, "credentials")) ?? false
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? defaults.timeoutMilliseconds
        check.connectTimeoutMilliseconds = defaults.connectTimeoutMilliseconds
        if let expect = node["expect"], mapping(expect, join(path, "expect"), keys: ["allowed", "max_age"]) {
            check.isAllowed = boolean(expect["allowed"], join(path, "expect.allowed")) ?? true
            check.maximumAge = numberConditions(expect["max_age"], join(path, "expect.max_age")) {
                $0.wholeNumber($1, $2)
            }
        }
        return check
    }

    mutating func tlsCheck(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> TLSCheck? {
        guard let settings = node["tls"] else { return nil }
        let place = join(path, "tls")
        guard mapping(settings, place, keys: ["host", "port"]) else { return nil }
        var check = TLSCheck(host: template(settings["host"], join(place, "host")))
        check.port = integer(settings["port"], join(place, "port"), in: 1...65_535)
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? defaults.timeoutMilliseconds
        guard let expect = node["expect"] else { return check }
        let expectPath = join(path, "expect")
        check.expectation = tls(expect, expectPath, besides: ["refuses"]) ?? TLSExpectation()
        check.refused = list(expect["refuses"]).compactMap { element in
            choice(element, join(expectPath, "refuses"), of: TLSVersion.allCases.map(\.rawValue))
                .flatMap(TLSVersion.init(rawValue:))
        }
        return check
    }

    mutating func nameCheck(_ node: ConfigurationNode, _ path: String, _ defaults: SuiteDefaults) -> NameCheck? {
        guard let settings = node["dns"] else { return nil }
        let place = join(path, "dns")
        guard mapping(settings, place, keys: ["name"]) else { return nil }
        var check = NameCheck(name: template(settings["name"], join(place, "name")))
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? defaults.timeoutMilliseconds
        guard let expect = node["expect"] else { return check }
        let expectPath = join(path, "expect")
        guard mapping(expect, expectPath, keys: ["exists", "addresses", "families", "time"]) else { return check }
        check.exists = boolean(expect["exists"], join(expectPath, "exists")) ?? true
        check.allowed = list(expect["addresses"]).enumerated().compactMap { index, element in
            template(element, join(expectPath, "addresses.\(index)"))
        }
        check.families = list(expect["families"]).compactMap { element in
            choice(element, join(expectPath, "families"), of: NameCheck.Family.allCases.map(\.rawValue))
                .flatMap(NameCheck.Family.init(rawValue:))
        }
        check.belowMilliseconds = below(expect["time"], join(expectPath, "time"))
        if !check.exists, expect.entries.count > 1 {
            report(expect, expectPath, "a name that does not exist has nothing else to say")
        }
        return check
    }

    mutating func command(_ node: ConfigurationNode, _ path: String) -> CommandCheck? {
        guard let settings = node["command"] else { return nil }
        let place = join(path, "command")
        guard mapping(settings, place, keys: ["argv", "env"], required: ["argv"]) else { return nil }
        var check = CommandCheck(arguments: [])
        check.arguments = arguments(settings["argv"], join(place, "argv"))
        if check.arguments.isEmpty { report(settings, place, "`argv` names no program") }
        check.environment = environment(settings["env"], join(place, "env"))
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? check.timeoutMilliseconds
        check.expectation = programExpectation(node["expect"], join(path, "expect"))
        return check
    }
}
