import JSON
import Releases
import Reporting
import Testing

/// Text from outside, in every place of a report that takes some.
@Suite struct ReportInjectionTests {
    static let corpus = [
        "<script>alert(1)</script>", "</script><script>alert(1)</script>", "</style><style>*{display:none}",
        "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "&lt;b&gt; &amp; &#60;", "<!-- --><!DOCTYPE x>",
        "]]><failure/>", "<![CDATA[x]]>", "`code` ``` ```` ~~~", "| a | b |\n|---|---|\n| c |",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/p.png)", "<https://evil.example>", "https://evil.example www.evil.example",
        "@everyone #1", "a@b.example org/repo#7 GH-12 0e37b561b0e37b561b0e37b561b0e37b561b0e37", ":tada: [^1] [[x]]",
        "<img src=\"https://evil.example/beacon.gif\">", "![beacon](http://evil.example/b.gif?x=1 \"t\")",
        "<a href=https://evil.example>x</a>", "$\\unicode{x}$ $`x`$", "- [ ] task\n1. one\n\n---\n| x",
        "# heading\n\n- list\n> quote\n***\n", "    indented\n\ttab", "**bold** _em_ ~~gone~~ \\ $x$",
        "<details open><summary>",
        "\u{1B}[31mred\u{1B}[0m\u{1B}]8;;http://evil.example\u{7}link",
        "\u{0}\u{1}\u{8}\u{B}\u{C}\u{1F}\u{7F}\u{85}\u{9B}31m",
        "\u{202E}gpj.exe\u{202C} \u{2066}x\u{2069} \u{200B}\u{FEFF}", "\u{FFFE}\u{FFFF}\u{2028}\u{2029}", "a\r\nb\rc",
        "::error::fake\n::set-output name=x::y", String(repeating: "A", count: 4000),
        String(repeating: "<&\"'`|", count: 20_000), "e" + String(repeating: "\u{301}", count: 5000),
        "javascript:alert(1)//", "=cmd|' /C calc'!A0", "%3Cscript%3E", "{{constructor}} ${x} #{x}",
    ]

    /// In checks and their words, and beside them in every name that a platform, a repository or a person gives.
    private static func report(_ text: String) -> Report {
        var release = FixedRelease(fails: true)
        release.words = text
        var report = release.report
        report.subject.run = text
        report.subject.environment = text
        report.subject.initiator = text
        report.subject.services = [text, text + "2"]
        report.tool.version = text
        report.tool.configuration = text
        report.generated = text
        for place in report.services.indices {
            report.services[place].service = text
            report.services[place].region = text
            report.services[place].revision = text
            report.services[place].previousRevision = text
            report.services[place].candidate = text + "2"
            report.services[place].commit = text
            report.services[place].image = text
            report.services[place].url = text
            report.services[place].environmentOverrides = [text]
            report.services[place].trafficBefore = [.init(revision: text, percent: 100, tag: text)]
            report.services[place].trafficAfter = [.init(revision: text, percent: 100, tag: text)]
        }
        for place in report.targets.indices {
            report.targets[place] = MeasuredRevision(
                service: text, region: text, revision: text, digest: text, commit: text, url: text)
        }
        for place in report.steps.indices {
            report.steps[place].id = text
            report.steps[place].note = text
        }
        for place in report.traffic.indices {
            report.traffic[place].shares = [.init(revision: text, percent: 100, tag: text)]
        }
        for place in report.health.indices {
            report.health[place].service = text
            report.health[place].problem = text
            report.health[place].revision = text
        }
        for place in report.checks.indices {
            report.checks[place].url = text
            report.checks[place].trace = text
            report.checks[place].answeredBy = text
        }
        for place in report.scalability.indices { report.scalability[place].value = text }
        for place in report.history.indices { report.history[place].run = text }
        for place in report.time.phases.indices { report.time.phases[place].name = text }
        report.changes?.run = text
        report.changes?.result = text
        for place in report.recommendations.indices {
            report.recommendations[place].action = text
            report.recommendations[place].evidence = text
            report.recommendations[place].command = text
        }
        report.notes = [text]
        return report
    }

    @Test(arguments: corpus.indices)
    func `the page has the elements that it has without it, and no more`(place: Int) {
        let page = HTMLReport.render(Self.report(Self.corpus[place])) { _ in "HASH" }
        let plain = HTMLReport.render(Self.report("plain")) { _ in "HASH" }
        #expect(Self.tags(page) == Self.tags(plain))
        #expect(!page.unicodeScalars.contains(where: Self.isControl))
        #expect(!page.contains("onerror=alert") || page.contains("&gt;") && !page.contains("<img"))
        #expect(page.utf8.count < 5 << 20)
    }

    @Test(arguments: corpus.indices)
    func `Markdown has the lines and the marks that it has without it`(place: Int) {
        let text = MarkdownReport.render(Self.report(Self.corpus[place]))
        let plain = MarkdownReport.render(Self.report("plain"))
        let fences = Self.outsideFences(text)
        #expect(fences.count == Self.outsideFences(plain).count)
        for line in fences {
            #expect(
                !line.contains("javascript:") && !line.contains("://evil") && !line.contains("www."),
                "\(line.prefix(200))")
            let known: Set = ["code", "/code", "sub", "/sub", "details", "/details", "summary", "/summary"]
            let strange = Self.tags(line).filter { !known.contains($0) }
            #expect(strange.isEmpty)
        }
        let columns = { (lines: [String]) in lines.filter { $0.hasPrefix("|") }.map { $0.count { $0 == "|" } } }
        #expect(columns(fences) == columns(Self.outsideFences(plain)))
        #expect(!text.unicodeScalars.contains(where: Self.isControl))
    }

    @Test(arguments: corpus.indices)
    func `JUnit has the elements that it has without it, and only characters of XML`(place: Int) {
        let text = ReportJUnit.render(Self.report(Self.corpus[place]))
        #expect(Self.tags(text) == Self.tags(ReportJUnit.render(Self.report("plain"))))
        #expect(!text.contains("]]>") && !text.contains("<!"))
        #expect(
            !text.unicodeScalars.contains {
                ($0.value < 0x20 && $0 != "\n") || $0.value == 0xFFFE || $0.value == 0xFFFF
            })
    }

    @Test(arguments: corpus.indices)
    func `the text moves no cursor`(place: Int) {
        let text = TextReport.render(Self.report(Self.corpus[place]))
        #expect(!text.unicodeScalars.contains(where: Self.isControl))
    }

    @Test(arguments: corpus.indices)
    func `JSON is read again as it was`(place: Int) throws {
        let document = try JSONValue(parsing: ReportJSON.render(Self.report(Self.corpus[place])))
        #expect(document["verdict"]?["rule"]?.string == Self.corpus[place])
    }

    // MARK: - Looking

    /// Names of the elements, in their order; text between them has no `<`.
    private static func tags(_ text: some StringProtocol) -> [String] {
        text.split(separator: "<", omittingEmptySubsequences: false).dropFirst().map { piece in
            String(piece.prefix { $0 != ">" && $0 != " " && $0 != "\n" })
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    private static func outsideFences(_ text: String) -> [String] {
        var lines: [String] = []
        var fence: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let open = fence {
                if line == open { fence = nil }
                continue
            }
            if line.hasPrefix("```") {
                fence = String(line.prefix { $0 == "`" })
                continue
            }
            lines.append(line)
        }
        return lines
    }
}
