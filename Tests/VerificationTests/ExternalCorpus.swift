import Configuration
import Foundation
import JSON
import Synchronization
import Testing
import Verification

/// A run of an external runner as a data file tells it. What a case does not say is as in an honest run: it ends with 0,
/// within a minute, its report is new, and the target of the right revision answered three requests.
struct ExternalCase: CustomTestStringConvertible, Sendable {
    let name: String
    /// How many tests ended how; of honest ones.
    let counts: [String: Int]
    /// What must be said; of forged ones.
    let says: String
    private let format: String
    private let inventory: String?
    private let probe: PlayedRunner

    var testDescription: String { name }

    /// 2026-11-26T08:00:00Z
    private static let start = 1_795_680_000.0

    static func load(_ file: String) throws -> [ExternalCase] {
        let cases = try JSONValue(parsing: Data(contentsOf: try place("\(file).json"))).array ?? []
        return try cases.map { try ExternalCase($0) }
    }

    private static func place(_ name: String) throws -> URL {
        try #require(Bundle.module.resourceURL).appending(path: "Corpus/External/\(name)")
    }

    private init(_ json: JSONValue) throws {
        name = try #require(json["name"]?.string)
        counts = (json["counts"]?.object ?? [:]).compactMapValues(\.int)
        says = json["says"]?.string ?? ""
        format = try #require(json["format"]?.string)
        inventory = json["inventory"]?.string
        var probe = PlayedRunner()
        let window = json["window"]?.array?.compactMap(\.double) ?? [Self.start, Self.start + 60]
        probe.window = RunWindow(start: window[0], end: window[1])
        probe.exitCode = json["exit"]?.int ?? 0
        probe.timedOut = json["timedOut"]?.bool ?? false
        probe.writtenAt = json["written"]?.double.map { window[1] + $0 }
        let hosts = json["traffic"]?.object?.compactMapValues(\.int) ?? ["api.example.com:443": 3]
        probe.traffic = RunnerTraffic(
            hosts: hosts.map { .init(authority: $0.key, connections: 1, requests: $0.value, answers: $0.value) }
                .sorted { $0.authority < $1.authority },
            revisions: json["revisions"]?.object?.compactMapValues(\.int) ?? ["r-1": 3],
            moments: [window[0] + 0.1, window[0] + 0.2, window[0] + 0.3])
        var files: [[UInt8]] = []
        if let file = json["file"]?.string {
            files = [Array(try Data(contentsOf: try Self.place("reports/\(file)")))]
        } else if let several = json["files"]?.array {
            files = several.compactMap(\.string).map { Array($0.utf8) }
        } else if let text = json["text"] {
            files = [Self.bytes(text)]
        }
        if format == "tap" || format == "go-test-json" {
            // Twenty milliseconds apart.
            let lines = String(decoding: files.first ?? [], as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            probe.lines = lines.enumerated().map { (String($1), window[0] + 0.02 * Double($0 + 1)) }
        }
        probe.reports = json["noReport"]?.bool == true ? [] : files
        self.probe = probe
    }

    /// A text, or one that is too large or too strange to be written down.
    private static func bytes(_ json: JSONValue) -> [UInt8] {
        if let text = json.string { return Array(text.utf8) }
        let times = json["times"]?.int ?? 1
        var bytes = Array((json["before"]?.string ?? "").utf8)
        if let part = json["repeat"]?.string { bytes += Array(String(repeating: part, count: times).utf8) }
        if let part = json["numbered"]?.string {
            for number in 0..<times { bytes += Array(part.replacingOccurrences(of: "%d", with: "\(number)").utf8) }
        }
        bytes += (json["bytes"]?.array ?? []).compactMap { $0.int.flatMap(UInt8.init(exactly:)) }
        return bytes + Array((json["after"]?.string ?? "").utf8)
    }

    /// The whole way: read, judged, and decided.
    func run() async throws -> SuiteRun {
        let suite = try suite(
            """
            version: 1
            suite: s
            priority: P3
            owner: team
            expect_inventory: { min_checks: 1, max_skipped: 100 }
            checks:
              - id: r
                runner: { argv: [probe], report: \(format) }
                \(inventory.map { "expect_inventory: { \($0) }" } ?? "")

            """)
        var runner = runner(FakeHTTP { _, _ in .answer() })
        runner.probes.runners = probe
        return await runner.run(
            [suite],
            against: SuiteRunTarget(
                url: "https://api.example.com", identity: .header("x-revision"), expectedRevision: "r-1"),
            options: SuiteRunOptions(today: today))
    }
}

struct ExternalCorpusTests {
    @Test(arguments: try ExternalCase.load("forged"))
    func `a forged or broken report of a runner is found, by what is wrong with it`(_ forged: ExternalCase) async throws
    {
        let run = try await forged.run()
        #expect(run.verdict.result != .pass)
        let words = run.results.compactMap(\.summary)
        #expect(words.contains { $0.contains(forged.says) }, "\(words.joined(separator: "\n").prefix(1000))")
    }

    @Test(arguments: try ExternalCase.load("honest"))
    func `an honest report of a runner is believed, case by case`(_ honest: ExternalCase) async throws {
        let run = try await honest.run()
        let counted = VerdictCounts(run.results.map(\.status)).dictionary.filter { $0.key != "total" && $0.value > 0 }
        #expect(counted == honest.counts, "\(run.results.map { "\($0.status) \($0.id): \($0.summary ?? "")" })")
        // The runner itself has nothing to answer for.
        #expect(!run.results.contains { $0.id == "r" })
        let hasFailed = honest.counts["failed"] != nil || honest.counts["error"] != nil
        #expect((run.verdict.result == .fail) == hasFailed, "\(run.verdict.rule)")
    }

    @Test func `there are as many as promised, of every format, and none twice`() throws {
        let forged = try ExternalCase.load("forged")
        let honest = try ExternalCase.load("honest")
        #expect(forged.count >= 40 && honest.count >= 40)
        #expect(Set((forged + honest).map(\.name)).count == forged.count + honest.count)
    }
}
