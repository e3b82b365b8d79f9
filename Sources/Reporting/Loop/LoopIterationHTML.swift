import Loop
import Releases
import Verification

/// One iteration in a loop's page.
struct LoopIterationHTML {
    private static let mostChecks = 60
    private static let mostOfChange = 16_000

    let loop: LoopDocument
    let iteration: LoopDocument.Iteration
    /// What the fix changed, as a patch.
    let change: String?

    func write(to page: inout HTMLWriter) {
        page.section(
            "iteration-\(iteration.number)", "Iteration \(iteration.number): \(LoopReportWords.state(iteration))"
        ) { page in
            page.facts(
                [
                    ("commit", iteration.commit.map { "<code>\(HTMLText.line(String($0.prefix(12))))</code>" }),
                    ("release", iteration.run.map { "<code>\(HTMLText.line($0))</code>" }),
                    (
                        "services",
                        iteration.services.isEmpty ? nil : HTMLText.line(iteration.services.joined(separator: ", "))
                    ),
                    ("rule", iteration.verdict.map { HTMLText.line($0.rule) }),
                    // One folder for each iteration lies beside this page.
                ] + LoopReportWords.links(iteration, of: loop).map { ($0.0, "<a href=\"\($0.1)\">\($0.1)</a>") })
            for service in iteration.unready {
                page.raw(
                    "<article class=\"card bad\"><h3>\(HTMLText.line(service.service)) does not serve</h3><pre><code>"
                        + HTMLText.block(service.diagnosis.joined(separator: "\n")) + "</code></pre></article>")
            }
            for group in iteration.groups { card(group, &page) }
            bisect(&page)
            fix(&page)
            if let error = iteration.error {
                page.raw("<p class=\"note\">\(HTMLText.line(error.summary))</p>")
            }
        }
    }

    private func card(_ group: FailureGroup, _ page: inout HTMLWriter) {
        let cause = group.cause
        let count = group.checks.count
        page.raw("<article class=\"card bad\">")
        page.raw(
            "<h3><span class=\"pill p-at-risk\">\(group.priority.rawValue)</span> \(HTMLText.line(cause.statement))</h3>"
        )
        page.facts([
            ("cause", "\(cause.kind.rawValue), \(cause.confidence.rawValue)"),
            ("at risk", group.valueAtRisk.isEmpty ? nil : HTMLText.line(group.valueAtRisk.joined(separator: "; "))),
            ("fix", cause.fix.map { HTMLText.line($0) }),
        ])
        if !cause.whys.isEmpty {
            page.raw("<ol class=\"next\">")
            for why in cause.whys {
                let seen =
                    why.evidence.isEmpty
                    ? ""
                    : "<p>\(why.evidence.prefix(5).map { HTMLText.line($0.text, limit: 500) }.joined(separator: "<br>"))</p>"
                page.raw(
                    "<li>\(HTMLText.line(why.answer))\(why.isKnown ? "" : " <span class=\"pill\">not known further</span>")\(seen)</li>"
                )
            }
            page.raw("</ol>")
        }
        if count > 0 {
            let names = group.checks.prefix(Self.mostChecks).map { "<li>\(HTMLText.line($0.name))</li>" }
            page.raw("<ul class=\"names\">\(names.joined())</ul>")
            if count > Self.mostChecks { page.raw("<p class=\"soft\">and \(count - Self.mostChecks) more</p>") }
        }
        page.raw("</article>")
    }

    private func bisect(_ page: inout HTMLWriter) {
        guard let bisect = iteration.bisect else { return }
        page.raw("<article class=\"card\"><h3>Bisect of \(HTMLText.line(bisect.check))</h3>")
        page.raw(
            "<p>Result: \(LoopReportWords.bisect(bisect) { "<code>\(HTMLText.line($0))</code>" }).</p>")
        page.table(
            "Candidates of the bisect", ["Commit", "Result", "Time"], numbers: [2],
            bisect.probes.map {
                [
                    "<code>\(HTMLText.line(String($0.commit.prefix(12))))</code>", $0.result.rawValue,
                    Seconds.text($0.seconds),
                ]
            })
        page.raw("</article>")
    }

    private func fix(_ page: inout HTMLWriter) {
        guard let fix = iteration.fix, let words = LoopReportWords.fix(iteration) else { return }
        let isBad = !fix.refusals.isEmpty || fix.failure != nil
        page.raw("<article class=\"card\(isBad ? " bad" : "")\"><h3>Fix: \(HTMLText.line(words))</h3>")
        page.facts([
            ("it says", fix.summary.map { HTMLText.line($0, limit: 1000) }),
            ("cost", fix.cost.map(Dollars.text)),
            ("patch", fix.patch.map { "<code>\(HTMLText.line($0))</code>" }),
        ])
        if !fix.refusals.isEmpty {
            page.table(
                "Refusals", ["File", "Rule", "Why"],
                fix.refusals.prefix(50).map {
                    [HTMLText.line($0.path ?? "–"), HTMLText.line($0.rule), HTMLText.line($0.why)]
                })
        }
        if !fix.files.isEmpty {
            page.raw(
                "<ul class=\"names\">\(fix.files.prefix(100).map { "<li><code>\(HTMLText.line($0))</code></li>" }.joined())</ul>"
            )
        }
        if let change, !change.isEmpty {
            let rest = change.count > Self.mostOfChange ? "<p class=\"soft\">The patch has all of it.</p>" : ""
            page.raw(
                "<details><summary>What it changed</summary><pre><code>\(HTMLText.block(change, limit: Self.mostOfChange))"
                    + "</code></pre>\(rest)</details>")
        }
        page.raw("</article>")
    }
}
