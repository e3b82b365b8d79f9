/// What is run or told at named moments of a release.
package struct Hook: Codable, Hashable, Sendable {
    package enum Moment: String, Codable, Hashable, Sendable, CaseIterable {
        /// After the lock, before anything of the service is changed.
        case beforeCandidate = "before-candidate"
        /// After the gates, before the candidate's first share.
        case beforeTraffic = "before-traffic"
        /// When the candidate has all traffic and answers; the way back is still open.
        case afterTraffic = "after-traffic"
        case onPromoted = "on-promoted"
        case onHeld = "on-held"
        case onRolledBack = "on-rolled-back"
        case onFailed = "on-failed"
        case onNeedsAttention = "on-needs-attention"

        /// Whether the release waits for it; the others come when the outcome is recorded.
        package var isStep: Bool {
            switch self {
            case .beforeCandidate, .beforeTraffic, .afterTraffic: true
            case .onPromoted, .onHeld, .onRolledBack, .onFailed, .onNeedsAttention: false
            }
        }
    }

    package enum Effect: Codable, Hashable, Sendable {
        /// An argument vector.
        case command([String])
        case webhook(Webhook)
    }

    /// Unique in its environment or service; a service's own replaces the environment's of the same name.
    package var name: String
    package var moments: [Moment]
    package var effect: Effect
    /// Where a command runs, relative to the folder that holds `environments/`.
    package var folder: String
    package var environment: [HookVariable]
    package var timeoutSeconds: Int
    /// Its failure is the release's; else a warning.
    package var isRequired: Bool
    /// It may be run again when nobody knows whether it has run.
    package var isIdempotent: Bool

    package init(
        name: String, moments: [Moment], effect: Effect, folder: String = ".", environment: [HookVariable] = [],
        timeoutSeconds: Int = 60, isRequired: Bool = true, isIdempotent: Bool = false
    ) {
        self.name = name
        self.moments = moments
        self.effect = effect
        self.folder = folder
        self.environment = environment
        self.timeoutSeconds = timeoutSeconds
        self.isRequired = isRequired
        self.isIdempotent = isIdempotent
    }
}

package struct HookVariable: Codable, Hashable, Sendable {
    package enum Value: Codable, Hashable, Sendable {
        case literal(String)
        case reference(SecretReference)
    }

    package var name: String
    package var value: Value

    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}

/// Where a release is told to.
package struct Webhook: Codable, Hashable, Sendable {
    package enum Format: String, Codable, Hashable, Sendable, CaseIterable {
        /// `text` and `blocks`, as Slack's incoming webhooks and those that imitate them take it.
        case slack
        /// The release document.
        case stagectl
    }

    /// Whoever has the URL may post there: it is a secret.
    package var url: SecretReference
    package var format: Format

    package init(url: SecretReference, format: Format = .slack) {
        self.url = url
        self.format = format
    }
}

/// A value that is read when it is needed, and nowhere written down.
package enum SecretReference: Codable, Hashable, Sendable {
    /// An environment variable of whoever runs stagectl.
    case environment(String)
    /// A file, absolute or relative to the folder that holds `environments/`.
    case file(String)
    /// Of Secret Manager: its name, or `projects/PROJECT/secrets/NAME`.
    case secret(name: String, version: String)
}
