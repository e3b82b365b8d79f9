/// `projects/P/locations/L` and what lies under it.
struct Location: Hashable, Codable, Sendable {
    var project: String
    var location: String

    var path: String { "projects/\(project)/locations/\(location)" }

    func service(_ id: String) -> ServiceName { ServiceName(parent: self, id: id) }

    func job(_ id: String) -> JobName { JobName(parent: self, id: id) }

    /// The location, the id and the number of parts of a name that begins `projects/P/locations/L/COLLECTION/ID`.
    fileprivate static func split(_ path: String, collection: String) -> (parent: Location, id: String, count: Int)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 6, parts[0] == "projects", parts[2] == "locations", parts[4] == collection else {
            return nil
        }
        return (Location(project: parts[1], location: parts[3]), parts[5], parts.count)
    }
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
        guard let (parent, id, count) = Location.split(path, collection: "services"), count == 6 else { return nil }
        self.init(parent: parent, id: id)
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
        guard let (parent, id, _) = Location.split(path, collection: "jobs") else { return nil }
        self.init(parent: parent, id: id)
    }
}

/// The last part of a resource name.
func shortName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
