import JSON
import Simulation

/// Whether the analysis of canaries keeps its promises, as a table and as JSON.
struct CanaryReport {
    private struct Row {
        var name: String
        var tally: CanaryCampaign.Tally
        /// What is published of this scenario; nil where a failure is a false one.
        var published: OperatingCharacteristic?

        var isWithinBounds: Bool {
            guard let published else { return tally.failedUpperLimit <= 0.05 }
            return abs(published.fails - tally.failedShare) <= 0.02 && abs(published.passes - tally.passedShare) <= 0.02
        }
    }

    private let rows: [Row]
    private let judging: Double
    private let runs: Int

    init(runs: Int, threads: Int) {
        self.runs = runs
        let campaign = CanaryCampaign(runs: runs, threads: threads)
        rows =
            CanaryScenario.nulls.map { Row(name: $0.name, tally: campaign.play($0)) }
            + OperatingCharacteristic.published.map {
                Row(name: $0.name, tally: campaign.play($0), published: $0)
            }
        judging = CanaryCampaign.millisecondsToJudge(pairs: 600)
    }

    /// The time is shown and not judged here: only a release build on a quiet machine says anything.
    var isWithinBounds: Bool { rows.allSatisfy(\.isWithinBounds) }

    var text: String {
        var lines = ["no difference, or a better candidate: \(runs) runs each; at most 5 % may fail"]
        lines += rows.filter { $0.published == nil }.map { row in
            "\(mark(row)) \(row.name): \(percent(row.tally.failedShare)) fail (99 % sure: at most "
                + "\(percent(row.tally.failedUpperLimit))), \(percent(row.tally.passedShare)) pass"
        }
        lines.append("against the published table: at most 2 points off")
        lines += rows.compactMap { row in
            guard let published = row.published else { return nil }
            return "\(mark(row)) \(row.name): \(percent(row.tally.failedShare)) fail (\(percent(published.fails))), "
                + "\(percent(row.tally.passedShare)) pass (\(percent(published.passes))); pairs "
                + "\(count(row.tally.medianToFail)) (\(count(published.medianToFail))) to fail, "
                + "\(count(row.tally.medianToPass)) (\(count(published.medianToPass))) to pass"
        }
        lines.append("600 pairs of three metrics judged in \(milliseconds) ms")
        return lines.joined(separator: "\n")
    }

    var json: String {
        let document: JSONValue = [
            "runs": .integer(Int64(runs)), "millisecondsFor600Pairs": .number(judging),
            "scenarios": .array(
                rows.map { row in
                    [
                        "name": .string(row.name), "fails": .number(row.tally.failedShare),
                        "failsAtMost": .number(row.tally.failedUpperLimit), "passes": .number(row.tally.passedShare),
                        "isNull": .bool(row.published == nil), "within": .bool(row.isWithinBounds),
                    ]
                }),
        ]
        return document.serialized(pretty: true)
    }

    private var milliseconds: String { "\((judging * 1000).rounded() / 1000)" }

    private func mark(_ row: Row) -> String { row.isWithinBounds ? "  ok" : "OVER" }

    private func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100) %" }

    private func count(_ pairs: Int?) -> String { pairs.map(String.init) ?? "none" }
}
