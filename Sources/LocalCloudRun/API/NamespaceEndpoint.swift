/// The services of v1: under a namespace, which is a project without a location, or under a location.
enum NamespaceEndpoint: Hashable, Sendable {
    struct Parent: Hashable, Sendable {
        var project: String
        /// nil where the path has none; Google tells it from the host's name.
        var location: String?
    }

    case create(Parent)
    case list(Parent)
    case get(Parent, String)
    case replace(Parent, String)
    case delete(Parent, String)

    init?(method: String, parent: Parent, rest: [Substring]) {
        guard rest.first == "services", !parent.project.isEmpty, parent.location != "", rest.count <= 2 else {
            return nil
        }
        let id = rest.count == 2 ? String(rest[1]) : nil
        if id?.isEmpty == true || id?.contains(":") == true { return nil }
        switch (method, id) {
        case ("POST", nil): self = .create(parent)
        case ("GET", nil): self = .list(parent)
        case ("GET", let id?): self = .get(parent, id)
        case ("PUT", let id?): self = .replace(parent, id)
        case ("DELETE", let id?): self = .delete(parent, id)
        default: return nil
        }
    }

    /// `/apis/serving.knative.dev/v1/namespaces/P/services` and `/v1/projects/P/locations/L/services`.
    init?(method: String, path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let words = Array(parts)
        if words.count >= 6, words[..<4] == ["apis", "serving.knative.dev", "v1", "namespaces"] {
            self.init(
                method: method, parent: Parent(project: String(words[4]), location: nil), rest: Array(words[5...]))
        } else if words.count >= 6, words[0] == "v1", words[1] == "projects", words[3] == "locations" {
            self.init(
                method: method, parent: Parent(project: String(words[2]), location: String(words[4])),
                rest: Array(words[5...]))
        } else {
            return nil
        }
    }
}
