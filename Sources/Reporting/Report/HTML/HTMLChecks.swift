import Verification

/// All checks, one row each. What is told of a pass fits its row; of the others there is more to open.
///
/// Rows are laid out by themselves, and only those that are seen: of 5,000 a browser drew the page after 1.4 s as a table,
/// and after 0.5 s like this. What a table says to a screen reader is said by roles, which the layout does not change.
struct HTMLChecks {
    let report: Report

    func write(to page: inout HTMLWriter) {
        guard !report.checks.isEmpty else { return }
        page.raw("<section aria-labelledby=\"checks\"><h2 id=\"checks\">All checks</h2>")
        targets(&page)
        form(&page)
        page.raw(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"All checks, table\"><table class=\"checks\" role=\"table\">"
                + "<caption class=\"sr\">All checks</caption><thead role=\"rowgroup\"><tr role=\"row\">"
                + ["Status", "Check", "Priority", "Time", "Measured"].map {
                    "<th scope=\"col\" role=\"columnheader\"\($0 == "Time" ? " class=\"n\"" : "")>\($0)</th>"
                }.joined() + "</tr></thead><tbody id=\"rows\" role=\"rowgroup\">")
        for check in report.checks {
            row(check, &page)
            page.handOn()
        }
        page.raw("</tbody></table></div></section>")
    }

    /// Each result belongs to one of these.
    private func targets(_ page: inout HTMLWriter) {
        guard !report.targets.isEmpty else { return }
        page.raw("<ul class=\"targets\">")
        for (place, target) in report.targets.enumerated() {
            page.raw("<li><b>\(Self.letter(place))</b> \(HTMLText.line(ReportWords.target(target)))</li>")
        }
        page.raw("</ul>")
    }

    /// `A` to `Z`, then `A1`.
    private static func letter(_ place: Int) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return String(letters[place % 26]) + (place < 26 ? "" : "\(place / 26)")
    }

    private func form(_ page: inout HTMLWriter) {
        let statuses = CheckStatus.allCases.filter { report.counts[$0] > 0 }.map { status in
            "<label class=\"choice\"><input type=\"checkbox\" name=\"status\" value=\"\(status.rawValue)\" checked> "
                + "\(status.words) <span class=\"soft\">\(report.counts[status])</span></label>"
        }
        let priorities = Set(report.checks.map(\.priority)).sorted().map {
            "<option value=\"\($0.rawValue)\">\($0.rawValue)</option>"
        }
        page.raw(
            "<form id=\"filter\" class=\"filter\" role=\"search\" hidden><label>Search <input type=\"search\" id=\"query\" "
                + "autocomplete=\"off\" placeholder=\"name, cause, revision\"></label><label>Priority <select id=\"priority\">"
                + "<option value=\"\">all</option>\(priorities.joined())</select></label>"
                + "<fieldset><legend class=\"sr\">Status</legend>\(statuses.joined())</fieldset>"
                + "<p id=\"shown\" role=\"status\"></p></form>")
    }

    private func row(_ check: ReportedCheck, _ page: inout HTMLWriter) {
        let name = HTMLText.line(check.name)
        var line =
            "<tr role=\"row\" id=\"\(check.anchor)\" data-s=\"\(check.status.rawValue)\" data-p=\"\(check.priority.rawValue)\">"
            + "<td role=\"cell\"><span class=\"pill s-\(check.status.rawValue)\">\(check.status.words)</span></td>"
            + "<th scope=\"row\" role=\"rowheader\"><a class=\"name\" href=\"#\(check.anchor)\">\(name)</a>"
        if check.status != .passed || !check.tries.isEmpty { line += details(check, name) }
        let target = check.target.map(Self.letter) ?? "–"
        let answered = check.answeredBy.map { " \(HTMLText.line($0))" } ?? ""
        line +=
            "</th><td role=\"cell\">\(check.priority.rawValue)</td><td role=\"cell\" class=\"n\">\(Seconds.milliseconds(check.milliseconds))</td>"
            + "<td role=\"cell\"><b>\(target)</b>\(answered)</td></tr>"
        page.raw(line)
    }

    private func details(_ check: ReportedCheck, _ name: String) -> String {
        var facts: [(String, String)] = []
        func add(_ title: String, _ text: String?) { if let text { facts.append((title, HTMLText.line(text))) } }
        add("seen", check.summary)
        add("cause", check.cause)
        add("fix", check.fix)
        add("policy", check.policy)
        add("asked", check.url)
        add("status", check.httpStatus.map(String.init))
        add("trace", check.trace)
        let tries = check.tries.enumerated().map { "<li>\(HTMLText.line(ReportWords.attempt($1, $0 + 1)))</li>" }
        guard !facts.isEmpty || !tries.isEmpty else { return "" }
        var text = "<details\(check.isProblem ? " class=\"problem\"" : "")><summary>"
        text += HTMLText.line(check.summary ?? check.status.words, limit: 200)
        text += "<span class=\"sr\"> (\(name))</span></summary><dl class=\"facts\">"
        text += facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined() + "</dl>"
        if tries.count > 1 { text += "<ol>\(tries.joined())</ol>" }
        if !check.reproduction.isEmpty { text += Self.pre(check.reproduction) }
        return text + "</details>"
    }

    static func code(_ lines: [String], _ title: String, _ page: inout HTMLWriter) {
        page.raw("<p class=\"soft\">\(title)</p>\(pre(lines))")
    }

    private static func pre(_ lines: [String]) -> String {
        "<pre tabindex=\"0\"><code>\(HTMLText.block(lines.joined(separator: "\n")))</code></pre>"
    }
}
