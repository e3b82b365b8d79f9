/// A container beside the service's own, in every instance; it takes no requests from outside.
package struct Sidecar: Codable, Hashable, Sendable {
    package var name: String
    /// A whole reference; what is deployed is pinned by digest.
    package var image: String
    package var command: [String]
    package var arguments: [String]
    package var workingDirectory: String?
    /// As the service's own: values may still hold `${services.NAME.url}`.
    package var environment: [ConfiguredVariable]
    package var cpu: String?
    package var memory: String?
    package var startupCPUBoost: Bool?
    package var startupProbe: Probe?
    package var livenessProbe: Probe?
    package var readinessProbe: Probe?
    package var mounts: [VolumeMount]
    /// Containers that must be up before it starts.
    package var dependsOn: [String]

    package init(
        name: String, image: String, command: [String] = [], arguments: [String] = [],
        workingDirectory: String? = nil, environment: [ConfiguredVariable] = [], cpu: String? = nil,
        memory: String? = nil, startupCPUBoost: Bool? = nil, startupProbe: Probe? = nil, livenessProbe: Probe? = nil,
        readinessProbe: Probe? = nil, mounts: [VolumeMount] = [], dependsOn: [String] = []
    ) {
        self.name = name
        self.image = image
        self.command = command
        self.arguments = arguments
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.cpu = cpu
        self.memory = memory
        self.startupCPUBoost = startupCPUBoost
        self.startupProbe = startupProbe
        self.livenessProbe = livenessProbe
        self.readinessProbe = readinessProbe
        self.mounts = mounts
        self.dependsOn = dependsOn
    }

    /// `sha256:…` where the image is pinned.
    package var digest: String? {
        image.split(separator: "@", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
    }
}
