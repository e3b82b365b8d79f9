/// The keys of `loop`, and how they are read.
enum LoopSchema {
    static let field = SchemaField("loop", .object(settings), "how `stagectl loop` works here")

    private static let settings = ObjectSchema([
        SchemaField(
            "branch", .string(.text), "the branch that fixes are committed to, `{run}` for its name (loop/{run})"),
        SchemaField(
            "protected_branches", .list(.string(.text)),
            "branches that no fix is committed to, as globs (main, master, production, release/*)"),
        SchemaField("allow", .list(.string(.text)), "what a fix may change, as globs of paths (everything)"),
        SchemaField(
            "deny", .list(.string(.text)), "what a fix may not change, beside whatever judges it, as globs of paths"),
        SchemaField("max_files", .integer(1...10_000), "how many files a fix may change (50)"),
        SchemaField("max_lines", .integer(1...1_000_000), "how many lines a fix may add and remove (2000)"),
        SchemaField("fix_timeout", .duration(1000...86_400_000, step: 1000), "how long a fix may take (30m)"),
        SchemaField(
            "before_deploy", .list(.scalarOr(.string(.word), command)),
            "commands that must succeed before a fix is released: text for `/bin/sh -c`, or a mapping"),
        SchemaField("max_iterations", .integer(1...1000), "how many iterations there may be (10)"),
        SchemaField("deadline", .duration(1000...604_800_000, step: 1000), "how long the loop may take (2h)"),
        SchemaField("max_cost", .scalar, "what all fixes together may cost, in US dollars (no bound)"),
        SchemaField("cost_per_iteration", .scalar, "what a fix costs that does not say it, in US dollars (0)"),
        SchemaField(
            "no_progress", .integer(1...1000), "after so many iterations in a row that mend nothing it ends (3)"),
        SchemaField(
            "flaky_reruns", .integer(0...10), "how often failed checks are asked again before they count (2)"),
        SchemaField(
            "ready_wait", .duration(0...86_400_000, step: 1000),
            "how long a deployed service that is not healthy is waited for (2m)"),
        SchemaField("sign_off", .boolean, "whether commits carry a `Signed-off-by` line (true)"),
    ])

    private static let command = ObjectSchema([
        SchemaField(
            "run", .list(.string(.word), minimum: 1), required: true, "an argument vector, without a shell"),
        SchemaField("timeout", .duration(1000...86_400_000, step: 1000), "how long it may take (30m)"),
    ])

    /// Nil where the file is silent.
    static func settings(_ node: ConfigurationNode?) -> LoopSettings? {
        guard let node, node.isMapping else { return nil }
        func seconds(_ key: String) -> Int? { node[key]?.milliseconds.map { $0 / 1000 } }
        var settings = LoopSettings()
        settings.branch = node["branch"]?.text ?? settings.branch
        settings.protectedBranches = node["protected_branches"]?.texts ?? settings.protectedBranches
        settings.allow = node["allow"]?.texts ?? []
        settings.deny = node["deny"]?.texts ?? []
        settings.maxFiles = node["max_files"]?.integer ?? settings.maxFiles
        settings.maxLines = node["max_lines"]?.integer ?? settings.maxLines
        settings.fixTimeoutSeconds = seconds("fix_timeout") ?? settings.fixTimeoutSeconds
        settings.beforeDeploy = (node["before_deploy"]?.elements ?? []).compactMap(command)
        settings.maxIterations = node["max_iterations"]?.integer ?? settings.maxIterations
        settings.deadlineSeconds = seconds("deadline") ?? settings.deadlineSeconds
        settings.maxCost = node["max_cost"]?.text.flatMap(money)
        settings.costPerIteration = node["cost_per_iteration"]?.text.flatMap(money) ?? 0
        settings.noProgress = node["no_progress"]?.integer ?? settings.noProgress
        settings.flakyReruns = node["flaky_reruns"]?.integer ?? settings.flakyReruns
        settings.readyWaitSeconds = seconds("ready_wait") ?? settings.readyWaitSeconds
        settings.signOff = node["sign_off"]?.boolean ?? true
        return settings
    }

    private static func command(_ node: ConfigurationNode) -> LoopSettings.Command? {
        if let text = node.text { return LoopSettings.Command(arguments: ["/bin/sh", "-c", text]) }
        guard let arguments = node["run"]?.texts else { return nil }
        return LoopSettings.Command(
            arguments: arguments, timeoutSeconds: node["timeout"]?.milliseconds.map { $0 / 1000 } ?? 1800)
    }

    /// Digits with at most one point: nothing that a YAML file could mean as money is spelled otherwise.
    private static func money(_ text: String) -> Double? {
        guard text.wholeMatch(of: /[0-9]{1,9}(\.[0-9]{1,6})?/) != nil else { return nil }
        return Double(text)
    }

    static func findings(in root: ConfigurationNode) -> [Finding] {
        var findings: [Finding] = []
        for key in ["max_cost", "cost_per_iteration"] {
            guard let written = root.node(at: ["loop", key]), let text = written.text, money(text) == nil else {
                continue
            }
            findings.append(
                Finding(
                    about: written, path: "loop.\(key)",
                    message: "`\(key)` is \(text.quotedForMessage), expected an amount of US dollars",
                    hint: "for example `2.50`"))
        }
        if let written = root.node(at: ["loop", "branch"]), let text = written.text, !isBranch(text) {
            findings.append(
                Finding(
                    about: written, path: "loop.branch",
                    message: "`branch` is \(text.quotedForMessage), expected the name of a branch",
                    hint: "for example `loop/{run}`"))
        }
        return findings
    }

    /// What git-check-ref-format(1) takes, of the letters that everybody can type.
    private static func isBranch(_ text: String) -> Bool {
        let parts = text.replacing("{run}", with: "r").split(separator: "/", omittingEmptySubsequences: false)
        return !text.contains("..")
            && parts.allSatisfy { part in
                part.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.-]*/) != nil && !part.hasSuffix(".lock")
                    && !part.hasSuffix(".")
            }
    }
}
