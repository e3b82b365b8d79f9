import ArgumentParser
import Reporting

/// The renderings of a report.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case html, markdown, json, junit, text

    /// In the folder of `--report`.
    var fileName: String {
        switch self {
        case .html: "report.html"
        case .markdown: "report.md"
        case .json: "report.json"
        case .junit: "junit.xml"
        case .text: "report.txt"
        }
    }

    /// Gives the rendering in pieces that cut no value, so that each can be searched for secrets by itself.
    func write(_ report: Report, to take: (String) -> Void) {
        switch self {
        case .html: HTMLReport.write(report, hash: Session.contentHash, to: take)
        case .markdown: take(MarkdownReport.render(report))
        case .json: ReportJSON.write(report, to: take)
        case .junit: ReportJUnit.write(report, to: take)
        case .text: take(TextReport.render(report))
        }
    }
}
