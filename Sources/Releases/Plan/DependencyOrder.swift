package import Configuration

/// Services so ordered that each comes after what it depends on.
package enum DependencyOrder {
    /// A cycle, which Configuration refuses, leaves its members in file order at the end.
    package static func sorted(_ services: [Service]) -> [Service] {
        var rest = services
        var done: Set<String> = []
        var result: [Service] = []
        let known = Set(services.map(\.name))
        while !rest.isEmpty {
            let ready = rest.filter { $0.dependsOn.allSatisfy { done.contains($0) || !known.contains($0) } }
            guard !ready.isEmpty else { return result + rest }
            result += ready
            done.formUnion(ready.map(\.name))
            rest.removeAll { done.contains($0.name) }
        }
        return result
    }
}
