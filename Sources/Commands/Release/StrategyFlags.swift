import ArgumentParser
import Configuration

/// Flags that say how traffic moves.
struct StrategyFlags: ParsableArguments {
    @Option(help: "all-at-once, canary or blue-green, in place of each service's own.")
    var strategy: StrategySettings.Kind?

    @Option(
        name: .customLong("pause-at"),
        help: "Hold the release when the candidate has this percentage, until `resume` or `abort`.")
    var pauseAt: Int?

    func validate() throws {
        if let pauseAt, !(0...99).contains(pauseAt) {
            throw ValidationError("--pause-at takes a percentage from 0 to 99, not `\(pauseAt)`")
        }
    }
}

extension StrategySettings.Kind: ExpressibleByArgument {}
