import ArgumentParser

/// `--override freeze=REASON`, where nothing else can be overridden.
struct FreezeFlags: ParsableArguments {
    @Option(name: .customLong("override"), help: "freeze=REASON: go on in a freeze window; recorded.")
    var overrides: [Assignment] = []

    var reason: String? { overrides.first?.value }

    func validate() throws {
        guard overrides.count < 2 else {
            throw ValidationError("--override freeze is given twice; which one is meant?")
        }
        for item in overrides {
            guard item.name == "freeze" else {
                throw ValidationError("--override takes freeze, not `\(item.name)`")
            }
            guard !item.value.allSatisfy(\.isWhitespace) else {
                throw ValidationError("--override freeze=REASON: say why, it goes into the record")
            }
        }
    }
}
