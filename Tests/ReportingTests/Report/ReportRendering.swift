import JSON
import Reporting
import Testing

/// Every rendering by the name of its file. The policy's hashes are told apart elsewhere: here they are a word.
enum ReportRendering: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case html, md, json, xml, txt

    var testDescription: String { rawValue }

    func text(of report: Report) -> String {
        switch self {
        case .html: HTMLReport.render(report) { _ in "HASH" }
        case .md: MarkdownReport.render(report)
        case .json: ReportJSON.render(report)
        case .xml: ReportJUnit.render(report)
        case .txt: TextReport.render(report)
        }
    }
}
