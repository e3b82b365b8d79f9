import JSON

/// One container of a task.
struct TaskContainer: Hashable, Sendable {
    var name: String
    /// Its place in the template.
    var index: Int
    var document: JSONValue
    /// Names of containers that must be up before this one starts.
    var dependsOn: [String]
    var startup: Probe?
    /// The task ends when it ends.
    var isMain: Bool

    var image: String { document["image"]?.string ?? "" }
    var mounts: [ContainerBlueprint.Mount] { ContainerBlueprint.Mount.all(of: document) }

    /// In the order in which they start. The main container is the first on which no other one depends: a sidecar is
    /// there for somebody.
    static func all(_ containers: [JSONValue]) -> [Self] {
        let needed = Set(containers.flatMap { ($0["dependsOn"]?.array ?? []).compactMap(\.string) })
        let main = containers.firstIndex { !needed.contains($0["name"]?.string ?? "") } ?? 0
        return (StartOrder.of(containers) ?? Array(containers.indices)).map { index in
            let document = containers[index]
            return Self(
                name: document["name"]?.string ?? "", index: index, document: document,
                dependsOn: (document["dependsOn"]?.array ?? []).compactMap(\.string),
                startup: Probe(
                    document["startupProbe"], role: .startup, containerPort: InstanceSpecification.noPort),
                isMain: index == main)
        }
    }
}
