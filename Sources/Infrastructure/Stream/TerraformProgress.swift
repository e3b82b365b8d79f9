/// How far an apply is, from its events. Pure: the same events give the same state. A resource is in one list at a time.
package struct TerraformProgress: Hashable, Sendable {
    package struct Running: Hashable, Sendable {
        package var address: String
        package var action: String
        package var seconds: Int
    }

    /// How many changes the plan makes; a replacement counts twice, as it does in Terraform's own stream.
    package var total: Int
    /// Addresses that are replaced: each is done when the old one is gone and the new one is there.
    private let replaced: Set<String>
    private var halves: [String: Int] = [:]
    package private(set) var done = 0
    package private(set) var failed: [String] = []
    /// What completed, in order; a replacement only when both its halves are.
    package private(set) var completed: [String] = []
    /// In the order in which they began.
    package private(set) var running: [Running] = []
    package private(set) var findings: [InfrastructureFinding] = []
    /// Terraform itself has said that it came to its end: it sums up only then.
    package private(set) var isComplete = false

    package init(total: Int, replaced: Set<String> = []) {
        self.total = total
        self.replaced = replaced
    }

    package mutating func take(_ event: TerraformEvent) {
        switch event {
        case .started(let address, let action):
            running.append(Running(address: address, action: action, seconds: 0))
        case .progressed(let address, let seconds):
            for index in running.indices where running[index].address == address { running[index].seconds = seconds }
        case .completed(let address, _):
            // What is only read is no change.
            guard finish(address)?.action != "read" else { return }
            done += 1
            halves[address, default: 0] += 1
            let isWhole = !replaced.contains(address) || halves[address] == 2
            if isWhole, !failed.contains(address), !completed.contains(address) { completed.append(address) }
        case .failed(let address, _):
            finish(address)
            completed.removeAll { $0 == address }
            if !failed.contains(address) { failed.append(address) }
        case .summary(_, _, _, let operation):
            isComplete = isComplete || operation == "apply" || operation == "destroy"
        case .finding(let finding): findings.append(finding)
        case .version, .planned, .drifted, .refreshing, .printed, .message: break
        }
    }

    @discardableResult
    private mutating func finish(_ address: String) -> Running? {
        running.firstIndex { $0.address == address }.map { running.remove(at: $0) }
    }

    /// What was under way when it ended: nobody knows how it is.
    package var cut: [String] {
        running.filter { $0.action != "read" }.map(\.address).reduce(into: []) { cut, address in
            if !failed.contains(address), !cut.contains(address) { cut.append(address) }
        }
    }

    /// `3 of 7 · google_sql_database_instance.main creating, 40 s`
    package var line: String {
        let work = running.first.map { first in
            let more = running.count > 1 ? ", and \(running.count - 1) more" : ""
            return
                " · \(first.address) \(Self.verb(first.action))\(first.seconds > 0 ? ", \(first.seconds) s" : "")\(more)"
        }
        return "\(done) of \(max(total, done))" + (work ?? "")
    }

    private static func verb(_ action: String) -> String {
        switch action {
        case "create": "creating"
        case "update": "changing"
        case "delete": "destroying"
        case "read": "reading"
        default: action
        }
    }
}
