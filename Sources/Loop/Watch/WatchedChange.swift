/// What a change of the source can have broken or mended, so that it is asked first: whoever saves a file waits for that.
/// Pure.
package struct WatchedChange: Hashable, Sendable {
    /// Checks that failed before it.
    package let failing: [CheckReference]
    private let affected: Set<String>

    /// - Parameters:
    ///   - deployed: services that are deployed for it.
    ///   - dependencies: of each service, the services that it depends on.
    package init(of deployed: Set<String>, failing: [CheckReference], dependencies: [String: [String]]) {
        self.failing = failing
        var affected = deployed
        var isGrowing = true
        while isGrowing {
            let further = dependencies.filter { service, needed in
                !affected.contains(service) && needed.contains(where: affected.contains)
            }.keys
            affected.formUnion(further)
            isGrowing = !further.isEmpty
        }
        self.affected = affected.union(failing.map(\.service))
    }

    /// Whether the service is deployed, depends on one that is (through others too), or failed before.
    package func affects(_ service: String) -> Bool { affected.contains(service) }

    /// `SUITE/ID`, of one service.
    package func failing(of service: String) -> [String] {
        failing.filter { $0.service == service }.map(\.name)
    }
}
