import JSON
import Releases

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Time series as numbers by minute. A point that cannot be read makes its minute unknown; it never counts as 0.
enum TimeSeriesDecoding {
    static func requests(in series: [JSONValue]) -> [RequestMinute] {
        struct Place: Hashable {
            var revision: String
            var start: Int
        }
        var minutes: [Place: RequestMinute] = [:]
        var unknown: Set<Place> = []
        for one in series {
            guard let revision = one["resource"]?["labels"]?["revision_name"]?.string else { continue }
            let isFailure = one["metric"]?["labels"]?["response_code_class"]?.string == "5xx"
            for point in one["points"]?.array ?? [] {
                guard let end = end(of: point) else { continue }
                let place = Place(revision: revision, start: end - 60)
                guard let count = count(point["value"]), count >= 0 else {
                    unknown.insert(place)
                    continue
                }
                var minute =
                    minutes[place] ?? RequestMinute(revision: revision, start: end - 60, requests: 0, failed: 0)
                minute.requests += count
                if isFailure { minute.failed += count }
                minutes[place] = minute
            }
        }
        return minutes.filter { !unknown.contains($0.key) }.values.sorted {
            ($0.start, $0.revision) < ($1.start, $1.revision)
        }
    }

    /// The sum of a distribution's values in that minute, rounded up; nil where nothing is known of it.
    static func sum(in series: [JSONValue], minuteEnding end: Int) -> Int? {
        var sum: Double?
        for point in series.flatMap({ $0["points"]?.array ?? [] }) where Self.end(of: point) == end {
            guard let distribution = point["value"]?["distributionValue"] else { return nil }
            let count = integer(distribution["count"]) ?? 0
            // What is 0 is left out in Google's JSON.
            let mean = distribution["mean"]?.double ?? 0
            guard count >= 0, mean.isFinite, mean >= 0, Double(count) * mean < 1e9 else { return nil }
            sum = (sum ?? 0) + Double(count) * mean
        }
        return sum.map { Int($0.rounded(.up)) }
    }

    private static func end(of point: JSONValue) -> Int? {
        point["interval"]?["endTime"]?.string.flatMap(Timestamp.seconds).map { Int($0) / 60 * 60 }
    }

    private static func count(_ value: JSONValue?) -> Int? {
        if let whole = integer(value?["int64Value"]) { return whole }
        return value?["doubleValue"]?.double.flatMap { $0.isFinite && abs($0) < 1e15 ? Int($0.rounded()) : nil }
    }

    /// 64-bit numbers are texts in Google's JSON.
    private static func integer(_ value: JSONValue?) -> Int? {
        value?.string.flatMap(Int.init) ?? value?.integer.flatMap { Int(exactly: $0) }
    }
}

/// The time of this machine.
enum WallClock {
    /// Seconds since 1970.
    static func now() -> Int { Int(Date.now.timeIntervalSince1970) }
}
