import JSON

/// A plan could not be read; each problem names its place.
struct FaultPlanError: Error, Hashable, Sendable {
    var problems: [String]
}

extension FaultPlan {
    /// `{"seed": 1, "rules": [{"on": {…}, "effect": {…}, "percent": 50, "skip": 1, "times": 3}]}`. Unknown members are
    /// refused: a rule that is misspelt would otherwise never happen, and nobody would notice.
    init(reading document: JSONValue) throws(FaultPlanError) {
        var reading = FaultReading()
        self = reading.plan(document)
        guard reading.problems.isEmpty else { throw FaultPlanError(problems: reading.problems) }
    }
}

/// Reads a plan and gathers every problem instead of stopping at the first.
private struct FaultReading {
    var problems: [String] = []

    mutating func plan(_ document: JSONValue) -> FaultPlan {
        var plan = FaultPlan()
        guard let members = members(document, "", ["seed", "rules"]) else { return plan }
        if let seed = members["seed"] {
            if let value = seed.integer, value >= 0 {
                plan.seed = UInt64(value)
            } else {
                wrong("seed", "a whole number")
            }
        }
        guard let rules = members["rules"] else { return plan }
        guard let list = rules.array, list.count <= 1000 else {
            wrong("rules", "a list of at most 1000 rules")
            return plan
        }
        for (index, entry) in list.enumerated() {
            if let rule = rule(entry, "rules[\(index)]", number: index + 1) { plan.rules.append(rule) }
        }
        for id in Set(plan.rules.map(\.id)).sorted() where plan.rules.count(where: { $0.id == id }) > 1 {
            problems.append("rules: two of them are called `\(id)`")
        }
        return plan
    }

    private mutating func rule(_ entry: JSONValue, _ place: String, number: Int) -> FaultRule? {
        // What the server shows may be sent back: counts are read over.
        let known = ["id", "on", "effect", "percent", "skip", "times", "occasions", "hits"]
        guard let members = members(entry, place, known) else { return nil }
        let target = target(members["on"], place + ".on")
        guard let effect = effect(members["effect"], place + ".effect") else { return nil }
        var rule = FaultRule(id: members["id"]?.string ?? "rule-\(number)", target: target, effect: effect)
        if let percent = members["percent"] {
            if let value = percent.double, (0...100).contains(value) {
                rule.percent = value
            } else {
                wrong(place + ".percent", "a number from 0 to 100")
            }
        }
        if let skip = members["skip"] { rule.skip = count(skip, place + ".skip") ?? 0 }
        if let times = members["times"] { rule.times = count(times, place + ".times") }
        check(rule, place)
        return rule
    }

    private mutating func target(_ value: JSONValue?, _ place: String) -> FaultTarget {
        guard let value, let members = members(value, place, ["api", "service", "location", "tag", "path"]) else {
            return FaultTarget()
        }
        func text(_ name: String) -> String? { members[name]?.string }
        for name in members.keys.sorted() where text(name)?.isEmpty ?? true { wrong("\(place).\(name)", "a text") }
        if let api = text("api"), !FaultTarget.covers(anyMethodOf: api) {
            wrong("\(place).api", "a method such as `services.patch`, all of a kind such as `services.*`, or `*`")
        }
        return FaultTarget(
            api: text("api"), service: text("service"), location: text("location"), tag: text("tag"),
            path: text("path"))
    }

    private mutating func effect(_ value: JSONValue?, _ place: String) -> FaultEffect? {
        let kinds = [
            "latency", "status", "reset", "operation", "staleReads", "readinessDelay", "crashAfterReady",
            "slowDataPlane",
        ]
        guard let members = members(value ?? .null, place, kinds + ["message", "retryAfter"]) else { return nil }
        let named = kinds.filter { members[$0] != nil }
        guard let kind = named.first, named.count == 1, let value = members[kind] else {
            wrong(place, "exactly one of \(kinds.joined(separator: ", "))")
            return nil
        }
        for name in ["message", "retryAfter"] where members[name] != nil && kind != "status" {
            problems.append("\(place).\(name): belongs to a status")
        }
        switch kind {
        case "status": return error(value, members, place)
        case "reset":
            guard value == true else {
                wrong(place + ".reset", "true")
                return nil
            }
            return .reset
        case "operation":
            guard let fault = value.string.flatMap(OperationFault.init(rawValue:)) else {
                wrong(
                    place + ".operation",
                    "one of \(OperationFault.allCases.map(\.rawValue).joined(separator: ", "))")
                return nil
            }
            return .operation(fault)
        default:
            guard let duration = value.string.flatMap(Duration.init(faultText:)) else {
                wrong("\(place).\(kind)", "a duration such as `200ms`, `1.5s` or `2m`")
                return nil
            }
            return switch kind {
            case "latency": .latency(duration)
            case "staleReads": .staleReads(duration)
            case "readinessDelay": .readinessDelay(duration)
            case "crashAfterReady": .crashAfterReady(duration)
            default: .slowDataPlane(duration)
            }
        }
    }

    private mutating func error(_ value: JSONValue, _ members: [String: JSONValue], _ place: String) -> FaultEffect? {
        guard let status = value.integer, (400...599).contains(status) else {
            wrong(place + ".status", "an HTTP status from 400 to 599")
            return nil
        }
        if let message = members["message"], message.string == nil { wrong(place + ".message", "a text") }
        var retryAfter: Int?
        if let given = members["retryAfter"] { retryAfter = count(given, place + ".retryAfter") }
        return .error(status: Int(status), message: members["message"]?.string, retryAfter: retryAfter)
    }

    /// An effect and a target that never meet would be a rule without effect.
    private mutating func check(_ rule: FaultRule, _ place: String) {
        let target = rule.target
        switch rule.effect {
        case .operation, .staleReads:
            if target.api == nil { wrong(place + ".on.api", "given, as the effect is about calls of the API") }
        case .readinessDelay, .crashAfterReady, .slowDataPlane:
            if target.api != nil || target.tag != nil || target.path != nil {
                problems.append("\(place).on: this effect is about a service, nothing else may be named")
            }
        case .latency, .error, .reset: break
        }
        if target.api != nil, target.tag != nil || target.path != nil {
            problems.append("\(place).on: `tag` and `path` are of requests to services, `api` is not")
        }
    }

    private mutating func count(_ value: JSONValue, _ place: String) -> Int? {
        guard case .integer(let number) = value, (0...1_000_000_000).contains(number) else {
            wrong(place, "a whole number")
            return nil
        }
        return Int(number)
    }

    private mutating func members(_ value: JSONValue, _ place: String, _ known: [String]) -> [String: JSONValue]? {
        guard let members = value.object else {
            wrong(place.isEmpty ? "the document" : place, "an object")
            return nil
        }
        for name in members.keys.sorted() where !known.contains(name) {
            problems.append(
                "\(place.isEmpty ? "" : place + ".")\(name): unknown; known are \(known.joined(separator: ", "))")
        }
        return members
    }

    private mutating func wrong(_ place: String, _ expected: String) {
        problems.append("\(place): must be \(expected)")
    }
}
