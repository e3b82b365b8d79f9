package import Verification

/// A check by its name, where it was run.
package struct CheckReference: Codable, Hashable, Sendable {
    package var suite: String
    package var id: String
    package var service: String
    package var region: String?
    package var priority: Priority
    package var status: CheckStatus

    package init(
        suite: String, id: String, service: String, region: String? = nil, priority: Priority, status: CheckStatus
    ) {
        self.suite = suite
        self.id = id
        self.service = service
        self.region = region
        self.priority = priority
        self.status = status
    }

    package init(_ check: FailedCheck) {
        self.init(
            suite: check.suite, id: check.id, service: check.service, region: check.region, priority: check.priority,
            status: check.status)
    }

    package init(_ check: IdleCheck) {
        self.init(
            suite: check.suite, id: check.id, service: check.service, priority: check.priority, status: check.status)
    }

    package var name: String { "\(suite)/\(id)" }
}
