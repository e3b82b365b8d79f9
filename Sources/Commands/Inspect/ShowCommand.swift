import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl show`
struct ShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One release, whole: its steps, what serves, its verdict.")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The run; the latest of the environment when none is named.")
    var run: String?

    func run(in session: Session) async throws -> CommandResult {
        if let run, let loop = try await session.shownLoop(run) { return loop }
        let release = try await session.recordedRelease(run)
        let palette = session.console.style.resultPalette
        let width = release.steps.map(\.id.count).max() ?? 0
        var lines = release.steps.map { step in
            let padding = String(repeating: " ", count: width - step.id.count)
            let time = step.seconds > 0 || step.status == .done ? "  \(Seconds.text(step.seconds))" : ""
            let note = step.note.map { "  " + palette.faint(SafeText.line($0)) } ?? ""
            return "  \(SafeText.line(step.id))\(padding)  \(step.status.rawValue)\(time)\(note)"
        }
        lines.append(ReleaseText.summary(release, palette: palette))
        return CommandResult(ReleaseJSON.release(release), text: lines.joined(separator: "\n"))
    }
}
