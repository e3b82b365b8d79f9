/// A service is its project, region and name together (product words: "with its region it is one identity").
package struct ServiceIdentity: Hashable, Codable, Sendable, CustomStringConvertible {
    package var project: String
    package var region: String
    package var name: String

    package init(project: String, region: String, name: String) {
        self.project = project
        self.region = region
        self.name = name
    }

    /// Cloud Run's own full name, as its API paths use it.
    package var description: String { "projects/\(project)/locations/\(region)/services/\(name)" }
}
