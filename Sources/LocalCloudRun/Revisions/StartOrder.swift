import JSON

/// The order in which the containers of an instance start: each after what it depends on, otherwise as written.
enum StartOrder {
    /// Positions in `containers`; nil when `dependsOn` has a cycle. Names that do not exist count as started.
    static func of(_ containers: [JSONValue]) -> [Int]? {
        let names = containers.map { $0["name"]?.string ?? "" }
        let needs = containers.map { container in
            Set((container["dependsOn"]?.array ?? []).compactMap(\.string)).intersection(names)
        }
        var started: Set<String> = []
        var order: [Int] = []
        while order.count < containers.count {
            let next = containers.indices.first { !order.contains($0) && needs[$0].isSubset(of: started) }
            guard let next else { return nil }
            order.append(next)
            started.insert(names[next])
        }
        return order
    }
}
