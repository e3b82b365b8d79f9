/// Starts and stops the instances of revisions: as containers or as plain processes. Which one is an open name
/// (`docker`, `podman`, `process`); all of them pass the same contract tests.
package protocol Runtime: Sendable {
    /// As `STAGECTL_LOCAL_RUNTIME` names it.
    var name: String { get }

    /// Whether the engine behind it answers at all.
    func checkAvailable() async throws(RuntimeError)

    /// The address under which containers reach this machine; nil where they see it as it sees itself. The ingress
    /// must listen there too.
    func gatewayAddress() async -> String?

    /// Whether the image is there and fits this machine; called before a revision starts its first instance.
    func inspect(image: String) async throws(RuntimeError) -> ImageFacts

    /// Starts one instance and returns as soon as it runs, listening or not. Its output goes to
    /// `specification.output` line by line until it ends.
    func start(_ specification: InstanceSpecification) async throws(RuntimeError) -> RunningInstance

    /// The instance has passed its startup probe.
    func becameReady(_ instance: RunningInstance)

    /// Waits until the instance has ended and returns its exit code (128 + n for signal n).
    func waitForExit(of instance: RunningInstance) async -> Int32

    /// SIGTERM, then SIGKILL after the grace; returns when it has ended and nothing of it is left. Stopping what has
    /// ended already does nothing.
    func stop(_ instance: RunningInstance, grace: Duration) async

    /// Makes a volume in memory that the containers of an instance share; nil bytes for no limit but the machine's.
    func makeMemoryVolume(_ name: String, bytes: Int?, owner: String) async throws(RuntimeError)

    /// Removes a volume that no container uses any more; nothing when there is none.
    func removeVolume(_ name: String) async

    /// Ends and removes whatever an earlier server with the same `owner` left behind (after a kill -9).
    func removeLeftovers(owner: String) async
}

extension Runtime {
    package func checkAvailable() async throws(RuntimeError) {}

    package func gatewayAddress() async -> String? { nil }

    package func becameReady(_ instance: RunningInstance) {}

    package func makeMemoryVolume(_ name: String, bytes: Int?, owner: String) async throws(RuntimeError) {
        throw .couldNotStart(reason: "the runtime `\(self.name)` has no volumes; docker and podman have")
    }

    package func removeVolume(_ name: String) async {}
}

package enum RuntimeError: Error, Hashable, Sendable {
    case imageNotFound(String)
    /// The image is for another architecture or system than amd64/linux.
    case wrongPlatform(image: String, platform: String)
    /// The engine answered, but not with a running instance.
    case couldNotStart(reason: String)
    /// The engine does not answer.
    case unavailable(reason: String)
}

package struct ImageFacts: Hashable, Sendable {
    /// For example `amd64/linux`.
    package var platform: String

    package init(platform: String) {
        self.platform = platform
    }
}

package struct InstanceSpecification: Sendable {
    /// Marks everything that this server starts, so that it can be found again after a crash.
    package var owner: String
    package var service: String
    /// The region that the service is in; nil for a task of a job.
    package var location: String?
    package var revision: String
    /// Unique within the server; part of the container's name.
    package var instance: String
    package var image: String
    package var command: [String]
    package var arguments: [String]
    /// All variables, PORT and K_… among them.
    package var environment: [String: String]
    /// The port on which the program listens inside; `noPort` for a task of a job, which only runs to its end.
    package var port: Int
    /// As Cloud Run writes it (`1`, `500m`); nil for no limit.
    package var cpu: String?
    /// As Cloud Run writes it (`512Mi`); nil for no limit.
    package var memory: String?
    /// Host names that must lead to the machine on which the server runs (`auth.localhost`, …).
    package var hostNames: [String]
    /// nil for the image's own.
    package var workingDirectory: String?
    package var mounts: [VolumeMount] = []
    /// Shares the network of this container of the same instance, and so its address and ports; the variables name
    /// PORT where the requests go.
    package var network: RunningInstance?
    /// Other ports that probes ask; only the container whose network it is opens them.
    package var probedPorts: [Int] = []
    /// One line of output; `isError` for standard error.
    package var output: @Sendable (_ line: String, _ isError: Bool) -> Void

    package init(
        owner: String, service: String, revision: String, instance: String, image: String, command: [String] = [],
        arguments: [String] = [], environment: [String: String], port: Int, cpu: String? = nil, memory: String? = nil,
        hostNames: [String] = [], output: @escaping @Sendable (String, Bool) -> Void
    ) {
        self.owner = owner
        self.service = service
        self.revision = revision
        self.instance = instance
        self.image = image
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.port = port
        self.cpu = cpu
        self.memory = memory
        self.hostNames = hostNames
        self.output = output
    }
}

extension InstanceSpecification {
    package static let noPort = 0

    var listens: Bool { port != Self.noPort }
}

/// Something that a container finds at a path of its own.
package struct VolumeMount: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// Of this machine, absolute.
        case folder(String)
        /// A volume that `makeMemoryVolume` made.
        case memory(String)
    }

    package var source: Source
    package var path: String
    package var subPath: String?
    package var isReadOnly: Bool

    package init(source: Source, path: String, subPath: String? = nil, isReadOnly: Bool = false) {
        self.source = source
        self.path = path
        self.subPath = subPath
        self.isReadOnly = isReadOnly
    }
}

/// A container or process that was started, and where it listens as seen from the server.
package struct RunningInstance: Hashable, Sendable {
    /// The container's id, or the process id.
    package var id: String
    package var host: String
    /// For the port of the requests.
    package var port: Int
    /// For the other ports, where they have another number outside.
    package var otherPorts: [Int: Int]
    /// Connections go through a proxy of the engine, which accepts them whether or not the program listens.
    package var isProxied: Bool

    package init(id: String, host: String, port: Int, otherPorts: [Int: Int] = [:], isProxied: Bool = false) {
        self.id = id
        self.host = host
        self.port = port
        self.otherPorts = otherPorts
        self.isProxied = isProxied
    }
}
