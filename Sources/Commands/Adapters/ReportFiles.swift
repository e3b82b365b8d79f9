import JSON
import Releases
import Reporting

/// Writes what `--report DIR` asks for.
enum ReportFiles {
    typealias Redaction = (String) -> String

    /// Makes the folder, before anything is done that it is to tell of.
    static func prepare(_ folder: String) throws {
        try Folders.create(folder)
        try Folders.write("", to: folder + "/release.json")
    }

    /// `release.json` in the folder; returns its path.
    static func write(
        _ release: ReleaseDocument, folder: String, redacting redact: Redaction
    ) throws -> String {
        try Folders.create(folder)
        let path = folder + "/release.json"
        var document = release
        document.report = path
        try Folders.write(redact(ReleaseJSON.release(document).serialized(pretty: true)) + "\n", to: path)
        return path
    }

    /// `report.html`, `report.md`, `report.json`, `report.txt` and `junit.xml` in the folder.
    static func write(_ report: Report, folder: String, redacting redact: Redaction) throws {
        try Folders.create(folder)
        for format in ReportFormat.allCases {
            try write(report, as: format, to: "\(folder)/\(format.fileName)", redacting: redact)
        }
    }

    static func write(
        _ report: Report, as format: ReportFormat, to path: String, redacting redact: Redaction
    ) throws {
        try Folders.write(to: path) { take in format.write(report) { take(redact($0)) } }
    }

    static var hasSummary: Bool { ProcessEnvironment.nonEmpty("GITHUB_STEP_SUMMARY") != nil }

    /// Adds the report to the summary of a job of GitHub Actions, which drops everything of a step that has more than 1 MiB.
    /// Does nothing where `GITHUB_STEP_SUMMARY` names no file.
    static func addToSummary(_ report: Report, redacting redact: Redaction) throws {
        guard let path = ProcessEnvironment.nonEmpty("GITHUB_STEP_SUMMARY") else { return }
        try Folders.append(to: path) { used in
            let room = MarkdownReport.mostBytes - used
            // Less is no report: whoever wrote the rest keeps it.
            return room < 2048 ? nil : redact(MarkdownReport.render(report, limit: room)) + "\n"
        }
    }
}
