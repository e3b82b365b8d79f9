/// Runs an image once, and removes what it ran, however that ended.
package protocol ContainerProbe: Sendable {
    func run(_ request: ContainerProbeRequest) async -> ContainerProbeOutcome
}

package struct ContainerProbeRequest: Hashable, Sendable {
    package enum Network: String, Hashable, Sendable, CaseIterable {
        /// This machine's own: what listens on loopback is reached.
        case host
        /// The engine's default.
        case bridge
        case none

        /// What `--network` is given; nil for what the engine does by itself.
        package var engineName: String? { self == .bridge ? nil : rawValue }
    }

    package var image: String
    /// Instead of the image's own.
    package var entrypoint: String?
    package var arguments: [String]
    /// No value of it may reach an argument vector, which everybody on this machine can read.
    package var environment: [String: String]
    package var network: Network
    package var memoryBytes: Int?
    package var cpus: Double?
    /// Of the run alone: an image that is not there is fetched before.
    package var timeoutMilliseconds: Int

    package init(
        image: String, entrypoint: String? = nil, arguments: [String] = [], environment: [String: String] = [:],
        network: Network = .bridge, memoryBytes: Int? = nil, cpus: Double? = nil, timeoutMilliseconds: Int = 300_000
    ) {
        self.image = image
        self.entrypoint = entrypoint
        self.arguments = arguments
        self.environment = environment
        self.network = network
        self.memoryBytes = memoryBytes
        self.cpus = cpus
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

package enum ContainerProbeOutcome: Hashable, Sendable {
    case ended(ContainerEnding)
    case notRun(ContainerProblem)
}

package struct ContainerEnding: Hashable, Sendable {
    package var program: CommandEnding
    /// The engine's own id of the image that ran.
    package var imageID: String?
    package var exceededMemory: Bool

    package init(_ program: CommandEnding, imageID: String? = nil, exceededMemory: Bool = false) {
        self.program = program
        self.imageID = imageID
        self.exceededMemory = exceededMemory
    }
}

/// Why there is no ending.
package enum ContainerProblem: Hashable, Sendable {
    /// No engine of this machine answers; what was tried.
    case noEngine(tried: [String], reason: String)
    /// The image is neither here nor can it be fetched; the engine's own words.
    case noImage(reason: String)
    /// The engine has the image and could not start a program of it.
    case notStarted(engine: String, reason: String)
    /// Ended and removed by this program.
    case timedOut(milliseconds: Double)
    case cancelled
}
