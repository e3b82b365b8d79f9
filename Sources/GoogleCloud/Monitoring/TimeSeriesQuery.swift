import Releases

/// One question of Cloud Monitoring (cloud.google.com/monitoring/api/v3/filters), built from values: whatever a value
/// holds, it stays inside its quotation marks.
struct TimeSeriesQuery: Sendable {
    var metric: String
    var service: ServiceIdentity
    var revisions: [String]
    /// Seconds since 1970, multiples of 60; the end is not part of it.
    var from: Int
    var until: Int
    /// Series that agree in these are summed.
    var groups: [String]
    /// A label of the metric, and its value.
    var label: (name: String, value: String)?

    var filter: String {
        var parts = [
            "metric.type=\(quoted(metric))", "resource.type=\"cloud_run_revision\"",
            "resource.labels.service_name=\(quoted(service.name))",
            "resource.labels.location=\(quoted(service.region))",
            "resource.labels.revision_name=one_of(\(revisions.map(quoted).joined(separator: ",")))",
        ]
        if let label { parts.append("metric.labels.\(label.name)=\(quoted(label.value))") }
        return parts.joined(separator: " AND ")
    }

    /// The query of the URL. Points are aligned to the end, so both ends are whole minutes.
    func text(pageSize: Int, token: String?) -> String {
        var fields = [
            ("filter", filter), ("interval.startTime", Timestamp.text(from)),
            ("interval.endTime", Timestamp.text(until)),
            ("aggregation.alignmentPeriod", "60s"), ("aggregation.perSeriesAligner", "ALIGN_DELTA"),
            ("aggregation.crossSeriesReducer", "REDUCE_SUM"),
        ]
        fields += groups.map { ("aggregation.groupByFields", $0) }
        fields += [("view", "FULL"), ("pageSize", String(pageSize))]
        if let token { fields.append(("pageToken", token)) }
        return fields.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Timestamp {
    /// Of seconds since 1970, in UTC.
    static func text(_ seconds: Int) -> String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = date(daysSince1970: days)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(year)-\(two(month))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// The other way round of ``daysSince1970(year:month:day:)``.
    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }
}
