import JSON
import Simulation

/// What a campaign came to, for people and for programs.
enum Report {
    static func history(_ result: History.Result) -> String {
        var lines = result.faults.map { "fault \($0)" }
        lines += result.trace.lines
        lines += result.violations.map { "BROKEN rule \($0.rule) at \(Int($0.seconds)) s: \($0.text)" }
        lines.append("outcomes \(result.outcomes.joined(separator: ", "))")
        lines.append("digest \(String(result.trace.digest, radix: 16))")
        return lines.joined(separator: "\n")
    }

    static func campaign(_ campaign: Campaign.Result) -> String {
        var lines = campaign.violations.prefix(20).map { found in
            "BROKEN seed \(found.seed): rule \(found.violation.rule): \(found.violation.text)"
        }
        if campaign.violations.count > 20 { lines.append("… \(campaign.violations.count) in all") }
        let outcomes = campaign.outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        lines.append("\(campaign.count) histories, \(campaign.faults) faults, \(campaign.lines) lines of trace")
        lines.append("ended: \(outcomes.joined(separator: ", "))")
        lines.append("\(perSecond(campaign)) histories a second on \(campaign.threads) threads")
        lines.append("digest \(String(campaign.digest, radix: 16)); one again: simulate --seed N")
        return lines.joined(separator: "\n")
    }

    static func campaignJSON(_ campaign: Campaign.Result) -> String {
        let document: JSONValue = [
            "histories": .integer(Int64(campaign.count)), "faults": .integer(Int64(campaign.faults)),
            "seconds": .number(campaign.seconds), "perSecond": .integer(Int64(perSecond(campaign))),
            "digest": .string(String(campaign.digest, radix: 16)),
            "violations": .array(
                campaign.violations.map {
                    ["seed": .string(String($0.seed)), "rule": .integer(Int64($0.violation.rule))]
                }),
        ]
        return document.serialized(pretty: true)
    }

    static func defects(_ caught: [DefectCampaign.Caught]) -> String {
        caught.map { found in
            let seeds = found.seeds.map { "after \($0) seeds, rule \(found.rule ?? 0)" } ?? "NOT CAUGHT"
            return "\(found.defect) (\(found.defect.rawValue)): \(seeds)"
        }.joined(separator: "\n")
    }

    static func defectsJSON(_ caught: [DefectCampaign.Caught]) -> String {
        let document: JSONValue = [
            "defects": .array(
                caught.map { found in
                    [
                        "defect": .string("\(found.defect)"),
                        "seeds": found.seeds.map { .integer(Int64($0)) } ?? .null,
                        "rule": found.rule.map { .integer(Int64($0)) } ?? .null,
                    ]
                })
        ]
        return document.serialized(pretty: true)
    }

    static func crashPoints(_ results: [CrashPoints.Result]) -> String {
        var lines = results.compactMap(\.trace).first?.lines ?? []
        lines += results.flatMap(\.violations).prefix(20).map { found in
            "BROKEN \(found.place): rule \(found.violation.rule): \(found.violation.text)"
        }
        for result in results {
            lines.append(
                "\(result.flow.rawValue), taken up by \(result.recovery): \(result.places) places, "
                    + "\(result.doublePlaces) pairs of places, \(result.violations.count) rules broken")
        }
        lines.append(
            "\(results.reduce(0) { $0 + $1.places }) places and \(results.reduce(0) { $0 + $1.doublePlaces }) pairs, "
                + "all of them")
        return lines.joined(separator: "\n")
    }

    static func crashPointsJSON(_ results: [CrashPoints.Result]) -> String {
        let document: JSONValue = [
            "flows": .array(
                results.map { result in
                    [
                        "flow": .string(result.flow.rawValue), "recovery": .string("\(result.recovery)"),
                        "places": .integer(Int64(result.places)), "pairs": .integer(Int64(result.doublePlaces)),
                        "violations": .array(
                            result.violations.map {
                                ["place": .string($0.place), "rule": .integer(Int64($0.violation.rule))]
                            }),
                    ]
                })
        ]
        return document.serialized(pretty: true)
    }

    private static func perSecond(_ campaign: Campaign.Result) -> Int {
        campaign.seconds > 0 ? Int(Double(campaign.count) / campaign.seconds) : 0
    }
}
