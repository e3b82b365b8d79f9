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

    /// From Cloud Run's own full name; nil for what is not one.
    package init?(_ fullName: String) {
        let parts = fullName.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "projects", parts[2] == "locations", parts[4] == "services",
            parts.allSatisfy({ !$0.isEmpty })
        else { return nil }
        self.init(project: parts[1], region: parts[3], name: parts[5])
    }

    /// Cloud Run's own full name, as its API paths use it.
    package var description: String { "projects/\(project)/locations/\(region)/services/\(name)" }
}
