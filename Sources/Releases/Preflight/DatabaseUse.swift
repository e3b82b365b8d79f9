package import Configuration

/// A Cloud SQL instance that a new revision has the socket of.
package struct DatabaseUse: Hashable, Sendable {
    /// What was seen of an instance.
    package struct Facts: Hashable, Sendable {
        /// In the API's word: `RUNNABLE`.
        package var state: String
        package var connectionName: String?
        /// Its owner has stopped it (`activationPolicy` is `NEVER`).
        package var isStopped: Bool

        package init(state: String, connectionName: String? = nil, isStopped: Bool = false) {
            self.state = state
            self.connectionName = connectionName
            self.isStopped = isStopped
        }
    }

    package var instance: DatabaseInstance

    package init(_ instance: DatabaseInstance) {
        self.instance = instance
    }

    package static func of(_ settings: ContainerSettings) -> [DatabaseUse] {
        (settings.cloudSQL ?? []).compactMap { DatabaseInstance($0).map(DatabaseUse.init) }
    }

    private var words: String { "Cloud SQL instance `\(instance.connectionName)`" }

    package func existence(_ facts: Inspected<Facts>) -> PreflightFinding {
        let id = "database:\(instance.connectionName)"
        func problem(_ what: String, _ why: String, _ command: [String]) -> PreflightFinding {
            PreflightFinding(
                id, .problem, .configuration, what: what, why: why,
                command: ShellWord.line(["gcloud", "sql"] + command)
            )
        }
        let describe = ["instances", "describe", instance.name, "--project", instance.project]
        switch facts {
        case .found(let facts) where (facts.connectionName ?? instance.connectionName) != instance.connectionName:
            return problem(
                "\(words) is called otherwise", "its connection name is `\(facts.connectionName ?? "")`", describe)
        case .found(let facts) where facts.isStopped:
            return problem(
                "\(words) is stopped", "nobody answers at its socket",
                ["instances", "patch", instance.name, "--activation-policy", "ALWAYS", "--project", instance.project])
        case .found(let facts):
            switch facts.state {
            case "RUNNABLE": return PreflightFinding(id, .ok, .configuration, what: "\(words) runs")
            case "MAINTENANCE", "ONLINE_MAINTENANCE", "REPAIRING":
                return PreflightFinding(
                    id, .warning, .configuration, what: "\(words) is being worked on",
                    why: "its state is `\(facts.state)`")
            case "SUSPENDED", "PENDING_DELETE", "PENDING_CREATE", "FAILED":
                return problem("\(words) does not run", "its state is `\(facts.state)`", describe)
            default:
                return PreflightFinding(
                    id, .unknown, .configuration, what: "whether \(words) runs is not known",
                    why: "its state is `\(facts.state)`")
            }
        case .missing:
            return problem(
                "\(words) does not exist", "nobody answers at its socket",
                ["instances", "list", "--project", instance.project])
        case .undetermined(let obstacle):
            return PreflightFinding(
                id, .unknown, .configuration, what: "whether \(words) exists is not known", why: obstacle.words)
        }
    }

    /// Roles that hold `cloudsql.instances.connect` (cloud.google.com/sql/docs/mysql/iam-roles).
    private static let connectingRoles: Set<String> = [
        "roles/cloudsql.client", "roles/cloudsql.editor", "roles/cloudsql.admin", "roles/editor", "roles/owner",
    ]

    /// Whether the account that the service runs as may connect. A grant may also come from a group or from above the
    /// project, so that a policy without one proves nothing.
    package func access(by account: String, policy: Inspected<[PolicyBinding]>) -> PreflightFinding {
        let id = "database-access:\(instance.project):\(account)"
        let member = PolicyMember.serviceAccount(account)
        let grants = (policy.value ?? []).contains { binding in
            Self.connectingRoles.contains(binding.role) && !binding.isConditional
                && member.policyWord.map(binding.members.contains) == true
        }
        let place = "Cloud SQL of project `\(instance.project)`"
        if grants { return PreflightFinding(id, .ok, .permission, what: "`\(account)` may connect to \(place)") }
        let why: String =
            switch policy {
            case .undetermined(let obstacle): obstacle.words
            case .missing: "the project was not found"
            case .found: "its policy does not name the account; the grant may come from a group, or from above"
            }
        return PreflightFinding(
            id, .unknown, .permission, what: "whether `\(account)` may connect to \(place) is not known", why: why,
            command: GoogleResource.project(instance.project).granting("roles/cloudsql.client", to: member))
    }
}
