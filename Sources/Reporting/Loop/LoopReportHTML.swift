package import Loop
import Releases
import Verification

/// A loop as one file that asks nothing of any network, in the style and under the policy of a run's report.
package enum LoopReportHTML {
    /// - Parameter changes: what the fixes changed, as patches, by iteration.
    package static func render(
        _ loop: LoopDocument, changes: [Int: String] = [:], version: String, hash: HTMLReport.Hash
    ) -> String {
        var text = ""
        var page = HTMLWriter { text += $0 }
        head(loop, hash, &page)
        top(loop, &page)
        page.raw("<main id=\"main\">")
        course(loop, &page)
        for iteration in loop.iterations {
            LoopIterationHTML(loop: loop, iteration: iteration, change: changes[iteration.number]).write(to: &page)
        }
        flaky(loop, &page)
        left(loop, &page)
        state(loop, &page)
        page.raw("</main>")
        page.raw(
            "<footer><p>stagectl \(HTMLText.line(version)) · \(loop.schema)</p></footer>\n</body>\n</html>")
        page.finish()
        return text
    }

    /// Without a script: nothing here needs one.
    static func policy(_ hash: HTMLReport.Hash) -> String {
        [
            "default-src 'none'", "style-src 'sha256-\(hash(HTMLReport.style))'", "img-src data:", "base-uri 'none'",
            "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
        ].joined(separator: "; ")
    }

    private static func head(_ loop: LoopDocument, _ hash: HTMLReport.Hash, _ page: inout HTMLWriter) {
        let title = "\(LoopReportWords.headline(loop)) · \(LoopReportWords.title(loop))"
        page.raw(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy(hash))">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>\(HTMLText.line(title, limit: 300))</title>
            <link rel="icon" href="data:,">
            <style>\(HTMLReport.style)</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the results</a>
            """)
    }

    private static func top(_ loop: LoopDocument, _ page: inout HTMLWriter) {
        let tone = loop.goal ? "good" : loop.outcome == .interrupted ? "warn" : "bad"
        page.raw("<header class=\"top \(tone)\"><div class=\"wrap\">")
        page.raw("<p class=\"kicker\">\(HTMLText.line(LoopReportWords.title(loop)))</p>")
        page.raw(
            "<h1><span class=\"badge\">\(HTMLText.line(LoopReportWords.headline(loop)))</span> \(HTMLText.line(loop.why))</h1>"
        )
        let last = loop.iterations.last { $0.verdict != nil }.map { LoopReportWords.numbers($0.verdict?.counts ?? [:]) }
        var tiles: [(String, String, String, String)] = [
            ("Iterations", "\(loop.iterations.count)", loop.best.map { "the best is \($0)" } ?? "none was tested", "")
        ]
        if let last {
            tiles.append(
                (
                    "Passed", "\(last.passed)", "of \(last.total) checks at the end",
                    last.passed == last.total && last.total > 0 ? "good" : ""
                ))
            tiles.append(("Failed", "\(last.failed)", "at the end", last.failed > 0 ? "bad" : ""))
        }
        if let listed = loop.left.listed {
            tiles.append(
                (
                    "Test index", "\(loop.left.passed)",
                    "of \(listed) tests pass, \(loop.left.missing) without a result",
                    loop.left.passed >= listed ? "good" : "warn"
                ))
        }
        tiles.append(("Time", Seconds.text(loop.seconds), "of work", ""))
        page.raw(
            "<ul class=\"tiles\">"
                + tiles.map {
                    "<li class=\"\($0.3)\"><span class=\"name\">\($0.0)</span><span class=\"value\">\(HTMLText.line($0.1))</span>"
                        + "<span class=\"hint\">\(HTMLText.line($0.2))</span></li>"
                }.joined() + "</ul>")
        page.facts(LoopReportWords.facts(loop).map { ($0.0, HTMLText.line($0.1)) })
        page.raw("</div></header>")
        let links = loop.iterations.prefix(30).map { "<a href=\"#iteration-\($0.number)\">\($0.number)</a>" }
        page.raw(
            "<nav aria-label=\"Sections\"><div class=\"wrap\"><a href=\"#course\">Course</a>\(links.joined())"
                + "<a href=\"#left\">Left</a></div></nav>")
    }

    private static func course(_ loop: LoopDocument, _ page: inout HTMLWriter) {
        guard !loop.iterations.isEmpty else { return }
        page.section("course", "Course") { page in
            if let chart = IterationChart.markup(loop) {
                page.raw(chart)
                page.raw(
                    "<ul class=\"legend\"><li><i class=\"s-passed\" aria-hidden=\"true\"></i>passed</li><li><i class=\"s-flaky\" "
                        + "aria-hidden=\"true\"></i>flaky or excused</li><li><i class=\"s-failed\" aria-hidden=\"true\"></i>failed</li>"
                        + "<li><i aria-hidden=\"true\"></i>not run</li></ul>")
            }
            page.table(
                "Iterations",
                ["Iteration", "Result", "Checks", "Passed", "Failed", "Other", "Not run", "Of the index", "Fix"],
                numbers: Set(2...7),
                loop.iterations.map { iteration in
                    let numbers = LoopReportWords.numbers(iteration.verdict?.counts ?? [:])
                    return [
                        "<a href=\"#iteration-\(iteration.number)\">\(iteration.number)</a>",
                        HTMLText.line(LoopReportWords.state(iteration)),
                    ] + [numbers.total, numbers.passed, numbers.failed, numbers.other, numbers.idle].map(String.init)
                        + [
                            LoopReportWords.coverage(iteration, loop).map { "\($0) %" } ?? "–",
                            HTMLText.line(LoopReportWords.fix(iteration) ?? "–", limit: 300),
                        ]
                })
            if let chart = PhaseChart.markup(loop) { page.raw(chart) }
        }
    }

    private static func flaky(_ loop: LoopDocument, _ page: inout HTMLWriter) {
        let flaky = Array(Set(loop.iterations.flatMap(\.flaky))).sorted()
        guard !flaky.isEmpty else { return }
        page.section("flaky", "Flaky") { page in
            page.raw("<p>They passed when they were asked again, so nothing was mended for them.</p>")
            page.raw("<ul class=\"names\">\(flaky.prefix(200).map { "<li>\(HTMLText.line($0))</li>" }.joined())</ul>")
        }
    }

    private static func left(_ loop: LoopDocument, _ page: inout HTMLWriter) {
        page.section("left", "What is left") { page in
            let left = loop.goal ? [] : LoopReportWords.left(loop)
            page.raw(left.isEmpty ? "<p>Nothing.</p>" : "<p>\(HTMLText.line(left.joined(separator: "; "))).</p>")
            guard !loop.goal, !loop.left.failing.isEmpty else { return }
            page.raw(
                "<ul class=\"names\">\(loop.left.failing.prefix(200).map { "<li>\(HTMLText.line($0))</li>" }.joined())</ul>"
            )
        }
    }

    private static func state(_ loop: LoopDocument, _ page: inout HTMLWriter) {
        guard let traffic = loop.traffic, !traffic.isEmpty else { return }
        page.section("traffic", "Traffic at the end") { page in
            page.table(
                "Traffic", ["Service", "Region", "Shares"],
                traffic.map {
                    [
                        HTMLText.line($0.service), HTMLText.line($0.region),
                        HTMLText.line(ReportWords.traffic($0.traffic)),
                    ]
                })
        }
    }
}
