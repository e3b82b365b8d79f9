import Foundation
import JSON

@testable import LocalCloudRun

/// Numbers from a seed, so that what was found can be found again (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Calls of the methods of a description: some right, some wrong in one place, some wrong everywhere.
struct Fuzz {
    let methods: [DiscoveredAPI.Method]
    let schemas: [String: JSONValue]
    /// What a field of this name is as a rule, where a value at random would be refused before anything else is
    /// looked at.
    let usual: [String: [JSONValue]]
    var numbers: SeededNumbers
    /// Of the request being made: hardly anything in it is out of the ordinary, so that it may be taken.
    private var isCalm = false

    init(
        methods: [DiscoveredAPI.Method], schemas: [String: JSONValue], usual: [String: [JSONValue]] = [:], seed: UInt64
    ) {
        self.methods = methods
        self.schemas = schemas
        self.usual = usual
        numbers = SeededNumbers(seed: seed)
    }

    init(_ api: DiscoveredAPI, seed: UInt64) {
        self.init(methods: api.methods, schemas: api.schemas, seed: seed)
    }

    mutating func request() -> APIRequest {
        guard let method = methods.randomElement(using: &numbers) else {
            return APIRequest(method: "GET", path: "/")
        }
        isCalm = chance(3)
        var request = APIRequest(method: method.verb, path: path(method.path))
        for name in method.query where chance(isCalm ? 20 : 3) { request.query[name] = text(for: name) }
        if chance(4) { request.query["$alt"] = "json;enum-encoding=int" }
        if let schema = method.request, !chance(20) {
            request.body = Array(message(schema, depth: 0).serialized().utf8)
            if chance(isCalm ? 60 : 6) { damage(&request.body) }
        }
        if chance(isCalm ? 100 : 30) { request.method = pick(["GET", "PUT", "POST", "PATCH", "DELETE", "", "BREW"]) }
        return request
    }

    private mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &numbers) == 0 }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &numbers)]
    }

    private mutating func path(_ pattern: String) -> String {
        let parts = pattern.split(separator: "/").map { part -> String in
            guard part.hasPrefix("{"), let end = part.lastIndex(of: "}") else { return String(part) }
            let odd = ["", "-", "..", "a/b", ":", "%00", "\u{0}", "ä", String(repeating: "x", count: 5000), "a:b"]
            let usual =
                part.contains("locationsId")
                ? ["l"]
                : part.contains("projectsId") || part.contains("namespacesId") ? ["demo"] : ["one", "two", "three"]
            let value = chance(isCalm ? 80 : 8) ? pick(odd) : chance(8) ? pick(["demo", "l", "one"]) : pick(usual)
            return value + part[end...].dropFirst()
        }
        return (chance(50) ? "" : "/") + parts.joined(separator: chance(100) ? "//" : "/")
    }

    private mutating func text(for parameter: String) -> String {
        switch parameter {
        case "serviceId", "jobId": pick(["one", "two", "three", "", "UPPER", "a_b", String(repeating: "a", count: 50)])
        // Right as a rule: a query that is refused keeps the rest of its request from being looked at.
        case "validateOnly", "allowMissing", "forceNewRevision", "showDeleted", "returnPartialSuccess":
            chance(8) ? pick(["1", "x", "TRUE", ""]) : pick(["true", "false"])
        case "options.requestedPolicyVersion": pick(["0", "1", "3", "x"])
        case "pageToken", "etag",
            "filter" where !chance(4):
            ""
        case "dryRun": pick(["all", "all", "", "none"])
        case "labelSelector", "fieldSelector": pick(["a=b", "!a", "a in (b,", "", "a notin (b,c)", "=", ","])
        case "pageSize", "limit": pick(["0", "1", "1000", "5", "-1", "999999999999999999999", "x", ""])
        case "updateMask":
            pick([
                "*", "template", "labels.a.b", "template.containers", "nothing", ",,", ".", "traffic,labels", "name",
                "uid",
                "latestReadyRevision,conditions",
            ])
        default: pick(["true", "false", "", "x", "done:true", "\"1\"", "\u{0}", String(repeating: "9", count: 400)])
        }
    }

    private mutating func message(_ name: String, depth: Int) -> JSONValue {
        guard depth < 7, let properties = schemas[name]?["properties"]?.object else { return [:] }
        var members: [String: JSONValue] = [:]
        for (field, schema) in properties.sorted(by: { $0.key < $1.key }) {
            // What a service and a job need, more often than the rest.
            let isNeeded = [
                "template", "containers", "image", "policy", "traffic", "metadata", "spec",
            ].contains(field)
            // A template's own name means a revision's.
            if let values = usual[field], depth < 3 || field == "image", !chance(12) {
                members[field] = values.randomElement(using: &numbers)
                continue
            }
            guard isNeeded ? !chance(isCalm ? 60 : 6) : chance(isCalm ? 60 : 8) else { continue }
            if field == "limits", !chance(4) {
                members[field] = [
                    "cpu": .string(pick(["1", "2000m", "4"])), "memory": .string(pick(["512Mi", "2Gi"])),
                ]
                continue
            }
            members[field] = chance(isCalm ? 200 : 25) ? wrong() : value(schema, depth: depth + 1)
        }
        if chance(40) { members[pick(["unknown", "", "@type", "a.b"])] = wrong() }
        return .object(members)
    }

    private mutating func value(_ schema: JSONValue, depth: Int) -> JSONValue {
        if let name = schema["$ref"]?.string { return message(name, depth: depth) }
        switch schema["type"]?.string {
        case "array":
            let count = isCalm ? 1 : pick([0, 1, 1, 1, 2, 3])
            return .array((0..<count).map { _ in value(schema["items"] ?? [:], depth: depth) })
        case "object":
            return .object(["a": value(schema["additionalProperties"] ?? [:], depth: depth)])
        case "boolean": return .bool(chance(2))
        case "integer": return .integer(pick([0, 1, 2, 80, 8080, -1, 70_000, Int64(Int32.max), .max, .min]))
        case "number": return .number(pick([0, 0.5, -1, 1e300]))
        default:
            if let names = schema["enum"]?.array, let name = names.randomElement(using: &numbers) {
                return chance(3) ? .integer(Int64.random(in: -1...20, using: &numbers)) : name
            }
            switch schema["format"]?.string {
            case "google-duration": return .string(pick(["1s", "300s", "0s", "-1s", "1e9s", "3601s", "s", "nans"]))
            case "google-datetime": return .string(pick(["2026-01-01T00:00:00Z", "yesterday", ""]))
            case "int64": return .string(pick(["0", "1", "9223372036854775807", "-9223372036854775808", "1e3", ""]))
            default:
                return .string(
                    pick([
                        "one", "repo/app:1", "", "LATEST", "\u{0}", "a\r\nb", "🙂", String(repeating: "y", count: 3000),
                    ]))
            }
        }
    }

    private mutating func wrong() -> JSONValue {
        pick([
            .null, true, 1, -1, "text", [], [:], [[]], .integer(.max), .number(1e308), ["a": ["b": [1, .null, "c"]]],
            .string(String(repeating: "[", count: 200)),
        ])
    }

    private mutating func damage(_ body: inout [UInt8]) {
        switch Int.random(in: 0..<5, using: &numbers) {
        case 0: body = Array(body.prefix(Int.random(in: 0...body.count, using: &numbers)))
        case 1: body = (0..<64).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        case 2: body = Array(repeating: UInt8(ascii: "["), count: 100_000)
        case 3: body += Array("{}".utf8)
        default:
            guard let index = body.indices.randomElement(using: &numbers) else { return }
            body[index] = UInt8.random(in: 0...255, using: &numbers)
        }
    }
}
