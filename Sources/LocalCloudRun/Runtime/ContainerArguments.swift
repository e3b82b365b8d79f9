/// The engine's argument vectors, as values: no program name, no effect. Values of variables never stand here, as
/// every user of the machine can read a command line.
struct ContainerArguments: Sendable {
    var engine: ContainerEngine
    /// Put before everything else of `run`.
    var extraRunArguments: [String] = []
    /// More than the machine has is refused by the engine.
    var processors: Int

    static let ownerLabel = "stagectl.owner"

    /// The variables come as a file on standard input.
    func run(_ specification: InstanceSpecification, reference: String, gateway: String?) -> [String] {
        var arguments = ["run"] + extraRunArguments
        arguments += ["--detach", "--pull", "never", "--name", Self.name(of: specification)]
        let labels = [
            (Self.ownerLabel, specification.owner), ("stagectl.service", specification.service),
            ("stagectl.revision", specification.revision), ("stagectl.instance", specification.instance),
        ]
        for (name, value) in labels { arguments += ["--label", "\(name)=\(value)"] }
        arguments += ["--publish", "127.0.0.1::\(specification.port)"]
        if let bytes = specification.memory.flatMap(ResourceQuantity.bytes) {
            arguments += ["--memory", String(bytes)]
        }
        if let cpu = specification.cpu.flatMap(ResourceQuantity.milliProcessors) {
            let allowed = min(cpu, processors * 1000)
            let thousandths = String(allowed % 1000 + 1000).dropFirst()
            arguments += ["--cpus", "\(allowed / 1000).\(thousandths)"]
        }
        if let address = engine.hostAddress(gateway: gateway) {
            for host in specification.hostNames { arguments += ["--add-host", "\(host):\(address)"] }
        }
        arguments += ["--env-file", "/dev/stdin"]
        if let entry = specification.command.first { arguments += ["--entrypoint", entry] }
        return arguments + [reference] + specification.command.dropFirst() + specification.arguments
    }

    func version() -> [String] {
        switch engine {
        case .docker: ["version", "--format", "{{.Server.Version}}"]
        case .podman: ["version", "--format", "{{.Version}}"]
        }
    }

    func inspectImage(_ reference: String) -> [String] {
        ["image", "inspect", "--format", "{{.Architecture}}/{{.Os}}", reference]
    }

    func pull(_ reference: String) -> [String] { ["pull", "--quiet", reference] }
    func port(_ container: String, inside port: Int) -> [String] { ["port", container, "\(port)/tcp"] }
    func logs(_ container: String) -> [String] { ["logs", "--follow", container] }
    func wait(_ container: String) -> [String] { ["wait", container] }
    func state(_ container: String) -> [String] {
        ["inspect", "--type", "container", "--format", "{{.State.Running}} {{.State.ExitCode}}", container]
    }

    func stop(_ container: String, grace: Duration) -> [String] {
        let (seconds, rest) = grace.components
        return ["stop", "--time", String(max(0, seconds) + (rest > 0 ? 1 : 0)), container]
    }

    func remove(_ containers: [String]) -> [String] { ["rm", "--force", "--volumes"] + containers }

    func list(owner: String) -> [String] {
        ["ps", "--all", "--quiet", "--no-trunc", "--filter", "label=\(Self.ownerLabel)=\(owner)"]
    }

    /// Engines allow letters, digits, `_`, `.` and `-`.
    static func name(of specification: InstanceSpecification) -> String {
        let name = "stagectl-\(specification.owner)-\(specification.revision)-\(specification.instance)"
        return String(
            name.unicodeScalars.map { scalar in
                let isAllowed =
                    scalar.isASCII
                    && (scalar.properties.isAlphabetic || "0123456789_.-".unicodeScalars.contains(scalar))
                return isAllowed ? Character(scalar) : "-"
            })
    }

    /// The forms under which an engine may know the image, best first: an image that was not pushed is named
    /// `repository@sha256:ID` after the engine's own image id.
    static func references(of image: String) -> [String] {
        guard let at = image.lastIndex(of: "@") else { return [image] }
        return [String(image[image.index(after: at)...]), image]
    }

    /// Whether the reference says from where it can be pulled.
    static func namesRegistry(_ image: String) -> Bool {
        guard let slash = image.firstIndex(of: "/") else { return false }
        let host = image[..<slash]
        return host.contains(".") || host.contains(":") || host == "localhost"
    }

    /// The port in `127.0.0.1:32768`, the first line of the engine's answer.
    static func mappedPort(_ output: String) -> Int? {
        guard let line = output.split(whereSeparator: \.isNewline).first, let colon = line.lastIndex(of: ":") else {
            return nil
        }
        return Int(line[line.index(after: colon)...].filter { !$0.isWhitespace })
    }

    struct UnsayableVariable: Error, Hashable {
        var name: String
    }

    /// A file of `KEY=VALUE` lines as both engines read it: nothing is quoted, so no line break can be said.
    static func environmentFile(_ environment: [String: String]) throws(UnsayableVariable) -> String {
        var lines = ""
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            let isNameSayable = !name.isEmpty && !name.hasPrefix("#") && !name.contains { $0.isWhitespace || $0 == "=" }
            // By scalar: `\r\n` is one Character and neither of the two.
            let isValueSayable = !value.unicodeScalars.contains { $0 == "\n" || $0 == "\r" || $0 == "\0" }
            guard isNameSayable, isValueSayable else { throw UnsayableVariable(name: name) }
            lines += "\(name)=\(value)\n"
        }
        return lines
    }
}
