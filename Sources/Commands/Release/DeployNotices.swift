import Configuration
import Releases

/// What somebody should know before a deploy that is no reason to refuse it: one line each.
enum DeployNotices {
    /// - Parameters:
    ///   - commit: what is to be deployed; nil without a repository.
    ///   - endpoint: the API's base URL where it is not Google's own.
    static func lines(
        _ selected: [Placement], facts: [ServiceKey: ServiceFacts], commit: String?, noTraffic: Bool,
        endpoint: String? = nil
    ) -> [String] {
        var lines: [String] = []
        for placement in selected {
            let service = placement.key
            guard let observation = facts[service]?.observation else { continue }
            lines += ServiceSettingDrift.find(placement, observation, endpoint: endpoint).map {
                "`\(service)`: \($0.text); a deploy leaves that as it is. To change it: \($0.command ?? "")"
            }
            let serving = Set(observation.trafficStatuses.filter { $0.percent > 0 }.map(\.revision))
            guard serving.count > 1 else { continue }
            let split = TrafficPlan.text(observation.trafficStatuses)
            lines.append(
                "the traffic of `\(service)` is split, by hand or by a run that has not ended (\(split)): "
                    + (noTraffic
                        ? "this deploy leaves it so"
                        : "a deploy that passes takes all of it, one that fails puts the split back"))
        }
        let untold = selected.map(\.key).filter { facts[$0]?.relation == .unknown }
        if let commit, !untold.isEmpty {
            let names = untold.map { "`\($0)`" }.joined(separator: ", ")
            lines.append(
                "whether \(commit.prefix(12)) is older than what serves of \(names) cannot be told, since the history "
                    + "here does not reach so far: git fetch --unshallow")
        }
        return lines
    }
}
