import JSON
import Releases
import Reporting
import Testing
import Verification

/// How trends are shown: every number with what it is made of, and none where there is none.
@Suite struct TrendsTests {
    private static let window: Range<Int64> = 1_767_225_600_000..<1_769_817_600_000

    private static func trends(_ outcomes: [ReleaseOutcome], _ history: VerificationHistory = .init()) -> Trends {
        let deliveries = outcomes.enumerated().map { number, outcome in
            let started = window.lowerBound + Int64(number) * 3_600_000
            return Delivery(
                run: "r\(number)", service: "api", region: "r", outcome: outcome, started: started,
                finished: started + 60_000, served: started + 30_000, committed: started - 7_140_000)
        }
        return Trends(
            delivery: DeliveryTrends(deliveries, window: window), suiteRuns: history.runs.count, checks: history.trends)
    }

    @Test func `where there is nothing there is no number`() {
        let none = TrendsJSON.document(Self.trends([]))
        #expect(none["environment"] == .null && none["services"] == [] && none["checks"] == [])
        #expect(none["since"] == "2026-01-01T00:00:00Z" && none["until"] == "2026-01-31T00:00:00Z")
        let text = TrendsText.text(Self.trends([]))
        #expect(text.contains("2026-01-01 to 2026-01-31: none that callers met"))
        #expect(text.contains("no run of a suite is on record"))

        let undone = TrendsJSON.document(Self.trends([.rolledBack]))["services"]?[0]
        #expect(undone?["deploymentFrequency"] == .null && undone?["leadTime"] == .null && undone?["before"] == .null)
        #expect(undone?["changeFailureRate"]?["rate"] == 1.0)
        #expect(undone?["timeToRestore"]?["samples"] == 1 && undone?["timeToRestore"]?["ninetiethSeconds"] == .null)
    }

    @Test func `figures say what they are made of`() {
        let trends = Self.trends([.promoted, .promoted, .rolledBack, .needsAttention])
        let text = TrendsText.text(trends)
        for words in ["2, 0.1 a day", "2 h 0 min, median of 2", "2 of 4, 50 %", "30.0 s, median of 1, 1 not yet"] {
            #expect(text.contains(words), "\(words): \(text)")
        }
        #expect(!text.contains("all "), "one service is all there is")
        let service = TrendsJSON.document(trends)["services"]?[0]
        #expect(service?["service"] == "api" && service?["unrestored"] == 1)
        #expect(service?["deploymentFrequency"]?["days"] == 30.0)
        #expect(service?["leadTime"]?["medianSeconds"] == 7200.0)
    }

    @Test func `names of checks move no cursor, and few runs are called few`() {
        let entry = SuiteIndex.Entry(suite: "s\u{1B}[2J", id: "a\nb")
        let runs = [true, false].map { passed in
            RecordedRun(startedAt: 1, result: .pass, outcomes: [.init(entry: entry, passed: passed)])
        }
        let text = TrendsText.text(Self.trends([], VerificationHistory(runs: runs)))
        #expect(!text.contains("\u{1B}") && text.contains("2, too few to tell") && text.contains("50 %"))
    }
}
