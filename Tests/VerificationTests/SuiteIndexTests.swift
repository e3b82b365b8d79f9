import Configuration
import Testing
import Verification

struct SuiteIndexTests {
    static func load(_ yaml: String) -> Result<SuiteIndex, Findings> {
        SuiteIndexLoader.load(Array(yaml.utf8), file: "index/i.yaml")
    }

    @Test func `an index lists tests by suite`() throws {
        let index = try Self.load("version: 1\ntests: 3\nsuites: { s: [a, \"b[1]\"], t: [a] }").get()
        #expect(index.entries.map(\.id) == ["a", "b[1]", "a"])
        #expect(index.limited(to: ["t"]).entries == [SuiteIndex.Entry(suite: "t", id: "a")])
    }

    @Test(arguments: [
        ("version: 1\ntests: 466\nsuites: { s: [a] }", "2:8 `tests` says 466, 1 are listed"),
        ("version: 1\ntests: 2\nsuites: { s: [a, a] }", "3:18 `a` is listed twice"),
        ("version: 2\ntests: 0\nsuites: {}", "1:10 version `2` is not known"),
        ("version: 1\nsuites: {}", "1:1 missing `tests` in the document"),
        ("version: 1\ntests: 1\nsuites: [a]", "3:9 `suites` is a list, expected a mapping"),
        ("version: 1\ntests: 1\nsuites: { s: a }", "3:14 `s` is text, expected a list of ids"),
        ("version: 1\ntests: 0\nsuites: {}\nskip: all", "4:1 unknown key `skip`"),
        ("version: 1\ntests: 0\nsuites: {}\nbeside: s", "4:9 `beside` is text, expected a list of suites"),
        ("version: 1\ntests: 1\nsuites: { s: [a] }\nbeside: [s]", "4:10 `s` is in the index, so it is not beside it"),
    ])
    func `what is wrong is found where it stands`(_ yaml: String, _ words: String) throws {
        guard case .failure(let found) = Self.load(yaml) else {
            Issue.record("no finding")
            return
        }
        let lines = found.findings.map { "\($0.line):\($0.column) \($0.message)" }
        #expect(lines.contains { $0.hasPrefix(words) }, "\(lines)")
    }

    @Test func `coverage tells missing, stale and new, and rounds down`() {
        let entries = (1...466).map { SuiteIndex.Entry(suite: "s", id: "c\($0)") } + [.init(suite: "gone", id: "x")]
        let results = (2...466).map { VerdictTests.result(.passed, "c\($0)") } + [VerdictTests.result(.passed, "extra")]
        let coverage = IndexCoverage(index: SuiteIndex(entries: entries), results: results)
        #expect(coverage.listed == 467)
        #expect(coverage.ran == 465)
        #expect(coverage.percent == 99)
        #expect(coverage.missing.map(\.id) == ["x", "c1"])
        #expect(coverage.stale.map(\.id) == ["c1"])
        #expect(coverage.new.map(\.id) == ["extra"])
    }

    @Test func `what is beside the index is not new, and covers nothing`() throws {
        let index = try Self.load("version: 1\ntests: 2\nsuites: { s: [a, b] }\nbeside: [t]").get()
        var other = VerdictTests.result(.passed, "extra")
        other.suite = "t"
        let coverage = IndexCoverage(index: index, results: [VerdictTests.result(.passed, "a"), other])
        #expect(coverage.new.isEmpty)
        #expect(coverage.missing.map(\.id) == ["b"])
        #expect(coverage.line == "index: 1 of 2 tests ran, 1 stale")
        #expect(index.limited(to: ["s"]).beside == ["t"])
    }

    @Test func `what the index misses counts as not run, and the counts add up`() {
        let index = SuiteIndex(entries: (1...466).map { SuiteIndex.Entry(suite: "s", id: "c\($0)") })
        let record = RunRecord(results: (1...153).map { VerdictTests.result(.passed, "c\($0)") }, index: index)
        let verdict = Verdict.decide(record)
        #expect(verdict.result == .incomplete)
        #expect(verdict.rule.hasPrefix("153 of 466 tests of the index ran, 100 % are asked for"))
        #expect(verdict.counts[.notRun] == 313)
        #expect(verdict.counts.total == 466)
    }
}
