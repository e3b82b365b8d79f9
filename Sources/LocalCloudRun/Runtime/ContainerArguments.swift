/// The engine's argument vectors, as values: no program name, no effect. Values of variables never stand here, as
/// every user of the machine can read a command line.
struct ContainerArguments: Sendable {
    var engine: ContainerEngine
    /// Put before everything else of `run`.
    var extraRunArguments: [String] = []
    /// More than the machine has is refused by the engine.
    var processors: Int

    static let ownerLabel = "stagectl.owner"

    /// The variables come as a file on standard input. `publishes` where the server cannot reach the container's own
    /// address.
    func run(
        _ specification: InstanceSpecification, reference: String, gateway: String?, publishes: Bool
    ) -> [String] {
        var arguments = ["run"] + extraRunArguments
        arguments += ["--detach", "--pull", "never", "--name", Self.name(of: specification)]
        let labels = [
            (Self.ownerLabel, specification.owner), ("stagectl.service", specification.service),
            ("stagectl.revision", specification.revision), ("stagectl.instance", specification.instance),
        ]
        for (name, value) in labels { arguments += ["--label", "\(name)=\(value)"] }
        arguments += network(of: specification, gateway: gateway, publishes: publishes)
        if let bytes = specification.memory.flatMap(ResourceQuantity.bytes) {
            arguments += ["--memory", String(bytes)]
        }
        if let cpu = specification.cpu.flatMap(ResourceQuantity.milliProcessors) {
            let allowed = min(cpu, processors * 1000)
            let thousandths = String(allowed % 1000 + 1000).dropFirst()
            arguments += ["--cpus", "\(allowed / 1000).\(thousandths)"]
        }
        for mount in specification.mounts { arguments += ["--mount", Self.value(of: mount)] }
        if let folder = specification.workingDirectory { arguments += ["--workdir", folder] }
        arguments += ["--env-file", "/dev/stdin"]
        if let entry = specification.command.first { arguments += ["--entrypoint", entry] }
        return arguments + [reference] + specification.command.dropFirst() + specification.arguments
    }

    /// Engines refuse ports and host names for a container in the network of another, which has them.
    private func network(of specification: InstanceSpecification, gateway: String?, publishes: Bool) -> [String] {
        if let other = specification.network { return ["--network", "container:\(other.id)"] }
        var arguments: [String] = []
        if publishes {
            for port in [specification.port] + specification.probedPorts where port != InstanceSpecification.noPort {
                arguments += ["--publish", "127.0.0.1::\(port)"]
            }
        }
        if let address = engine.hostAddress(gateway: gateway) {
            for host in specification.hostNames { arguments += ["--add-host", "\(host):\(address)"] }
        }
        return arguments
    }

    /// Both engines read the value as a line of CSV.
    private static func value(of mount: VolumeMount) -> String {
        var fields: [String]
        switch mount.source {
        case .folder(let path): fields = ["type=bind", "source=\(path)\(mount.subPath.map { "/" + $0 } ?? "")"]
        case .memory(let name): fields = ["type=volume", "source=\(name)"]
        }
        fields.append("target=\(mount.path)")
        if mount.isReadOnly { fields.append("readonly") }
        return fields.map { field in
            guard field.contains(where: { $0 == "," || $0 == "\"" }) else { return field }
            return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                + "\""
        }.joined(separator: ",")
    }

    func makeMemoryVolume(_ name: String, bytes: Int?, owner: String) -> [String] {
        // Podman takes `size` for a quota of the disk below and refuses it; tmpfs counts in pages as well (tmpfs(5)).
        let size = bytes.map { engine == .podman ? ",nr_blocks=\(($0 + 4095) / 4096)" : ",size=\($0)" } ?? ""
        return [
            "volume", "create", "--label", "\(Self.ownerLabel)=\(owner)", "--driver", "local",
            "--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=mode=1777\(size)", name,
        ]
    }

    func removeVolumes(_ names: [String]) -> [String] { ["volume", "rm", "--force"] + names }

    func listVolumes(owner: String) -> [String] {
        ["volume", "ls", "--quiet", "--filter", "label=\(Self.ownerLabel)=\(owner)"]
    }

    /// Its own address on the engine's network; empty when it has ended already.
    func address(_ container: String) -> [String] {
        ["inspect", "--type", "container", "--format", "{{.NetworkSettings.IPAddress}}", container]
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
    func ports(_ container: String) -> [String] { ["port", container] }
    func logs(_ container: String) -> [String] { ["logs", "--follow", container] }
    func writtenLogs(_ container: String) -> [String] { ["logs", container] }
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

    /// Published ports by the container's own, from lines such as `8080/tcp -> 127.0.0.1:32768`.
    static func mappedPorts(_ output: String) -> [Int: Int] {
        var result: [Int: Int] = [:]
        for line in output.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, let inside = words[0].split(separator: "/").first.flatMap({ Int($0) }),
                let outside = words[2].split(separator: ":").last.flatMap({ Int($0) })
            else { continue }
            if result[inside] == nil { result[inside] = outside }
        }
        return result
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
