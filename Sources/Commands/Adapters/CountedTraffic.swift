import Releases
import Verification

/// Real requests as the platform has counted them, late by some minutes.
struct CountedTraffic: RealTraffic {
    let counts: any RequestCounts
    let service: ServiceIdentity
    let candidate: String
    let baseline: String
    let progress: @Sendable (String) -> Void

    func now() -> Int { Int(Today.secondsSince1970) }

    func read(from next: Int) async -> TrafficReading {
        let settled = CountingDelay.settled(at: now())
        guard settled > next else {
            let left = next + 60 + CountingDelay.seconds - now()
            progress(
                "real requests: the first whole minute is known in \(max(1, left)) s, Cloud Monitoring is that late")
            return TrafficReading(minutes: [], next: next)
        }
        do {
            let minutes = try await counts.requests(
                of: [candidate, baseline], service: service, from: next, until: settled)
            let reading = Self.reading(minutes, candidate: candidate, baseline: baseline, next: settled)
            let asked = (settled - next) / 60
            progress("real requests: \(reading.minutes.count) of \(asked) minutes are known of both revisions")
            return reading
        } catch {
            progress("real requests are not known: \(FailureLifting.lift(error).summary)")
            return TrafficReading(minutes: [], next: next)
        }
    }

    /// Pure: minutes of which only one side is known say nothing of a difference.
    static func reading(
        _ minutes: [RequestMinute], candidate: String, baseline: String, next: Int
    ) -> TrafficReading {
        func sides(_ revision: String) -> [Int: TrafficEvidence.Side] {
            Dictionary(
                minutes.filter { $0.revision == revision }
                    .map { ($0.start, TrafficEvidence.Side(requests: $0.requests, failed: $0.failed)) },
                uniquingKeysWith: { $1 })
        }
        let (new, old) = (sides(candidate), sides(baseline))
        return TrafficReading(
            minutes: new.keys.sorted().compactMap { start in
                guard let candidate = new[start], let baseline = old[start] else { return nil }
                return .init(start: start, candidate: candidate, baseline: baseline)
            }, next: next)
    }
}
