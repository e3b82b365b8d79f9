package import Configuration

/// What a look at something gave. A look that could not be made says why, and is never taken for "not there".
package enum Inspected<Value: Sendable>: Sendable {
    case found(Value)
    case missing
    case undetermined(Obstacle)

    package var value: Value? {
        if case .found(let value) = self { value } else { nil }
    }
}

extension Inspected: Equatable where Value: Equatable {}

/// Why a look could not be made.
package enum Obstacle: Hashable, Sendable {
    /// No credentials, or none that the API takes (401).
    case notAuthenticated(String)
    /// 403: whoever asks may not even look.
    case notPermitted(String)
    /// The API that would answer is switched off in the project.
    case apiDisabled(String)
    /// No answer, or one that makes no sense.
    case unreachable(String)

    package var words: String {
        switch self {
        case .notAuthenticated(let reason): "not signed in: \(reason)"
        case .notPermitted(let reason): "not permitted to look: \(reason)"
        case .apiDisabled(let name): "`\(name)`, which would tell, is not enabled"
        case .unreachable(let reason): "no answer: \(reason)"
        }
    }
}

/// One line of an IAM policy.
package struct PolicyBinding: Hashable, Sendable {
    package var role: String
    package var members: [String]
    /// It holds only under a condition, which nobody here evaluates.
    package var isConditional: Bool

    package init(role: String, members: [String], isConditional: Bool = false) {
        self.role = role
        self.members = members
        self.isConditional = isConditional
    }
}

/// Looks at a Google project without changing anything. Each look is bounded in time and throws nothing.
package protocol CloudInspection: Sendable {
    /// Which of the permissions the caller has.
    func granted(_ permissions: [String], on resource: GoogleResource) async -> Inspected<Set<String>>
    /// Which of the APIs (`run.googleapis.com`) are enabled.
    func enabled(_ apis: [String], in project: String) async -> Inspected<Set<String>>
    func projectNumber(of project: String) async -> Inspected<String>
    /// Whether the account is enabled.
    func isEnabled(account email: String) async -> Inspected<Bool>
    /// The state of a version, in the API's word: `ENABLED`, `DISABLED`, `DESTROYED`.
    func state(ofSecret name: String, version: String, project: String) async -> Inspected<String>
    func policy(of resource: GoogleResource) async -> Inspected<[PolicyBinding]>
    /// The format of what the repository holds, in the API's word: `DOCKER`.
    func format(of repository: ArtifactRepository) async -> Inspected<String>
    func network(_ use: NetworkUse) async -> Inspected<NetworkFacts>
    func database(_ instance: DatabaseInstance) async -> Inspected<DatabaseUse.Facts>
    /// Of one of Cloud Run's quotas that are counted by region (`run.googleapis.com/cpu_allocation`).
    func limits(of metric: String, in project: String) async -> Inspected<[QuotaLimit]>
}

/// Where an image's manifest is read.
package protocol ImageInspection: Sendable {
    /// Why Cloud Run would not run the image (not there, another architecture); nil where it would.
    func refusal(of image: ImageReference) async -> Inspected<Failure?>
}
