import ArgumentParser
import Configuration
import Releases

/// Flags that say how a release is made: of `deploy`, and of a loop that deploys.
struct DeployFlags: ParsableArguments {
    @OptionGroup var strategy: StrategyFlags

    @Option(help: "Deploy this image and build nothing.")
    var image: String?

    @Option(
        help: "Deploy the very images that passed in this environment and serve there; refused without that evidence.")
    var from: String?

    @Option(help: "auto, docker, podman, buildah, cloud-build or process.")
    var builder = "auto"

    @Flag(name: .customLong("no-traffic"), help: "Stop when the candidate is verified; `traffic promote` goes on.")
    var noTraffic = false

    @Option(help: "Tag of the candidate (else c- and six characters of the run).")
    var tag: String?

    @Option(name: .customLong("skip-smoke"), help: "Promote without smoke, for this reason; the verdict is incomplete.")
    var skipSmoke: String?

    @Option(
        name: .customLong("override"),
        help: ArgumentHelp(
            "GATE=REASON: go on although it failed (preflight, health, smoke, canary, freeze, promotion, infra); "
                + "check:ID=REASON: although this check failed."))
    var overrides: [Assignment] = []

    @Flag(name: .customLong("allow-older"), help: "Deploy a commit that is older than the one that serves.")
    var allowOlder = false

    @Flag(name: .customLong("allow-dirty"), help: "Deploy with uncommitted changes, or without a repository.")
    var allowDirty = false

    @Flag(name: .customLong("with-infra"), help: "Apply the environment's Terraform first, when its plan is not empty.")
    var withInfra = false

    @Option(name: .customLong("wait-lock"), help: "Wait so long for a lock that somebody holds (30s, 5m).")
    var waitLock: DurationArgument?

    @Option(name: .customLong("set-env"), help: "KEY=VALUE for this release only.")
    var setEnvironment: [Assignment] = []

    func validate() throws {
        let gates = ["preflight", "health", "smoke", "canary", "freeze", "promotion", "infra"]
        for (flag, items) in [("--set-env", setEnvironment), ("--override", overrides)] {
            var seen: Set<String> = []
            for item in items where !seen.insert(item.name).inserted {
                throw ValidationError("\(flag) \(item.name) is given twice; which one is meant?")
            }
        }
        for item in overrides where !gates.contains(item.name) && !CheckOverrides.isOne(item) {
            throw ValidationError(
                "--override takes one of \(gates.joined(separator: ", ")) or check:ID, not `\(item.name)`")
        }
        for item in overrides where item.value.allSatisfy(\.isWhitespace) {
            throw ValidationError("--override \(item.name)=REASON: say why, it goes into the record")
        }
        if from != nil, image != nil {
            throw ValidationError("--from and --image both say which image; leave out one")
        }
        if from == nil, overrides.contains(where: { $0.name == "promotion" }) {
            throw ValidationError("--override promotion goes with --from: nothing else is promoted")
        }
        if let skipSmoke, skipSmoke.allSatisfy(\.isWhitespace) {
            throw ValidationError("--skip-smoke REASON: say why, it goes into the record")
        }
        if noTraffic, strategy.strategy != nil || strategy.pauseAt != nil {
            throw ValidationError(
                "--no-traffic moves no traffic, so --strategy and --pause-at say nothing; leave out one")
        }
        if let tag, !StringRule.trafficTag.allows(tag) {
            throw ValidationError("--tag `\(tag)`: expected \(StringRule.trafficTag.expectation)")
        }
        for item in setEnvironment where !StringRule.variableName.allows(item.name) {
            throw ValidationError("--set-env `\(item.name)`: expected \(StringRule.variableName.expectation)")
        }
        let reserved = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"]
        for item in setEnvironment where reserved.contains(item.name) {
            throw ValidationError("--set-env \(item.name): Cloud Run sets this variable itself")
        }
    }

    /// The same for a candidate that nobody is sent to, to ask something of it.
    func candidate(tag: String, askedFor reason: String) -> DeployFlags {
        var flags = self
        flags.noTraffic = true
        flags.tag = tag
        flags.skipSmoke = reason
        flags.allowDirty = true
        flags.strategy.strategy = nil
        return flags
    }

    /// As they would be typed, for whoever does the same again.
    var words: [String] {
        var words: [String] = []
        func add(_ option: String, _ value: String?) {
            if let value { words += [option, value] }
        }
        add("--image", image)
        add("--from", from)
        if builder != "auto" { add("--builder", builder) }
        if noTraffic { words.append("--no-traffic") }
        add("--tag", tag)
        add("--skip-smoke", skipSmoke)
        for item in overrides { add("--override", "\(item.name)=\(item.value)") }
        if allowOlder { words.append("--allow-older") }
        if allowDirty { words.append("--allow-dirty") }
        if withInfra { words.append("--with-infra") }
        add("--wait-lock", waitLock.map { "\(Int(($0.duration.inSeconds * 1000).rounded()))ms" })
        for item in setEnvironment { add("--set-env", "\(item.name)=\(item.value)") }
        add("--strategy", strategy.strategy?.rawValue)
        add("--pause-at", strategy.pauseAt.map(String.init))
        return words
    }
}
