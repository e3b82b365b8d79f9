import ArgumentParser

/// The flags that every command takes.
struct GlobalOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable, Sendable {
        case text, json
    }

    @Option(name: [.customShort("e"), .customLong("env")], help: "Environment (else $STAGECTL_ENV, else local).")
    var environment: String?

    @Option(help: "Folder that holds services.yaml (else the nearest environments/ upwards).")
    var config: String?

    @Option(name: .shortAndLong, help: "How results are printed.")
    var output: Output = .text

    @Flag(help: "Show every line of what runs.")
    var verbose = false

    @Flag(help: "Results and errors only.")
    var quiet = false

    @Flag(name: .customLong("no-color"), help: "No colours (also $NO_COLOR).")
    var noColor = false
}
