package import Configuration

/// What an environment's file says to suites: values, where their secrets come from, and waivers.
package struct SuiteEnvironment: Sendable {
    package var name: String
    /// With the places at which they are written.
    let values: [ConfigurationEntry]
    let secrets: [ConfigurationEntry]
    let waivers: ConfigurationNode?

    /// - Parameter root: the environment's document, or what it came to with what all environments share.
    package init(name: String, root: ConfigurationNode) {
        self.name = name
        values = root["values"]?.entries ?? []
        secrets = root["secrets"]?.entries ?? []
        waivers = root["waivers"]
    }

    func value(_ name: String) -> ConfigurationNode? {
        values.first { $0.key == name }?.value
    }
}
