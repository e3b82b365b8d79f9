import JSON
import Reporting
import Testing

/// What a report may weigh. How fast it is made is measured by `scripts/bench-report`.
@Suite struct ReportSizeTests {
    private static func report(_ count: Int) -> Report {
        var release = FixedRelease(fails: true)
        release.count = count
        return release.report
    }

    @Test(arguments: [(466, 5), (5000, 20)])
    func `a page is one file of no more than it may be`(count: Int, megabytes: Int) {
        let report = Self.report(count)
        #expect(report.checks.count == count)
        let size = HTMLReport.render(report) { _ in "HASH" }.utf8.count
        #expect(size <= megabytes << 20, "\(size) bytes")
        print("note: \(count) checks are \(size / 1024) KiB of HTML")
    }

    @Test func `Markdown is cut below 900 KiB, and says so`() {
        let text = MarkdownReport.render(Self.report(12_000))
        #expect(text.utf8.count <= 900 << 10 && text.utf8.count > 800 << 10)
        #expect(text.hasSuffix("have all of it.**\n") && text.contains("Cut here: the report is larger than 900 KiB"))
        #expect(!MarkdownReport.render(Self.report(12)).contains("Cut here"))
    }

    @Test func `a page names nothing outside of itself`() {
        let page = HTMLReport.render(Self.report(12)) { _ in "HASH" }
        for sign in ["src=", "@import", "url(", "<link rel=\"stylesheet", "style=\"", "onclick"] {
            #expect(!page.contains(sign), "\(sign)")
        }
        #expect(page.contains("default-src 'none'; script-src 'sha256-HASH'; style-src 'sha256-HASH'"))
    }

    @Test func `JSON has every key that its schema asks for, at every level`() throws {
        for run in FixedRun.allCases {
            let document = try JSONValue(parsing: ReportJSON.render(run.report))
            Self.check(document, ReportSchema.document, at: "report")
        }
    }

    /// As much of JSON Schema as the published one uses.
    private static func check(_ value: JSONValue, _ schema: JSONValue, at place: String) {
        if let one = schema["anyOf"]?.array {
            if value != .null, let first = one.first { check(value, first, at: place) }
            return
        }
        if let constant = schema["const"] { #expect(value == constant, "\(place)") }
        if let choices = schema["enum"]?.array { #expect(choices.contains(value), "\(place)") }
        for name in schema["required"]?.array ?? [] {
            #expect(name.string.flatMap { value[$0] } != nil, "\(place).\(name.string ?? "")")
        }
        let properties = schema["properties"]?.object ?? [:]
        for (name, member) in value.object ?? [:] {
            if !properties.isEmpty { #expect(properties[name] != nil, "\(place).\(name) is not in the schema") }
            if let inner = properties[name] { check(member, inner, at: "\(place).\(name)") }
        }
        guard let element = schema["items"] else { return }
        for (index, member) in (value.array ?? []).enumerated() { check(member, element, at: "\(place)[\(index)]") }
    }
}
