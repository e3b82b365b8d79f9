/// What is asked of each resource to know which needs are met, in few calls.
///
/// What is granted on a project holds for everything in it (cloud.google.com/iam/docs/resource-hierarchy-access-control),
/// so that a service is asked only for what its project does not give, or cannot tell. Everything else is asked at once:
/// accounts, repositories and secrets have their own APIs, whose calls count for nobody.
package struct PermissionQuestions: Sendable {
    package typealias Answers = [GoogleResource: Inspected<Set<String>>]

    /// Sorted, without repetitions.
    package let first: [GoogleResource: [String]]
    private let services: [ServiceIdentity: Set<String>]

    package init(_ needs: [PermissionNeed]) {
        var first: [GoogleResource: Set<String>] = [:]
        var services: [ServiceIdentity: Set<String>] = [:]
        for need in needs {
            if case .service(let service) = need.resource {
                services[service, default: []].formUnion(need.permissions)
                first[.project(service.project), default: []].formUnion(need.permissions)
            } else {
                first[need.resource, default: []].formUnion(need.permissions)
            }
        }
        self.first = first.mapValues { $0.sorted() }
        self.services = services
    }

    package func second(after answers: Answers) -> [GoogleResource: [String]] {
        services.reduce(into: [:]) { questions, service in
            let open = service.value.subtracting(inherited(by: service.key, answers))
            if !open.isEmpty { questions[.service(service.key)] = open.sorted() }
        }
    }

    /// - Parameters:
    ///   - first: the answers to ``first``.
    ///   - second: the answers to ``second(after:)``.
    package func merged(_ first: Answers, _ second: Answers) -> Answers {
        var answers = first.merging(second) { $1 }
        for service in services.keys {
            let inherited = inherited(by: service, first)
            switch second[.service(service)] {
            case .found(let own): answers[.service(service)] = .found(own.union(inherited))
            case nil: answers[.service(service)] = .found(inherited)
            case .missing, .undetermined: break
            }
        }
        return answers
    }

    private func inherited(by service: ServiceIdentity, _ answers: Answers) -> Set<String> {
        (services[service] ?? []).intersection(answers[.project(service.project)]?.value ?? [])
    }
}
