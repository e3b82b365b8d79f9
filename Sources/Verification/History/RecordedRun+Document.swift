package import JSON

/// A run as it is recorded: in two documents, since what every check came to is read only where somebody asks about single
/// checks. A hundred runs of thousands of checks are more than a run should hold.
extension RecordedRun {
    /// Nil for what no run looks like.
    package init?(_ document: JSONValue) {
        guard let startedAt = document["startedAt"]?.double,
            let result = document["result"]?.string.flatMap(Verdict.Result.init(rawValue:)),
            let isNarrowed = document["isNarrowed"]?.bool, let skips = document["skips"]?.object
        else { return nil }
        self.init(
            startedAt: startedAt, result: result, isNarrowed: isNarrowed, digest: document["digest"]?.string,
            skips: skips.compactMapValues { $0.integer.flatMap(Int.init(exactly:)) })
    }

    package var document: JSONValue {
        [
            "startedAt": .number(startedAt), "result": .string(result.rawValue), "isNarrowed": .bool(isNarrowed),
            "digest": digest.map(JSONValue.string) ?? .null, "skips": .object(skips.mapValues { .integer(Int64($0)) }),
        ]
    }

    /// The ids that passed and that failed, by suite.
    package var outcomesDocument: JSONValue {
        func ids(_ passed: Bool) -> JSONValue {
            let chosen = Dictionary(grouping: outcomes.filter { $0.passed == passed }, by: \.entry.suite)
            return .object(chosen.mapValues { .array($0.map { .string($0.entry.id) }) })
        }
        return ["passed": ids(true), "failed": ids(false)]
    }

    /// - Parameter document: the text of such a document; what is none says nothing.
    package static func outcomes(_ document: [UInt8], where isWanted: (Outcome) -> Bool) -> [Outcome] {
        guard !document.isEmpty, let document = try? JSONValue(parsing: document) else { return [] }
        return [("passed", true), ("failed", false)].flatMap { key, passed in
            (document[key]?.object ?? [:]).flatMap { suite, ids in
                (ids.array ?? []).compactMap(\.string).map {
                    Outcome(entry: SuiteIndex.Entry(suite: suite, id: $0), passed: passed)
                }.filter(isWanted)
            }
        }
    }
}
