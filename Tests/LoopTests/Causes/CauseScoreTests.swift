import LabelledFailures
import Loop
import Testing

/// How well causes are found in failures whose causes are known; `scripts/bench-causes` prints the same.
struct CauseScoreTests {
    private static let wanted = 0.95

    @Test(arguments: Vocabulary.all.map(\.name))
    func `causes are found, and kept apart, in 95 of 100 labelled failures`(name: String) throws {
        let vocabulary = try #require(Vocabulary.all.first { $0.name == name })
        let score = CauseScore(batches: 0..<40, vocabulary: vocabulary)
        for miss in Set(score.misses).sorted().prefix(40) { print("  \(miss)") }
        print(
            "\(vocabulary.name): \(score.failures) failures of \(score.kinds.count) kinds in \(score.batches) batches: "
                + "purity \(score.purity), accuracy \(score.accuracy), \(score.groupsPerCause) groups for each cause")
        #expect(score.failures >= 200 && score.kinds.count >= 15 && score.lost == 0)
        #expect(score.purity >= Self.wanted)
        #expect(score.accuracy >= Self.wanted)
        // Groups of one failure each would be pure as well.
        #expect(score.groupsPerCause <= 1.5)
    }

    @Test func `what names no cause is given none, whatever else stands in the log`() {
        for vocabulary in Vocabulary.all where !vocabulary.unnamed.isEmpty {
            let score = UnnamedScore(vocabulary: vocabulary)
            for miss in Set(score.misses).sorted().prefix(40) { print("  \(miss)") }
            print("\(vocabulary.name): \(score.unknown) of \(score.failures) stay unknown")
            #expect(score.share >= Self.wanted)
        }
    }

    @Test func `one seed gives one batch, and one order of groups`() {
        let (one, other) = (LabelledBatch(seed: 7, vocabulary: .tuned), LabelledBatch(seed: 7, vocabulary: .tuned))
        #expect(one.facts.failed == other.facts.failed && one.labels == other.labels)
        var shuffled = one.facts
        shuffled.failed.reverse()
        #expect(Causes.groups(of: one.facts) == Causes.groups(of: shuffled))
    }
}
