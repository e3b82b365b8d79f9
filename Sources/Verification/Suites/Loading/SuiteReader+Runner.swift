import Configuration

/// Checks that run somebody else's tests.
extension SuiteReader {
    private static let runnerReferences: Set<String> = ["junit", "report", "shard.index", "shard.total"]
    private static let longestRun = 24 * 3_600_000

    mutating func runner(_ node: ConfigurationNode, _ path: String) -> RunnerCheck? {
        guard let settings = node["runner"] else { return nil }
        let place = join(path, "runner")
        let keys = SuiteSchema.runnerSettings.map(\.name)
        guard mapping(settings, place, keys: keys, required: ["argv"]) else { return nil }
        let outer = knownReferences
        knownReferences.formUnion(Self.runnerReferences)
        defer { knownReferences = outer }
        var check = RunnerCheck(arguments: arguments(settings["argv"], join(place, "argv")))
        if check.arguments.isEmpty { report(settings, place, "`argv` names no program") }
        let formats = ExternalFormat.allCases.map(\.rawValue)
        check.format =
            choice(settings["report"], join(place, "report"), of: formats).flatMap(ExternalFormat.init(rawValue:))
            ?? .junit
        check.report = reportFile(settings, place, check.format)
        check.environment = environment(settings["env"], join(place, "env"))
        check.inherited = texts(settings["inherit"], join(place, "inherit"))
        check.workingDirectory = template(settings["cwd"], join(place, "cwd"))
        let networks = RunnerCheck.Network.allCases.map(\.rawValue)
        check.network =
            choice(settings["network"], join(place, "network"), of: networks)
            .flatMap(RunnerCheck.Network.init(rawValue:)) ?? .reverse
        check.hosts = arguments(settings["hosts"], join(place, "hosts"))
        check.files = arguments(settings["files"], join(place, "files"))
        check.sharding = sharding(settings["shard"], join(place, "shard"))
        if check.sharding == .files, check.files.isEmpty, let shard = settings["shard"] {
            report(
                shard, join(place, "shard"), "`shard: files` goes with `files`",
                hint: "write `files: [tests/test_*.py]`")
        }
        check.timeoutMilliseconds =
            duration(settings["timeout"], join(place, "timeout"), atMost: Self.longestRun) ?? check.timeoutMilliseconds
        if let inventory = node["expect_inventory"],
            mapping(inventory, join(path, "expect_inventory"), keys: ["min_tests", "max_new_skips"])
        {
            let place = join(path, "expect_inventory")
            check.minimumTests = integer(inventory["min_tests"], join(place, "min_tests"), in: 1...100_000) ?? 1
            check.maximumNewSkips = integer(inventory["max_new_skips"], join(place, "max_new_skips"), in: 0...100_000)
        }
        for key in ["retry", "poll", "capture"] where node[key] != nil {
            report(
                node[key] ?? node, join(path, key), "a runner has no `\(key)`",
                hint: "its tests are results of their own; what is run again is the runner's own matter")
        }
        return check
    }

    private mutating func reportFile(
        _ settings: ConfigurationNode, _ path: String, _ format: ExternalFormat
    ) -> Template? {
        let (right, wrong) = format == .junit ? ("junit", "file") : ("file", "junit")
        if let node = settings[wrong] {
            report(
                node, join(path, wrong), "`\(right)` goes with a report of `\(format.rawValue)`, not `\(wrong)`",
                hint: "write `\(right): …`")
        }
        return template(settings[right], join(path, right))
    }

    private mutating func sharding(_ node: ConfigurationNode?, _ path: String) -> RunnerCheck.Sharding? {
        guard let node else { return nil }
        if node.isMapping {
            guard mapping(node, path, keys: ["args"], required: ["args"]) else { return nil }
            return .arguments(arguments(node["args"], join(path, "args")))
        }
        switch choice(node, path, of: ["env", "files"]) {
        case "env": return .environment
        case "files": return .files
        default: return nil
        }
    }
}
