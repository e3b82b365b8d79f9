import Testing

@testable import Verification

@Suite struct CheckTrendTests {
    /// Runs of one check, `+` passed, `-` failed, `.` skipped; a letter before it names another image.
    private static func history(_ text: String, images: String? = nil) -> VerificationHistory {
        let images = images.map(Array.init)
        return VerificationHistory(
            runs: text.enumerated().map { number, mark in
                RecordedRun(
                    startedAt: Double(1000 + number), result: mark == "-" ? .fail : .pass,
                    digest: images.map { "sha256:\($0[number])" },
                    outcomes: mark == "."
                        ? [] : [.init(entry: SuiteIndex.Entry(suite: "s", id: "a"), passed: mark == "+")])
            })
    }

    @Test(
        arguments: [
            ("+", 1, 1, 0, 1, nil), ("-", 1, 0, 0, 1, nil), ("++++", 4, 4, 0, 4, 0.0), ("+-+-", 4, 2, 3, 1, 1.0),
            ("+..-", 2, 1, 1, 1, 1.0), ("--++++", 6, 4, 1, 4, 0.2),
        ] as [(String, Int, Int, Int, Int, Double?)])
    func `a check's runs are counted`(
        runs: String, count: Int, passed: Int, changes: Int, streak: Int, instability: Double?
    ) throws {
        let trend = try #require(Self.history(runs).trends.first)
        #expect(trend.runs == count && trend.passed == passed && trend.failed == count - passed)
        #expect(trend.changes == changes && trend.streak == streak && trend.instability == instability)
        #expect(trend.isCertain == (count >= 10) && trend.disagreements == 0)
    }

    @Test func `of one that never ended nothing is said`() {
        #expect(Self.history("...").trends.isEmpty)
        #expect(VerificationHistory().trends.leastStable.isEmpty)
    }

    @Test func `what one image says both of is told apart from what changed with an image`() throws {
        let flaky = try #require(Self.history("+-+-", images: "aabb").trends.first)
        let broken = try #require(Self.history("+-+-", images: "abcd").trends.first)
        #expect(flaky.disagreements == 2 && broken.disagreements == 0)
        #expect(flaky.changes == broken.changes)
    }

    @Test func `the least stable comes first, and what never changed is not among them`() {
        func entry(_ id: String) -> SuiteIndex.Entry { SuiteIndex.Entry(suite: "s", id: id) }
        let columns: [(String, String)] = [
            ("steady", "++++++++++"), ("broken", "----------"), ("once", "+++++-----"), ("often", "+-+-++++++"),
            ("image", "+++++++-++"),
        ]
        let history = VerificationHistory(
            runs: (0..<10).map { number in
                RecordedRun(
                    startedAt: Double(number), result: .fail,
                    // One image twice: at the seventh and the eighth run.
                    digest: number == 6 || number == 7 ? "sha256:same" : "sha256:\(number)",
                    outcomes: columns.map { id, marks in
                        .init(entry: entry(id), passed: Array(marks)[number] == "+")
                    })
            })
        #expect(history.trends.map(\.entry.id) == ["broken", "image", "often", "once", "steady"])
        #expect(history.trends.leastStable.map(\.entry.id) == ["image", "often", "once"])
        #expect(history.trends.allSatisfy { $0.isCertain })
    }

    @Test(
        arguments: [
            #"{"failed":{"s \"1\"":["b"]},"passed":{"s \"1\"":["a","b"],"other":[]}}"#,
            #"{ "passed" : { "s" : [ "a\u0062" , "ä\\" ] } , "failed" : {} }"#,
            #"{"failed":{"s":["ab"]},"passed":{}}"#, #"{"passed":{"s":["a",3]},"failed":{"s":["b"]}}"#,
            #"{"more":1,"passed":{"s":["a"]},"failed":{}}"#, #"{"passed":{"s":["a"#, "{}", "", "[]", "nonsense",
        ])
    func `trends read a run's document as anybody else does`(document: String) {
        var (quick, slow) = (CheckTrends(), CheckTrends())
        for number in 0..<3 {
            var run = RecordedRun(startedAt: Double(number), result: .pass, digest: "sha256:\(number / 2)")
            quick.add(run, outcomes: Array(document.utf8))
            run.outcomes = RecordedRun.outcomes(Array(document.utf8)) { _ in true }
            slow.add(run)
        }
        #expect(quick.checks == slow.checks)
    }

    @Test func `the same check is one however its name is escaped`() {
        var trends = CheckTrends()
        let run = RecordedRun(startedAt: 1, result: .pass)
        trends.add(run, outcomes: Array(#"{"failed":{},"passed":{"s":["a\u002fb"]}}"#.utf8))
        trends.add(run, outcomes: Array(#"{"failed":{"s":["a/b"]},"passed":{}}"#.utf8))
        #expect(trends.checks.map(\.entry.id) == ["a/b"] && trends.checks.first?.changes == 1)
    }
}
