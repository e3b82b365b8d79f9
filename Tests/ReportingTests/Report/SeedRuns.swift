import Configuration
import Reporting
import Testing
import Verification

/// The numbers of five runs whose own reports called them ready, nearly ready, or a success.
enum SeedRun: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// 153 of 466 ran, seven failed and were waved through.
    case partOfTheIndex = "part-of-the-index"
    /// Ten modules, two of them with failures, and a service that answers 503.
    case unavailableService = "unavailable-service"
    /// 123 passed and 30 were skipped.
    case skippedModules = "skipped-modules"
    /// 23 of 1000, one of them timed out.
    case timedOut = "timed-out"
    /// 25, of which three lost their WebSocket connections.
    case lostConnections = "lost-connections"

    var testDescription: String { rawValue }

    private struct Module {
        var name: String
        var priority: Priority
        var passed: Int
        var failed = 0
        var skipped = 0
        /// Of the whole module; nil where only the run's is known.
        var seconds: Double?
    }

    private var modules: [Module] {
        let priorities: [Module] = [
            Module(name: "p2", priority: .p2, passed: 10, seconds: 23.59),
            Module(name: "p3", priority: .p3, passed: 15),
            Module(name: "p4", priority: .p4, passed: 15), Module(name: "p5", priority: .p5, passed: 15),
            Module(name: "p6", priority: .p6, passed: 15),
        ]
        switch self {
        case .partOfTheIndex:
            return [Module(name: "p1", priority: .p1, passed: 24, failed: 1)] + priorities
                + [
                    Module(name: "events", priority: .p3, passed: 2, failed: 3),
                    Module(name: "messages", priority: .p3, passed: 5),
                    Module(name: "pipeline", priority: .p3, passed: 3, failed: 3),
                ]
                + (1...7).map { Module(name: "module-\($0)", priority: .p3, passed: 6) }
        case .unavailableService:
            return [
                Module(name: "events", priority: .p1, passed: 3, failed: 2),
                Module(name: "pipeline", priority: .p1, passed: 3, failed: 3),
            ] + (1...8).map { Module(name: "module-\($0)", priority: .p1, passed: 1) }
        case .skippedModules:
            return [Module(name: "p1", priority: .p1, passed: 25, seconds: 61.65)] + priorities
                + [
                    Module(name: "core-1-5", priority: .p3, passed: 28, seconds: 53.82),
                    Module(name: "core-6-10", priority: .p3, passed: 0, skipped: 30),
                ]
        case .timedOut: return [Module(name: "p1", priority: .p1, passed: 22, failed: 1)]
        case .lostConnections: return [Module(name: "p1", priority: .p1, passed: 22, failed: 3, seconds: 2100)]
        }
    }

    /// How many tests its index lists.
    private var listed: Int {
        switch self {
        case .partOfTheIndex, .skippedModules: 466
        case .unavailableService, .timedOut: 1000
        case .lostConnections: 25
        }
    }

    private var problem: (summary: String, cause: String, milliseconds: Double) {
        switch self {
        case .partOfTheIndex, .unavailableService:
            ("the upgrade was answered with 403, wanted 101", "the service does not accept the token", 120)
        case .skippedModules: ("", "", 0)
        case .timedOut: ("no answer in time: 30 s", "the stream sends nothing before the time is over", 30_000)
        case .lostConnections: ("closed with 1011", "the handler of the connection failed", 1120)
        }
    }

    /// What the reports call performance targets: measured once, so that no bound is known.
    private var targets: [(name: String, milliseconds: Double, limit: Double)] {
        switch self {
        case .unavailableService:
            [("api", 85, 100), ("websocket", 42, 50), ("start", 380, 500), ("message", 165, 200), ("total", 872, 1000)]
        case .timedOut: [("status", 97.2, 100)]
        case .partOfTheIndex, .skippedModules, .lostConnections: []
        }
    }

    private var checks: [CheckResult] {
        var start = 1_757_200_000.0
        return modules.flatMap { module -> [CheckResult] in
            let count = module.passed + module.failed + module.skipped
            return (0..<count).map { number in
                let status: CheckStatus =
                    number < module.failed ? .failed : number < module.failed + module.skipped ? .skipped : .passed
                let share = module.seconds.map { $0 * 1000 / Double(count) } ?? 1500
                let time = status == .failed ? problem.milliseconds : status == .skipped ? 0 : share
                var evidence = Evidence(url: "https://api.example.test/\(module.name)")
                evidence.status = status == .failed ? 403 : 200
                evidence.startedAt = start
                evidence.attempts = [.init(status: evidence.status, milliseconds: time)]
                if number < targets.count, module.name == modules[0].name, status == .passed || number < module.failed {
                    evidence.samples = SampleEvidence(
                        count: 1, errors: 0,
                        percentiles: [
                            .init(percent: 95, milliseconds: targets[number].milliseconds, limit: targets[number].limit)
                        ])
                }
                start += time / 1000
                return CheckResult(
                    id: "test-\(number + 1)", suite: module.name, priority: module.priority, status: status,
                    milliseconds: time, attempts: status == .skipped ? 0 : 1,
                    evidence: status == .skipped ? Evidence() : evidence,
                    summary: status == .failed
                        ? problem.summary : status == .skipped ? "the environment was not found" : nil,
                    cause: status == .failed ? problem.cause : nil)
            }
        }
    }

    private var index: SuiteIndex {
        let known = checks.map { SuiteIndex.Entry(suite: $0.suite, id: $0.id) }
        let rest = max(0, listed - known.count)
        return SuiteIndex(entries: known + (0..<rest).map { SuiteIndex.Entry(suite: "other", id: "test-\($0 + 1)") })
    }

    /// As stagectl would have told it.
    var report: Report {
        let checks = checks
        let index = index
        let record = RunRecord(
            results: checks,
            expectations: modules.map { SuiteExpectation(suite: $0.name, minimumChecks: $0.passed + $0.failed) },
            index: index)
        var run = SuiteRun(verdict: Verdict.decide(record), results: record.effectiveResults)
        run.coverage = IndexCoverage(index: index, results: checks)
        var document = VerdictDocument(run, suites: [])
        document.suites = modules.map { module in
            let own = checks.filter { $0.suite == module.name }
            return VerdictDocument.SuiteSummary(
                suite: module.name, priority: module.priority, owner: "team", module: module.name,
                counts: VerdictCounts(own.map(\.status)), milliseconds: own.reduce(0) { $0 + $1.milliseconds })
        }
        let protects = [
            "P1": "$120K MRR", "P2": "$80K MRR", "P3": "$50K MRR", "P4": "$30K MRR", "P5": "$10K MRR", "P6": "$5K MRR",
        ]
        let evidence = RunEvidence(
            run: nil, environment: "staging", tool: "0.1.0",
            configuration: String(repeating: "c0ffee", count: 10) + "cafe",
            protects: self == .skippedModules || self == .partOfTheIndex ? protects : ["P1": "$120K MRR"], index: index,
            parts: [
                .init(
                    target: MeasuredRevision(
                        service: "backend", region: "us-central1", revision: "backend-00222-tmm",
                        digest: "sha256:" + String(repeating: "7", count: 64), commit: "0e37b561b"), verdict: document)
            ])
        var source = ReportSource(evidence: evidence, generated: "2026-01-02T03:04:05Z")
        source.verdict = document
        return Report(source)
    }
}
