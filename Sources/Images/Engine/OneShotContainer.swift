/// A container that runs one program to its end, and the argument vectors about it: values, nothing here runs.
package struct OneShotContainer: Hashable, Sendable {
    /// Names the process that started it, as `label=value`; what a process left behind is found by it.
    package static let ownerLabel = "stagectl.check"

    package var name: String
    package var image: String
    package var entrypoint: String?
    package var arguments: [String]
    package var environment: [String: String]
    /// What `--network` is given; nil for the engine's default.
    package var network: String?
    package var memoryBytes: Int?
    package var cpus: Double?
    package var owner: String

    package init(
        name: String, image: String, entrypoint: String? = nil, arguments: [String] = [],
        environment: [String: String] = [:], network: String? = nil, memoryBytes: Int? = nil, cpus: Double? = nil,
        owner: String = ""
    ) {
        self.name = name
        self.image = image
        self.entrypoint = entrypoint
        self.arguments = arguments
        self.environment = environment
        self.network = network
        self.memoryBytes = memoryBytes
        self.cpus = cpus
        self.owner = owner
    }

    /// `engineNeeds`: what this machine's engine wants before everything else of `run`. More processors than the
    /// machine has are refused by engines.
    package func run(
        on engine: ContainerEngine, engineNeeds: [String] = [], processors: Int = .max
    ) -> [String] {
        var words = ["run"] + engineNeeds + ["--pull", "never", "--name", name]
        words += ["--label", "\(Self.ownerLabel)=\(owner)"]
        if let network { words += ["--network", network] }
        if let memoryBytes {
            // The same number for both: no swap, so that the limit is one.
            words += ["--memory", "\(memoryBytes)", "--memory-swap", "\(memoryBytes)"]
        }
        if let cpus {
            let thousandths = Int((min(cpus, Double(processors)) * 1000).rounded())
            words += ["--cpus", "\(thousandths / 1000).\(String(thousandths % 1000 + 1000).dropFirst())"]
        }
        words += ["--env-file", "/dev/stdin"]
        for name in variablesByName.keys.sorted() { words += ["--env", name] }
        if let entrypoint { words += ["--entrypoint", entrypoint] }
        return EngineArguments(engine).command(words + [image] + arguments)
    }

    /// Of `--env-file`: a line for each variable, as both engines read it. Values never stand in an argument, which
    /// everybody on this machine can read.
    package var environmentFile: String {
        environment.filter { variablesByName[$0.key] == nil }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)\n" }.joined()
    }

    /// What no such line can hold: engines take the value from their own environment where `--env` gives a name alone.
    package var variablesByName: [String: String] {
        environment.filter { name, value in
            // Docker reads lines of at most 64 KiB (Go's bufio.MaxScanTokenSize).
            name.hasPrefix("#") || name.contains(where: \.isWhitespace) || name.utf8.count + value.utf8.count > 32 << 10
                || value.utf8.contains { $0 == 10 || $0 == 13 }
        }
    }

    /// One line: whether it was killed for its memory, its image's id, and when it started (year 1 when it never did).
    package func inspect(on engine: ContainerEngine) -> [String] {
        EngineArguments(engine).command([
            "inspect", "--type", "container", "--format", "{{.State.OOMKilled}} {{.Image}} {{.State.StartedAt}}", name,
        ])
    }

    package func remove(on engine: ContainerEngine) -> [String] {
        Self.remove([name], on: engine)
    }

    package static func remove(_ containers: [String], on engine: ContainerEngine) -> [String] {
        // Podman waits ten seconds for a program that ignores SIGTERM; whoever removes by force has waited already.
        let atOnce = engine.dialect == .podman ? ["--time", "0"] : []
        return EngineArguments(engine).command(["rm", "--force", "--volumes"] + atOnce + containers)
    }

    /// One line for each container of a check: its id and its owner.
    package static func list(on engine: ContainerEngine) -> [String] {
        let label = engine.dialect == .podman ? "index .Labels" : ".Label"
        return EngineArguments(engine).command([
            "ps", "--all", "--no-trunc", "--filter", "label=\(ownerLabel)", "--format",
            "{{.ID}} {{\(label) \"\(ownerLabel)\"}}",
        ])
    }
}
