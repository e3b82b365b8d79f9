/// `freeze` of an environment.
enum FreezeReading {
    /// Windows that cannot be read are findings, and a document with findings is never used.
    static func windows(_ node: ConfigurationNode?) -> [FreezeWindow]? {
        node?.elements.compactMap { element in
            guard let span = span(element) else { return nil }
            let days = element["days"]?.texts?.joined(separator: ", ")
            let bounds = "\(element["from"]?.text ?? "") to \(element["until"]?.text ?? "")"
            return FreezeWindow(
                span: span, reason: element["reason"]?.text ?? "",
                text: (days.map { "\($0) " } ?? "") + bounds + (days == nil ? "" : " UTC"))
        }
    }

    private static func span(_ node: ConfigurationNode) -> FreezeWindow.Span? {
        guard let from = node["from"]?.text, let until = node["until"]?.text else { return nil }
        guard let days = node["days"]?.texts else {
            guard let first = MomentText.seconds(from), let last = MomentText.seconds(until) else { return nil }
            return .once(from: first, until: last)
        }
        guard let first = MomentText.minutes(from), let last = MomentText.minutes(until) else { return nil }
        return .weekly(days: days.compactMap(MomentText.weekdays.firstIndex), from: first, until: last)
    }

    static func findings(in root: ConfigurationNode) -> [Finding] {
        var findings: [Finding] = []
        for element in root["freeze"]?.elements ?? [] where element.isMapping {
            let isWeekly = element["days"] != nil
            let expected = isWeekly ? "a time of day in UTC" : "a moment with its time zone"
            for key in ["from", "until"] {
                guard let written = element[key], let text = written.text, read(text, isWeekly) == nil else { continue }
                findings.append(
                    Finding(
                        about: written, path: "freeze.\(key)",
                        message: "`\(key)` is \(text.quotedForMessage), expected \(expected)",
                        hint: isWeekly ? "for example `\"18:00\"`" : "for example `2026-12-20T18:00:00Z`"))
            }
            guard !isWeekly, let written = element["until"], let until = written.text.flatMap(MomentText.seconds),
                let from = element["from"]?.text.flatMap(MomentText.seconds), until <= from
            else { continue }
            findings.append(Finding(about: written, path: "freeze.until", message: "the window ends before it begins"))
        }
        return findings
    }

    private static func read(_ text: String, _ isTimeOfDay: Bool) -> Int? {
        isTimeOfDay ? MomentText.minutes(text) : MomentText.seconds(text)
    }
}
