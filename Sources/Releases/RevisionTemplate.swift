package import Configuration

/// Everything that makes a revision, with the image pinned by digest. Immutable once deployed; labels are set here
/// because a revision's labels cannot change later.
package struct RevisionTemplate: Codable, Hashable, Sendable {
    package var image: String
    package var labels: [String: String]
    package var annotations: [String: String]
    package var container: ContainerSettings
    package var environment: [EnvironmentVariable]

    package init(
        image: String, labels: [String: String], annotations: [String: String] = [:], container: ContainerSettings,
        environment: [EnvironmentVariable]
    ) {
        self.image = image
        self.labels = labels
        self.annotations = annotations
        self.container = container
        self.environment = environment
    }
}

/// An environment variable of the container, with its value or where the platform finds it.
package struct EnvironmentVariable: Codable, Hashable, Sendable {
    package enum Value: Codable, Hashable, Sendable {
        case literal(String)
        /// A Secret Manager secret and its version (a number, or `latest`).
        case secret(name: String, version: String)
    }

    package var name: String
    package var value: Value

    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}

/// The labels that stagectl puts on what it makes (values fit a label: lower case, digits, `-`, `_`, at most 63).
package enum ReleaseLabel {
    /// The run that made the revision: the key by which a step in doubt finds its own effect.
    package static let run = "stagectl-run"
    package static let commit = "stagectl-commit"
    /// `clean` or `dirty`.
    package static let tree = "stagectl-tree"
    /// Digest of source and settings: two revisions with one fingerprint are the same deployment.
    package static let fingerprint = "stagectl-fingerprint"
}

/// The annotations that a finished release leaves on the service.
package enum ReleaseAnnotation {
    package static let run = "stagectl.dev/run"
    package static let commit = "stagectl.dev/commit"
    package static let revision = "stagectl.dev/revision"

    package static let all = [run, commit, revision]
}
