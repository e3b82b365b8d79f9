package import Loop
import Verification

/// Failures of several causes at once, with what each of them really is.
package struct LabelledBatch: Sendable {
    package struct Label: Hashable, Sendable {
        package var kind: CauseKind
        /// Different for two causes of one kind in one batch.
        package var cause: String
    }

    package var facts: CauseFacts
    /// By `SUITE/ID`.
    package var labels: [String: Label]

    package init(seed: UInt64, vocabulary: Vocabulary) {
        var maker = BatchMaker(draw: Draw(seed: seed), vocabulary: vocabulary)
        maker.make()
        facts = maker.facts
        labels = maker.labels
    }
}

private struct BatchMaker {
    var draw: Draw
    let vocabulary: Vocabulary
    var facts = CauseFacts()
    var labels: [String: LabelledBatch.Label] = [:]
    private var used: [String: Set<CauseKind>] = [:]
    private var number = 0

    private static let services = ["backend", "gateway", "orders", "chat", "billing"]
    /// What cannot be told apart in one service, whoever looks: the one explains what the other shows.
    private static let overlapping: [Set<CauseKind>] = [
        [.secretChanged, .tokenRejected],
        [.notReady, .dependencyDown, .noInstance, .memoryExceeded, .connectionRefused],
        [.callerNotInvoker, .headersMissing, .accessDenied, .tokenRejected],
        [.configurationChanged, .secretChanged], [.unhandledException, .dependencyDown, .notReady],
        [.notReady, .streamTimeout],
    ]

    init(draw: Draw, vocabulary: Vocabulary) {
        self.draw = draw
        self.vocabulary = vocabulary
    }

    mutating func make() {
        for service in Self.services {
            facts.services.append(
                ServiceFinding(service: service, isReady: true, isHealthy: true, memory: "512Mi"))
        }
        // Every release has changed something that has nothing to do with it.
        for service in Self.services where draw.number(0...1) == 0 {
            facts.changes.append(
                ChangeSinceGood(
                    service: service, since: "r\(draw.hex(6))",
                    settings: [ChangeSinceGood.Setting("env.LOG_LEVEL", "(value 1)", "(value 2)")],
                    commits: [
                        ChangeSinceGood.Commit(draw.hex(40), "Tidy up"),
                        ChangeSinceGood.Commit(draw.hex(40), "Add filters"),
                    ]))
        }
        var kinds = CauseKind.allCases.filter { vocabulary.wordings[$0] != nil || $0 == .environmentUndetected }
        for _ in 0..<draw.number(1...4) {
            let kind = kinds.remove(at: draw.number(0...(kinds.count - 1)))
            guard let service = place(for: kind) else { continue }
            add(kind, in: service)
        }
    }

    private mutating func place(for kind: CauseKind) -> String? {
        let free = Self.services.filter { service in
            let others = used[service] ?? []
            return !Self.overlapping.contains { $0.contains(kind) && !$0.isDisjoint(with: others) }
        }
        guard !free.isEmpty else { return nil }
        let service = draw.one(of: free)
        used[service, default: []].insert(kind)
        return service
    }

    private mutating func add(_ kind: CauseKind, in service: String) {
        let label = LabelledBatch.Label(kind: kind, cause: "\(kind.rawValue) \(service)")
        if kind == .environmentUndetected { return addSkips(service, label) }
        let at = facts.services.firstIndex { $0.service == service } ?? 0
        switch kind {
        case .notReady:
            facts.services[at].isReady = false
            facts.services[at].statements = ["HEALTH_CHECK_CONTAINER_ERROR"]
        case .secretChanged:
            change(service) {
                $0.secrets = [ChangeSinceGood.SecretVersion("jwt-key", usedAs: "env.SIGNING_KEY", "3", "4")]
            }
        case .configurationChanged:
            let name = vocabulary.changedSetting
            change(service) { $0.settings.append(ChangeSinceGood.Setting(name, "(value 1)", "(value 2)")) }
        default: break
        }
        let wordings = vocabulary.wordings[kind] ?? []
        let count = draw.number(2...7)
        // Two exceptions are two causes.
        let first = draw.one(of: wordings)
        for _ in 0..<count {
            let wording = kind == .unhandledException ? first : draw.one(of: wordings)
            addFailure(wording, kind, service, label)
        }
        if kind == .unhandledException { shareLogs(of: label) }
    }

    /// One exception is one line of code: its failures log the same but for what differs by request.
    private mutating func shareLogs(of label: LabelledBatch.Label) {
        let places = facts.failed.indices.filter { labels[facts.failed[$0].name] == label }
        guard let telling = places.first(where: { !facts.failed[$0].logLines.isEmpty }) else { return }
        for place in places { facts.failed[place].logLines = facts.failed[telling].logLines }
    }

    private mutating func addSkips(_ service: String, _ label: LabelledBatch.Label) {
        for _ in 0..<draw.number(3...8) {
            number += 1
            let check = IdleCheck(
                id: "t\(number)", suite: "legacy", priority: .p3, service: service, status: .skipped,
                reason: draw.fill(draw.one(of: vocabulary.skips), route: "", service: service))
            facts.idle.append(check)
            labels[check.name] = label
        }
    }

    private mutating func addFailure(
        _ wording: Wording, _ kind: CauseKind, _ service: String, _ label: LabelledBatch.Label
    ) {
        number += 1
        let isStream = kind == .streamTimeout
        let template = draw.one(of: vocabulary.routes)
        let route =
            isStream
            ? draw.one(of: ["GET /events/stream", "POST /chat/stream", "GET /feed/sse"])
            : wording.kind == "ws"
                ? draw.one(of: ["GET /ws", "GET /ws/rooms/\(draw.number(1...99))"])
                : draw.fill(template, route: "", service: service)
        var check = FailedCheck(
            id: "check-\(number)", suite: draw.one(of: ["critical", "smoke", "pytest"]),
            priority: draw.one(of: Priority.allCases), service: service,
            revision: "\(service)-0001\(draw.number(1...3))-abc",
            kind: wording.kind ?? "runner", message: "", traceID: draw.hex(32),
            milliseconds: Double(draw.number(3...28_000)))
        let usual =
            wording.closeCode.map { code in
                draw.one(of: vocabulary.closes).replacing("{code}", with: "\(code)")
            } ?? wording.status.flatMap { status in vocabulary.statuses[status].map { draw.one(of: $0) } }
        check.message = draw.fill(wording.message ?? usual ?? "failed", route: route, service: service)
        // An external runner gives its words alone, and mostly no route.
        if wording.kind != nil {
            check.httpStatus = wording.status
            check.closeCode = wording.closeCode
            check.route = route
        } else if draw.number(0...2) == 0 {
            check.route = route
        }
        let lines = draw.one(of: wording.logs)
        let noise = (0..<draw.number(0...2)).map { _ in draw.one(of: vocabulary.noise) }
        check.logLines = lines.isEmpty ? [] : (noise + lines).map { draw.fill($0, route: route, service: service) }
        settle(&check, kind, wording)
        facts.failed.append(check)
        labels[check.name] = label
    }

    /// What stagectl's own checks know of an exchange.
    private mutating func settle(_ check: inout FailedCheck, _ kind: CauseKind, _ wording: Wording) {
        guard wording.kind != nil, wording.status != nil || wording.closeCode != nil else { return }
        let isPlatform = kind == .callerNotInvoker || kind == .noInstance || kind == .memoryExceeded
        check.answeredBy = isPlatform ? .platform : .application
        check.sentHeaders = kind == .headersMissing ? ["accept"] : ["accept", "authorization"]
        if kind == .callerNotInvoker, draw.number(0...1) == 0 { check.sentHeaders = [] }
        if kind == .routeMissing, let route = check.route, draw.number(0...1) == 0 {
            facts.documentedRoutes[check.service, default: []].append(route)
        }
    }

    private mutating func change(_ service: String, _ edit: (inout ChangeSinceGood) -> Void) {
        if !facts.changes.contains(where: { $0.service == service }) {
            facts.changes.append(ChangeSinceGood(service: service, since: "r\(draw.hex(6))"))
        }
        for index in facts.changes.indices where facts.changes[index].service == service { edit(&facts.changes[index]) }
    }
}
