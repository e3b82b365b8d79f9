import Configuration
import Releases
import Reporting
import Verification

extension RunEvidence {
    /// With the region in the names of suites of an environment that has several, as they are called where what serves is
    /// asked: then each check of each region has a name of its own.
    func named(by placements: [Placement]) -> RunEvidence {
        var named = self
        named.index = index?.named(placements.suiteNames)
        for index in named.parts.indices {
            let target = named.parts[index].target
            let place = placements.first { $0.service.name == target.service && $0.region == target.region }
            guard let region = place?.key.region else { continue }
            func own(_ suite: String) -> String {
                ServiceKey(ServiceKey(parsing: suite).service, region: region).description
            }
            var part = named.parts[index]
            for check in part.verdict.checks.indices {
                part.verdict.checks[check].suite = own(part.verdict.checks[check].suite)
            }
            for suite in part.verdict.suites.indices {
                part.verdict.suites[suite].suite = own(part.verdict.suites[suite].suite)
            }
            part.reproduction = part.reproduction.reduce(into: [:]) { lines, line in
                guard let slash = line.key.firstIndex(of: "/") else { return }
                lines[own(String(line.key[..<slash])) + line.key[slash...]] = line.value
            }
            named.parts[index] = part
        }
        return named
    }
}

extension [Placement] {
    /// What each suite is called in each place that it runs in.
    var suiteNames: [String: [String]] {
        var names: [String: Set<String>] = [:]
        for place in self {
            for suite in place.service.suites {
                names[suite, default: []].insert(ServiceKey(suite, region: place.key.region).description)
            }
        }
        return names.mapValues { $0.sorted() }
    }
}
