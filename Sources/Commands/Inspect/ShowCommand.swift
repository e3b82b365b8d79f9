import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl show`
struct ShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One release, whole.")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The run.")
    var run: String

    func run(in session: Session) async throws -> CommandResult {
        guard let release = try await session.state().release(run: run) else {
            if try await session.state().read(run: run) != nil {
                throw Failure(
                    .conflict, "run `\(run)` has not ended, so there is no record of it yet",
                    hint: "stagectl resume \(run) finishes it, stagectl abort \(run) undoes it")
            }
            throw Failure(.usage, "no release is called `\(run)`", hint: "stagectl history")
        }
        let palette = session.console.style.resultPalette
        var lines = release.steps.map { "  \($0.id)  \($0.status.rawValue)  \(Seconds.text($0.seconds))" }
        lines.append(ReleaseText.summary(release, palette: palette))
        return CommandResult(ReleaseJSON.release(release), text: lines.joined(separator: "\n"))
    }
}
