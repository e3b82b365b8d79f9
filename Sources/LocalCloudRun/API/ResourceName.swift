/// `projects/P/locations/L` and what lies under it.
struct Location: Hashable, Codable, Sendable {
    var project: String
    var location: String

    var path: String { "projects/\(project)/locations/\(location)" }

    func service(_ id: String) -> ServiceName { ServiceName(parent: self, id: id) }

    func job(_ id: String) -> JobName { JobName(parent: self, id: id) }
}

struct ServiceName: Hashable, Codable, Sendable {
    var parent: Location
    var id: String

    var path: String { "\(parent.path)/services/\(id)" }

    func revision(_ id: String) -> String { "\(path)/revisions/\(id)" }

    init(parent: Location, id: String) {
        self.parent = parent
        self.id = id
    }

    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "projects", parts[2] == "locations", parts[4] == "services" else {
            return nil
        }
        self.init(parent: Location(project: parts[1], location: parts[3]), id: parts[5])
    }
}

struct JobName: Hashable, Codable, Sendable {
    var parent: Location
    var id: String

    var path: String { "\(parent.path)/jobs/\(id)" }

    func execution(_ id: String) -> String { "\(path)/executions/\(id)" }

    init(parent: Location, id: String) {
        self.parent = parent
        self.id = id
    }

    /// From its own name, or from that of something that lies under it.
    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 6, parts[0] == "projects", parts[2] == "locations", parts[4] == "jobs" else { return nil }
        self.init(parent: Location(project: parts[1], location: parts[3]), id: parts[5])
    }
}

/// The last part of a resource name.
func shortName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
