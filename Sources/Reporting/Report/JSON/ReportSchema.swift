package import JSON
import Releases
import Verification

/// The JSON Schema (2020-12) of `stagectl.report/v1`. Keys may be added; those that are required stay.
package enum ReportSchema {
    package static let document: JSONValue = {
        var schema = object(
            required: [
                ("schema", ["const": .string(Report.schemaName)]),
                ("schemaVersion", ["type": "string", "pattern": "^1\\.[0-9]+$"]), ("generated", text),
                ("tool", object(required: [("version", text)], optional: [("configuration", text)])),
                ("subject", subject), ("verdict", verdict), ("counts", counts), ("priorities", list(priority)),
                ("services", list(service)), ("targets", list(target)), ("suites", list(group)),
                ("modules", list(group)),
                ("checks", list(check)), ("clusters", list(cluster)), ("objectives", list(objective)),
                ("latency", nullable(latency)), ("canaries", list(["type": "object"])), ("health", list(health)),
                ("scalability", list(figure)), ("index", nullable(index)), ("notRun", list(idle)),
                ("waivers", list(waiver)),
                ("changes", nullable(changes)), ("slowest", list(place)), ("flaky", list(place)),
                ("unstable", list(["type": "object"])), ("time", ["type": "object"]), ("steps", list(step)),
                ("traffic", list(moment)), ("history", list(rate)), ("recommendations", list(recommendation)),
                ("prices", nullable(["type": "object"])), ("notes", list(text)),
                ("failure", nullable(["type": "object"])), ("error", ["type": ["object", "null"]]),
            ])
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "stagectl.report/v1"
        return schema
    }()

    // MARK: - Parts

    private static let text: JSONValue = ["type": "string"]
    private static let number: JSONValue = ["type": "number"]
    private static let flag: JSONValue = ["type": "boolean"]
    private static let amount: JSONValue = ["type": "integer", "minimum": 0]
    /// Of a check in `checks`.
    private static let place = amount

    private static func list(_ element: JSONValue) -> JSONValue { ["type": "array", "items": element] }

    private static func nullable(_ value: JSONValue) -> JSONValue { ["anyOf": .array([value, ["type": "null"]])] }

    private static func choice(_ values: [String]) -> JSONValue { ["enum": .array(values.map(JSONValue.string))] }

    private static func object(
        required: [(String, JSONValue)], optional: [(String, JSONValue)] = []
    ) -> JSONValue {
        [
            "type": "object", "required": .array(required.map { .string($0.0) }),
            "properties": .object(Dictionary(required + optional, uniquingKeysWith: { $1 })),
        ]
    }

    private static let priorityName = choice(Priority.allCases.map(\.rawValue))
    private static let status = choice(CheckStatus.allCases.map(\.rawValue))
    private static let counts = object(
        required: (CheckStatus.allCases.map(\.rawValue) + ["total"]).map { ($0, amount) })

    private static let subject = object(
        required: [("kind", text), ("environment", text), ("services", list(text))],
        optional: ["run", "initiator", "started", "finished", "outcome"].map { ($0, text) })

    private static let verdict = object(
        required: [
            ("headline", choice(ReportedVerdict.Headline.allCases.map(\.rawValue))),
            ("result", choice(Verdict.Result.allCases.map(\.rawValue))), ("rule", text), ("sentence", text),
        ], optional: [("decidedBy", choice(VerdictRule.allCases.map(\.rawValue)))])

    private static let priority = object(
        required: [
            ("priority", priorityName), ("state", choice(["protected", "at-risk", "unproven"])), ("counts", counts),
            ("milliseconds", number),
        ], optional: [("protects", text)])

    private static let share = object(
        required: [("revision", text), ("percent", amount)], optional: [("tag", text)])

    private static let service = object(
        required: [
            ("service", text), ("region", text), ("outcome", text), ("dirty", flag), ("trafficBefore", list(share)),
            ("trafficAfter", list(share)), ("environmentOverrides", list(text)),
        ],
        optional: [
            ("revision", text), ("previousRevision", text), ("candidate", text), ("image", text),
            ("imageBytes", amount),
            ("imageChange", ["type": "object"]), ("commit", text), ("url", text), ("resources", resources),
            ("diagnosis", ["type": "object"]),
        ])

    private static let resources = object(
        required: [
            ("milliCores", amount), ("memoryBytes", amount), ("concurrency", amount), ("minInstances", amount),
            ("maxInstances", amount), ("isBilledByInstance", flag),
        ],
        optional: [
            (
                "cost",
                object(
                    required: [
                        ("idle", number), ("busyInstance", number), ("ceiling", number), ("millionRequests", number),
                        ("tier", amount),
                    ])
            )
        ])

    private static let target = object(
        required: [("service", text)],
        optional: ["region", "revision", "digest", "commit", "url"].map { ($0, text) })

    private static let group = object(
        required: [("name", text), ("counts", counts), ("milliseconds", number)],
        optional: [("priority", priorityName), ("owner", text), ("module", text)])

    private static let check = object(
        required: [
            ("suite", text), ("id", text), ("anchor", text), ("priority", priorityName), ("status", status),
            ("milliseconds", number), ("attempts", amount), ("tries", list(["type": "object"])),
            ("reproduction", list(text)),
        ],
        optional: [("target", amount), ("httpStatus", amount), ("startedAt", number)]
            + ["module", "answeredBy", "url", "trace", "summary", "cause", "fix", "policy"].map { ($0, text) })

    private static let cluster = object(
        required: [("signature", text), ("example", text), ("checks", list(place)), ("priority", priorityName)],
        optional: [("cause", text), ("fix", text)])

    private static let objective = object(
        required: [
            ("check", place), ("name", text), ("samples", amount), ("errors", amount),
            ("result", choice(["met", "missed", "uncertain", "measured"])),
        ], optional: ["measured", "lower", "upper", "limit"].map { ($0, number) })

    private static let latency = object(
        required: [
            ("samples", amount),
            ("buckets", list(object(required: [("count", amount)], optional: [("below", number)]))),
            (
                "percentiles",
                list(
                    object(
                        required: [("percent", number), ("milliseconds", number)],
                        optional: [("lower", number), ("upper", number)]))
            ),
        ])

    private static let health = object(
        required: [("service", text), ("healthy", flag), ("samples", amount), ("healthySamples", amount)],
        optional: [
            ("medianMilliseconds", number), ("slowestMilliseconds", number), ("revision", text), ("identity", text),
            ("problem", text),
        ])

    private static let figure = object(required: [("check", place), ("name", text), ("value", text)])

    private static let index = object(
        required: [
            ("listed", amount), ("ran", amount), ("percent", amount), ("passed", amount),
            ("missing", ["type": "object"]),
            ("new", list(text)),
        ], optional: [("estimatedSeconds", number)])

    private static let idle = object(
        required: [("status", status), ("reason", text), ("checks", list(text)), ("count", amount)])

    private static let waiver = object(
        required: [
            ("suite", text), ("match", text), ("kind", text), ("owner", text), ("issue", text), ("reason", text),
            ("expires", text), ("daysLeft", ["type": "integer"]), ("uses", amount), ("origin", text),
        ], optional: [("refusal", text), ("maximumUses", amount)])

    private static let changes = object(
        required: [("run", text), ("started", text), ("result", text)]
            + ["broken", "fixed", "stillFailing", "flaky", "notRun", "new", "gone", "slower"].map {
                ($0, list(object(required: [("check", text)], optional: [("before", text), ("now", text)])))
            })

    private static let step = object(
        required: [("id", text), ("status", text), ("seconds", number)], optional: [("start", number), ("note", text)])

    private static let moment = object(required: [("service", text), ("at", number), ("shares", list(share))])

    private static let rate = object(
        required: [("run", text), ("started", text), ("passed", amount), ("total", amount), ("result", text)])

    private static let recommendation = object(
        required: [("action", text), ("evidence", text)], optional: [("command", text)])
}
