/// What Cloud Run is told about the service's container and about the instances that it is part of. Nil means Cloud Run's
/// default; plans and fingerprints of earlier versions lack what they did not know.
package struct ContainerSettings: Codable, Hashable, Sendable {
    package var port: Int
    /// Cores, as Cloud Run writes them: `1`, `2`, `500m`.
    package var cpu: String?
    /// For example `512Mi`.
    package var memory: String?
    /// Requests at once per instance.
    package var concurrency: Int?
    /// Request timeout in seconds, at most 3600.
    package var timeoutSeconds: Int?
    package var minInstances: Int?
    package var maxInstances: Int?
    package var command: [String]
    package var arguments: [String]
    package var serviceAccount: String?
    package var ingress: String?
    package var startupProbe: Probe?
    package var livenessProbe: Probe?

    // MARK: The container

    /// By which sidecars and messages name it; nil where it is alone.
    package var name: String?
    package var workingDirectory: String?
    /// Requests come as HTTP/2 without TLS (`h2c`).
    package var usesHTTP2: Bool?
    /// False: there is a processor between requests too (instance-based billing).
    package var cpuIdle: Bool?
    package var startupCPUBoost: Bool?
    package var gpu: GPUSettings?
    package var readinessProbe: Probe?
    package var mounts: [VolumeMount]?
    /// Sidecars that must be up before it starts.
    package var startsAfter: [String]?

    // MARK: The instance

    /// `gen1` or `gen2`.
    package var executionEnvironment: String?
    /// Requests of one client go to one instance, as far as that is possible.
    package var sessionAffinity: Bool?
    package var labels: [String: String]?
    /// A key of Cloud KMS that encrypts the image.
    package var encryptionKey: String?
    package var serviceMesh: String?
    package var vpc: VPCAccess?
    /// Connection names, `project:region:instance`; their sockets are below `/cloudsql`.
    package var cloudSQL: [String]?
    package var volumes: [Volume]?
    package var sidecars: [Sidecar]?

    package init(
        port: Int = 8080, cpu: String? = nil, memory: String? = nil, concurrency: Int? = nil,
        timeoutSeconds: Int? = nil, minInstances: Int? = nil, maxInstances: Int? = nil, command: [String] = [],
        arguments: [String] = [], serviceAccount: String? = nil, ingress: String? = nil, startupProbe: Probe? = nil,
        livenessProbe: Probe? = nil
    ) {
        self.port = port
        self.cpu = cpu
        self.memory = memory
        self.concurrency = concurrency
        self.timeoutSeconds = timeoutSeconds
        self.minInstances = minInstances
        self.maxInstances = maxInstances
        self.command = command
        self.arguments = arguments
        self.serviceAccount = serviceAccount
        self.ingress = ingress
        self.startupProbe = startupProbe
        self.livenessProbe = livenessProbe
    }
}

extension ContainerSettings {
    /// The name of the volume that Cloud SQL's sockets are in, which sidecars mount by it.
    package static let cloudSQLVolume = "cloudsql"
    /// Where Cloud Run puts them (v2 `VolumeMount.mountPath`).
    package static let cloudSQLPath = "/cloudsql"
}

/// A probe of Cloud Run's (v2 `Probe`): seconds everywhere, nil for Cloud Run's default.
package struct Probe: Codable, Hashable, Sendable {
    package enum Kind: Codable, Hashable, Sendable {
        case http(path: String)
        case tcp
        /// The health service of gRPC; nil asks for the server as a whole.
        case grpc(service: String?)
    }

    package var kind: Kind
    package var port: Int?
    package var initialDelaySeconds: Int?
    package var timeoutSeconds: Int?
    package var periodSeconds: Int?
    package var failureThreshold: Int?
    /// Request headers of an HTTP probe.
    package var headers: [String: String]?

    package init(
        kind: Kind, port: Int? = nil, initialDelaySeconds: Int? = nil, timeoutSeconds: Int? = nil,
        periodSeconds: Int? = nil, failureThreshold: Int? = nil, headers: [String: String]? = nil
    ) {
        self.kind = kind
        self.port = port
        self.initialDelaySeconds = initialDelaySeconds
        self.timeoutSeconds = timeoutSeconds
        self.periodSeconds = periodSeconds
        self.failureThreshold = failureThreshold
        self.headers = headers
    }
}

/// Graphics processors of an instance.
package struct GPUSettings: Codable, Hashable, Sendable {
    /// In Cloud Run's words, for example `nvidia-l4`.
    package var type: String
    package var count: Int
    /// Nil for Cloud Run's default, which is to keep some in a second zone.
    package var zonalRedundancy: Bool?

    package init(type: String, count: Int = 1, zonalRedundancy: Bool? = nil) {
        self.type = type
        self.count = count
        self.zonalRedundancy = zonalRedundancy
    }
}
