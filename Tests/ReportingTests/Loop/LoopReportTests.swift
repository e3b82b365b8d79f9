import Configuration
import JSON
import Loop
import Reporting
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reports of loops and their briefs, as they are written down, and with hostile words in every place.
@Suite struct LoopReportTests {
    enum Rendering: String, CaseIterable, Sendable {
        case html, md, json, txt
        case brief = "brief.md"
        case briefJSON = "brief.json"

        func text(_ loop: FixedLoop, words: String? = nil) -> String {
            switch self {
            case .html:
                LoopReportHTML.render(
                    loop.document(words: words), changes: [1: words ?? "-a\n+b < c\n"], version: "1.2.3"
                ) { _ in "HASH" }
            case .md: LoopReportMarkdown.render(loop.document(words: words))
            case .json: LoopReportJSON.render(loop.document(words: words))
            case .txt: LoopReportText.render(loop.document(words: words))
            case .brief: BriefMarkdown.render(loop.brief(words: words))
            case .briefJSON: BriefJSON.render(loop.brief(words: words))
            }
        }
    }

    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Goldens"
    /// Set to write golden files again; the run fails, so that it is never left on.
    private static let isRecording = ConfigurationLoader.processVariables()["STAGECTL_RECORD"] != nil

    @Test(arguments: FixedLoop.allCases, Rendering.allCases)
    func `a fixed loop is told as it is written down`(loop: FixedLoop, rendering: Rendering) throws {
        let text = rendering.text(loop)
        let name = "\(loop.rawValue).\(rendering.rawValue)"
        let path = "\(Self.folder)/\(name)"
        if Self.isRecording {
            try Data(text.utf8).write(to: URL(filePath: path))
            Issue.record("recorded \(name): look at the difference, and run again without STAGECTL_RECORD")
        }
        let golden = (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
        #expect(text == golden, "\(name): STAGECTL_RECORD=1 writes it again")
    }

    @Test func `every file among the goldens belongs to a loop and a rendering`() throws {
        let known = FixedLoop.allCases.flatMap { loop in Rendering.allCases.map { "\(loop.rawValue).\($0.rawValue)" } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted() == known.sorted())
    }

    @Test(arguments: ReportInjectionTests.corpus)
    func `words from outside mean nothing but themselves in a loop's page`(words: String) {
        for loop in FixedLoop.allCases {
            let page = Rendering.html.text(loop, words: words)
            let plain = Rendering.html.text(loop, words: "plain")
            func count(_ tag: String, _ text: String) -> Int {
                text.split(separator: tag, omittingEmptySubsequences: false).count
            }
            for tag in [
                "<script", "<img", "<style", "<iframe", "<a href=\"http", "<svg", "<article", "<li>", "<section",
            ] {
                #expect(count(tag, page) == count(tag, plain), "\(tag)")
            }
            #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
        }
    }

    /// A block ends only where its fence does, and a line outside of blocks begins nothing that stagectl did not.
    @Test(arguments: ReportInjectionTests.corpus)
    func `words from outside stay inside their fences and lines in a brief`(words: String) {
        let text = Rendering.brief.text(.goal, words: words)
        var fence: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let ticks = String(line.prefix { $0 == "`" })
            if let open = fence {
                if line == open { fence = nil }
                continue
            }
            if ticks.count >= 3 {
                fence = ticks
                continue
            }
            #expect(
                !line.contains("<script") && !line.contains("](") && !line.contains("![") && !line.contains("://"),
                "\(line)")
            if line.hasPrefix("#") {
                #expect(line.hasPrefix("# Iteration 1 of ") || line.hasPrefix("## "), "\(line)")
            }
        }
        #expect(fence == nil)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
    }

    @Test(arguments: ReportInjectionTests.corpus)
    func `documents of a loop and a brief are read back as they were`(words: String) throws {
        let loop = try JSONValue(parsing: Rendering.json.text(.goal, words: words))
        #expect(loop["why"] == .string(words) && loop["schema"] == .string("stagectl.loop/v1"))
        let brief = try JSONValue(parsing: Rendering.briefJSON.text(.goal, words: words))
        #expect(brief["rule"] == .string(words) && brief["schema"] == .string("stagectl.brief/v1"))
    }

    @Test func `a brief is cut between sections, and says so`() {
        var brief = FixedLoop.goal.brief()
        brief.groups = Array(repeating: brief.groups[0], count: 200)
        let text = BriefMarkdown.render(brief, limit: 16 << 10)
        #expect(text.utf8.count <= 16 << 10 && text.contains("Cut here"))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("```") }.isMultiple(of: 2))
    }
}
