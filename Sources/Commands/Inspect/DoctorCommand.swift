import ArgumentParser
import Releases
import Reporting

/// `stagectl doctor`
struct DoctorCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tools, credentials, permissions, APIs, configuration; and what to run to mend each.",
        discussion: """
            Looks at everything that a first deploy of every service of the environment would need, and changes \
            nothing. What cannot be looked at is unknown, never a problem. Exit codes: 0 without a problem, 4 \
            credentials or permissions, 65 configuration, 69 a tool or remote is unavailable, 1 anything else.
            """)
    static let schema = "stagectl.doctor/v1"

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) async throws -> CommandResult {
        var report = try await Checkup(session: session).report()
        for index in report.findings.indices {
            let finding = report.findings[index]
            report.findings[index].why = finding.why.map(session.repeatedOptions.added)
            report.findings[index].command = finding.command.map(session.repeatedOptions.added)
        }
        let failure = report.failure(
            during: "the check of `\(session.environmentName)`", hint: "run the commands above, then: stagectl doctor")
        // The text above has said every problem already.
        let brief = failure.map { Failure($0.category, $0.summary, hint: $0.hint) }
        return CommandResult(
            PreflightJSON.document(report, environment: session.environmentName, failure: failure),
            text: PreflightText.text(
                report, columns: session.console.resultColumns, palette: session.console.style.resultPalette),
            status: failure.map(ExitStatus.init) ?? .done, failure: brief)
    }
}
