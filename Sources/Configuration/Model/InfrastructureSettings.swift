package import JSON

/// The Terraform (or OpenTofu) root of an environment.
package struct InfrastructureSettings: Codable, Hashable, Sendable {
    package enum Tool: String, Codable, Hashable, Sendable, CaseIterable {
        case terraform, tofu
    }

    package var tool: Tool
    /// The root module's folder, relative to the folder that holds `environments/`.
    package var root: String
    /// What `-backend-config` is given.
    package var backend: [String: String]
    /// Values of the root's variables: texts, which Terraform converts, and lists and objects of them.
    package var variables: [String: JSONValue]
    /// Files of variables, relative to the folder that holds `environments/`; later ones win, and `variables` over all.
    package var variableFiles: [String]
    /// A folder that several roots share for providers, relative to the folder that holds `environments/`.
    package var pluginCache: String?
    /// How long a state lock that somebody holds is waited for, in seconds.
    package var lockTimeoutSeconds: Int
    /// How long an interrupted apply may take to come to its end before it is killed, in seconds.
    package var interruptGraceSeconds: Int
    /// A release is refused while the plan is not empty.
    package var requiresCleanPlan: Bool

    package init(
        tool: Tool = .terraform, root: String, backend: [String: String] = [:], variables: [String: JSONValue] = [:],
        variableFiles: [String] = [], pluginCache: String? = nil, lockTimeoutSeconds: Int = 60,
        interruptGraceSeconds: Int = 300, requiresCleanPlan: Bool = false
    ) {
        self.tool = tool
        self.root = root
        self.backend = backend
        self.variables = variables
        self.variableFiles = variableFiles
        self.pluginCache = pluginCache
        self.lockTimeoutSeconds = lockTimeoutSeconds
        self.interruptGraceSeconds = interruptGraceSeconds
        self.requiresCleanPlan = requiresCleanPlan
    }
}
