import JSON
import LabelledFailures
import Loop

/// How well causes are found in failures whose causes are known, as a table and as JSON: `scripts/bench-causes`.
struct CauseReport {
    private static let wanted = 0.95
    private static let mostGroupsPerCause = 1.5
    private static let longFailures = 1000
    /// Between two iterations of a loop nobody waits for this.
    private static let mostMilliseconds = 3000.0

    private let scores: [(vocabulary: String, score: CauseScore)]
    /// Of the sets that have failures which name no cause.
    private let unnamed: [String: UnnamedScore]
    private let longMilliseconds: Double

    /// - Parameter batches: of each vocabulary.
    init(batches: UInt64) {
        scores = Vocabulary.all.map { ($0.name, CauseScore(batches: 0..<batches, vocabulary: $0)) }
        let undecided = Vocabulary.all.filter { !$0.unnamed.isEmpty }
        unnamed = Dictionary(uniqueKeysWithValues: undecided.map { ($0.name, UnnamedScore(vocabulary: $0)) })
        longMilliseconds = Self.milliseconds(of: LongFailures(count: Self.longFailures).facts)
    }

    /// The median of five.
    private static func milliseconds(of facts: CauseFacts) -> Double {
        let clock = ContinuousClock()
        let taken = (0..<5).map { _ in clock.measure { _ = Causes.groups(of: facts) } }.sorted()
        return taken[2] / .milliseconds(1)
    }

    var isWithinBounds: Bool {
        scores.allSatisfy { isWithinBounds($0.score) } && unnamed.values.allSatisfy { $0.share >= Self.wanted }
            && longMilliseconds <= Self.mostMilliseconds
    }

    private func isWithinBounds(_ score: CauseScore) -> Bool {
        score.purity >= Self.wanted && score.accuracy >= Self.wanted && score.groupsPerCause <= Self.mostGroupsPerCause
            && score.lost == 0 && score.failures >= 200 && score.kinds.count >= 15
    }

    var text: String {
        (sets + [long]).joined(separator: "\n")
    }

    private var long: String {
        "\(longMilliseconds <= Self.mostMilliseconds ? "  ok" : "OVER") \(Self.longFailures) failures with long reports and "
            + "logs are grouped in \(short(longMilliseconds)) ms (median of 5, at most \(short(Self.mostMilliseconds)))"
    }

    private var sets: [String] {
        scores.flatMap { name, score in
            let misses = Self.tally(score.misses)
            let kinds = Self.tally(score.misses.map { String($0.prefix { $0 != ":" }) })
            let head =
                "\(isWithinBounds(score) ? "  ok" : "OVER") \(name): \(score.failures) failures of \(score.kinds.count) kinds "
                + "from \(score.causes) causes in \(score.batches) batches"
            return [
                head,
                "     cluster purity \(percent(score.purity)), cause accuracy \(percent(score.accuracy)) (at least 95 %), "
                    + "\(short(score.groupsPerCause)) groups for each cause (at most \(Self.mostGroupsPerCause))",
            ] + kinds.map { "     \($0.value) × \($0.key)" }
                + misses.prefix(60).map { "       \($0.value) × \($0.key)" }
                + lines(of: unnamed[name])
        }
    }

    /// The most frequent first.
    private static func tally(_ texts: [String]) -> [(key: String, value: Int)] {
        Dictionary(texts.map { ($0, 1) }, uniquingKeysWith: +).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }

    private func lines(of score: UnnamedScore?) -> [String] {
        guard let score else { return [] }
        return [
            "     \(score.unknown) of \(score.failures) failures that name no cause are given none (\(percent(score.share)))"
        ]
            + score.misses.prefix(60).map { "     \($0)" }
    }

    var json: String {
        let document: JSONValue = [
            "sets": .array(
                scores.map { name, score in
                    [
                        "name": .string(name), "failures": .integer(Int64(score.failures)),
                        "kinds": .integer(Int64(score.kinds.count)), "causes": .integer(Int64(score.causes)),
                        "batches": .integer(Int64(score.batches)), "purity": .number(score.purity),
                        "accuracy": .number(score.accuracy), "groupsPerCause": .number(score.groupsPerCause),
                        "within": .bool(isWithinBounds(score)),
                        "unnamed": unnamed[name].map { .number($0.share) } ?? .null,
                    ]
                }),
            "long": [
                "failures": .integer(Int64(Self.longFailures)), "milliseconds": .number(longMilliseconds),
                "bound": .number(Self.mostMilliseconds),
            ],
        ]
        return document.serialized(pretty: true)
    }

    private func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100) %" }

    private func short(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}
