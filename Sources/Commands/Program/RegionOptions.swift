import ArgumentParser

/// For commands that look at services or change them.
struct RegionOptions: ParsableArguments {
    @Option(
        name: .customLong("region"),
        help: ArgumentHelp(
            "Only in this region; may be given several times (else all regions of the environment).",
            valueName: "name"))
    var names: [String] = []
}
