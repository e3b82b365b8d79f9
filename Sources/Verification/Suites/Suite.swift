/// One file of `environments/suites/`, read and checked.
package struct Suite: Hashable, Sendable {
    package var name: String
    package var priority: Priority
    package var owner: String
    /// The part of the system that the suite is about; reports group by it.
    package var module: String?
    package var targets: [String: SuiteTargetSettings]
    /// In file order: a variable may use those before it.
    package var variables: [Variable]
    package var secrets: [String: SecretReference]
    package var inventory: Inventory?
    /// Rows of `each` are checks of their own.
    package var checks: [Check]
    package var cleanup: [Check]
    /// Checks that must fail: a suite whose control passes proves nothing.
    package var controls: [Check]
    package var policies: [Policy]
    /// Names of values that an environment may give.
    package var environmentValues: Set<String> = []

    package struct Variable: Hashable, Sendable {
        package var name: String
        package var value: Template
    }

    /// What guards against success of nothing.
    package struct Inventory: Hashable, Sendable {
        package var minimumChecks: Int
        package var maximumSkipped: Int

        package init(minimumChecks: Int = 1, maximumSkipped: Int = 0) {
            self.minimumChecks = minimumChecks
            self.maximumSkipped = maximumSkipped
        }
    }

    package init(
        name: String, priority: Priority, owner: String = "", module: String? = nil,
        targets: [String: SuiteTargetSettings] = [:], variables: [Variable] = [],
        secrets: [String: SecretReference] = [:], inventory: Inventory? = nil, checks: [Check] = [],
        cleanup: [Check] = [], controls: [Check] = [], policies: [Policy] = []
    ) {
        self.name = name
        self.priority = priority
        self.owner = owner
        self.module = module
        self.targets = targets
        self.variables = variables
        self.secrets = secrets
        self.inventory = inventory
        self.checks = checks
        self.cleanup = cleanup
        self.controls = controls
        self.policies = policies
    }
}

/// Where a check's requests go.
package struct SuiteTargetSettings: Hashable, Sendable {
    package var url: Template
    package var auth: Authentication?

    package init(url: Template, auth: Authentication? = nil) {
        self.url = url
        self.auth = auth
    }
}

/// How test traffic shows who it is.
package enum Authentication: Hashable, Sendable {
    /// The release's own identity token in `X-Serverless-Authorization`; Cloud Run takes it away before the app.
    case identityToken
    /// A JWT minted from a secret of the suite in a header of the app's.
    case jwt(TokenSettings)
    /// Nobody: without the target's credentials and without the platform's, for what must be refused.
    case anonymous
    /// A secret or any text as it is, in `Authorization: Bearer`.
    case bearer(Template)
}
