/// How far an apply is, from its events. Pure: the same events give the same state.
package struct TerraformProgress: Hashable, Sendable {
    package struct Running: Hashable, Sendable {
        package var address: String
        package var action: String
        package var seconds: Int
    }

    /// How many resources the plan touches; a replacement counts twice, as it does in Terraform's own stream.
    package var total: Int
    package private(set) var done = 0
    package private(set) var failed: [String] = []
    /// What completed, in order; a replacement only when the new one is there.
    package private(set) var completed: [String] = []
    /// In the order in which they began.
    package private(set) var running: [Running] = []
    package private(set) var findings: [InfrastructureFinding] = []

    package init(total: Int) {
        self.total = total
    }

    package mutating func take(_ event: TerraformEvent) {
        switch event {
        case .started(let address, let action):
            running.append(Running(address: address, action: action, seconds: 0))
        case .progressed(let address, let seconds):
            for index in running.indices where running[index].address == address { running[index].seconds = seconds }
        case .completed(let address, _):
            finish(address)
            done += 1
            completed.append(address)
        case .failed(let address, _):
            finish(address)
            failed.append(address)
        case .finding(let finding): findings.append(finding)
        case .version, .planned, .drifted, .refreshing, .printed, .summary, .message: break
        }
    }

    private mutating func finish(_ address: String) {
        if let index = running.firstIndex(where: { $0.address == address }) { running.remove(at: index) }
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
