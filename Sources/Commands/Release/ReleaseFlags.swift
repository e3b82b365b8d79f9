import ArgumentParser
import Releases

/// Flags of commands that change the world.
struct ChangeFlags: ParsableArguments {
    @Flag(name: .customLong("dry-run"), help: "Show the plan and change nothing.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false
}

/// `GATE=REASON` and `KEY=VALUE`, split at the first `=`.
struct Assignment: ExpressibleByArgument, Hashable, Sendable {
    var name: String
    var value: String

    init?(argument: String) {
        guard let separator = argument.firstIndex(of: "="), separator != argument.startIndex else { return nil }
        name = String(argument[..<separator])
        value = String(argument[argument.index(after: separator)...])
    }
}

/// `30s`, `5m`, `250ms`, or plain seconds.
struct DurationArgument: ExpressibleByArgument, Hashable, Sendable {
    var duration: Duration

    init?(argument: String) {
        let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("", 1000)]
        for (unit, factor) in units where argument.hasSuffix(unit) {
            guard let count = Int64(argument.dropLast(unit.count)) else { continue }
            guard count >= 0, count < 1_000_000_000 else { return nil }
            duration = .milliseconds(count * factor)
            return
        }
        return nil
    }
}
