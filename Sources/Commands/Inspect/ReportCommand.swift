import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting
import Transport

/// `stagectl report`
struct ReportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "The report of a release: verdict, value at risk, failures, what to do next.",
        discussion: """
            Without --file the report is printed, as --format says. With --output json, what is printed is always the one \
            JSON document, so another --format then needs the --file that it is for. `stagectl config schema report` is \
            its JSON Schema; docs/reports.md says what is in it.
            """)
    static let schema = Report.schemaName

    @OptionGroup var global: GlobalOptions

    @Option(help: "html, markdown, json, junit or text.")
    var format: ReportFormat?

    @Option(help: "Write it to this file instead of printing it.")
    var file: String?

    @Flag(help: "Write it as HTML and show it in the browser.")
    var open = false

    @Argument(help: "The run; the latest of the environment when none is named.")
    var run: String?

    func validate() throws {
        if file?.isEmpty == true { throw ValidationError("--file takes a file") }
        if global.output == .json, file == nil, let format, format != .json, !open {
            throw ValidationError(
                "--output json prints one JSON document, and --format \(format.rawValue) is none: give it a --file, or "
                    + "leave one of the two out")
        }
        if open, let format, format != .html { throw ValidationError("--open shows HTML, not \(format.rawValue)") }
    }

    func run(in session: Session) async throws -> CommandResult {
        if let environment = try? session.environment() { session.hideSecrets(of: environment) }
        let report = try await session.report(of: session.recordedRelease(run))
        let format = format ?? (open ? .html : .text)
        var place = file
        if open, place == nil {
            place = try session.stateFolder() + "/reports/\(report.subject.run ?? "report").html"
            try Folders.create(try session.stateFolder() + "/reports")
        }
        var text = ""
        if let place {
            try ReportFiles.write(report, as: format, to: place, redacting: session.console.redacted)
            text = place
        } else if format == .text {
            text = TextReport.render(report, palette: session.console.style.resultPalette)
        } else if session.global.output == .text {
            format.write(report) { text += $0 }
        }
        if open, let place { try show(Folders.absolute(place)) }
        var result = CommandResult(ReportJSON.head(report), text: text)
        result.lists["checks"] = JSONList(report.checks) { ReleaseJSON.encoded($0) }
        return result
    }

    /// By what `BROWSER` names, else by the system's own way.
    private func show(_ path: String) throws {
        let programs = [ProcessEnvironment.nonEmpty("BROWSER"), "xdg-open", "open"].compactMap(\.self)
        for program in programs where ChildProcess.locate(program) != nil {
            let command = CommandLine([program, path], environment: ["STAGECTL_ACCESS_TOKEN": ""])
            // A browser may stay for as long as it is looked at.
            if (try? ChildProcess.spawnDetached(command, standardOutput: "/dev/null")) != nil { return }
        }
        throw Failure(
            .unavailable, "no browser could be started", details: [.init("the report", path)],
            hint: "set `BROWSER` to a program that shows it")
    }
}
