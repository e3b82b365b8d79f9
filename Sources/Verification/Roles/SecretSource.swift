/// Looks up the secrets that a suite names. Nil means that there is none.
package protocol SecretSource: Sendable {
    func value(of reference: SecretReference) async -> String?
}

/// A secret by reference; its value never is part of a suite, except a default for systems without real secrets.
package struct SecretReference: Hashable, Sendable {
    package var environmentVariable: String
    package var fallback: String?

    package init(environmentVariable: String, fallback: String? = nil) {
        self.environmentVariable = environmentVariable
        self.fallback = fallback
    }
}

/// Secrets from a set of environment variables.
package struct EnvironmentSecretSource: SecretSource {
    private let variables: [String: String]

    package init(_ variables: [String: String]) {
        self.variables = variables
    }

    package func value(of reference: SecretReference) async -> String? {
        // An empty variable is what CI systems make of a secret that is not set.
        if let value = variables[reference.environmentVariable], !value.isEmpty { return value }
        return reference.fallback
    }
}
