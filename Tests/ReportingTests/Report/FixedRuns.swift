import Configuration
import Releases
import Reporting
import Testing
import Verification

/// Releases whose reports are written down.
enum FixedRun: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case promoted
    case rolledBack = "rolled-back"
    case seed

    var testDescription: String { rawValue }

    var report: Report {
        switch self {
        case .promoted: FixedRelease(fails: false).report
        case .rolledBack: FixedRelease(fails: true).report
        case .seed: SeedRun.partOfTheIndex.report
        }
    }
}

/// One service, one canary, a dozen checks: everything that a report can tell of.
struct FixedRelease {
    private static let began = 1_767_322_800.0
    private static let run = "r20260102030000-abc123"

    let fails: Bool
    /// Instead of what the checks say.
    var words: String?
    var count = 12

    private var service: Service {
        var container = ContainerSettings(cpu: "2", memory: "1Gi", concurrency: 40, minInstances: 1, maxInstances: 10)
        container.cpuIdle = nil
        return Service(name: "backend", container: container)
    }

    private var plan: Plan {
        let identity = ServiceIdentity(project: "shop", region: "us-central1", name: "backend")
        let planned = PlannedService(
            placement: Placement(service: service, identity: identity, key: "backend"), decision: .deploy,
            isFirst: false,
            exists: true, baseline: "backend-00007-old", generation: 7, wasPublic: true, tag: "c-abc123",
            labels: [:], environment: [])
        let steps = Self.steps.map { id, needs in
            Step(
                "\(id):backend", service: "backend", action: .lock, needs: needs.map { "\($0):backend" },
                deadlineSeconds: 60)
        }
        return Plan(
            run: Self.run, kind: .deploy, environment: "staging", created: "2026-01-02T03:00:00.250Z",
            initiator: "ada@laptop", source: nil, services: [planned], steps: steps, digest: { $0 })
    }

    private static let steps: [(String, [String])] = [
        ("build", []), ("push", ["build"]), ("lock", []), ("candidate", ["push", "lock"]), ("ready", ["candidate"]),
        ("health", ["ready"]), ("smoke", ["health"]), ("traffic10", ["smoke"]), ("traffic100", ["traffic10"]),
        ("assert", ["traffic100"]),
    ]
    private static let seconds = [8.4, 1.2, 0.1, 2.3, 4.1, 3.0, 6.2, 1.1, 1.0, 0.4]

    private func shares(_ percent: Int) -> [TrafficShare] {
        [
            TrafficShare(revision: "backend-00007-old", percent: 100 - percent),
            TrafficShare(revision: "backend-00008-new", percent: percent, tag: "c-abc123"),
        ].filter { $0.percent > 0 }
    }

    private var entries: [JournalEntry] {
        var entries: [JournalEntry] = []
        var now = 0.0
        for (place, (id, _)) in Self.steps.enumerated() {
            if fails, id == "assert" { break }
            let step = "\(id):backend"
            entries.append(JournalEntry(time: time(now), event: .intent(step: step)))
            now += Self.seconds[place]
            var output = StepOutput()
            switch id {
            case "lock":
                output.snapshot = ServiceObservation(
                    identity: ServiceIdentity(project: "shop", region: "us-central1", name: "backend"),
                    url: "https://backend.example.test", generation: 7, observedGeneration: 7,
                    trafficStatuses: shares(0),
                    condition: Condition(state: .succeeded))
            case "candidate": output.revision = "backend-00008-new"
            case "health":
                output.health = HealthResult(
                    healthy: true,
                    samples: [3.1, 2.8, 12.5].map {
                        HealthSample(status: 200, milliseconds: $0, revision: "backend-00008-new", witness: .response)
                    })
            case "traffic10": output.traffic = shares(10)
            case "traffic100": output.traffic = shares(100)
            default: break
            }
            entries.append(
                JournalEntry(
                    time: time(now), event: .outcome(step: step, .done(output, seconds: Self.seconds[place]))))
        }
        return entries
    }

    private func time(_ seconds: Double) -> String {
        MomentText.rfc3339(milliseconds: Int64((Self.began + 0.25 + seconds) * 1000))
    }

    private var checks: [CheckResult] {
        (0..<count).map { number in
            let status: CheckStatus =
                switch number % 12 {
                case 3 where fails: .failed
                case 4 where fails: .error
                case 5: .flaky
                case 6: .waived
                case 7: .skipped
                default: .passed
                }
            var evidence = Evidence(
                url: "https://c-abc123---backend.example.test/api/items?page=\(number)",
                traceID: "4bf92f3577b34da6a3ce929d0e0e4736")
            evidence.status = status == .failed ? 503 : status == .error || status == .skipped ? nil : 200
            evidence.revision = status == .error || status == .skipped ? nil : "backend-00008-new"
            evidence.startedAt = Self.began + 19.5 + Double(number % 500) * 0.4
            let time = 4.0 * Double(1 + number % 12) * Double(1 + number % 7)
            let problem = words ?? "answered 503, wanted 200 within \(time) ms"
            evidence.attempts = [
                .init(status: evidence.status, milliseconds: time, problem: status == .passed ? nil : problem)
            ]
            if status == .flaky { evidence.attempts.append(.init(status: 200, milliseconds: 9.5)) }
            if number == 8 {
                evidence.samples = SampleEvidence(
                    count: 200, errors: 1,
                    percentiles: [
                        .init(percent: 50, milliseconds: 18, lower: 15.5, upper: 22.1, limit: 50),
                        .init(
                            percent: 95, milliseconds: fails ? 212 : 88, lower: 71, upper: fails ? 260 : 97, limit: 100),
                        .init(percent: 99, milliseconds: 180, lower: 120, upper: nil, limit: 250),
                    ])
            }
            if number == 9 { evidence.connections = ConnectionEvidence(count: 20, accepted: 20, atOnce: 20) }
            let isBad = status == .failed || status == .error
            return CheckResult(
                id: words.map { "\(number) \($0)" } ?? "item-\(number)",
                suite: number % 3 == 0 ? "critical" : "integration",
                priority: number % 3 == 0 ? .p1 : .p3, status: status, milliseconds: status == .skipped ? 0 : time,
                attempts: evidence.attempts.count, evidence: status == .skipped ? Evidence() : evidence,
                summary: status == .passed ? nil : words ?? (status == .skipped ? "needs a second region" : problem),
                cause: isBad ? words ?? "the service behind it does not answer" : nil,
                fix: isBad ? words ?? "look at the log lines of the revision" : nil,
                policy: status == .waived ? words ?? "ada, SHOP-17, until 2026-01-20" : nil)
        }
    }

    private var verdict: VerdictDocument {
        let checks = checks
        let record = RunRecord(
            results: checks,
            expectations: ["critical", "integration"].map { SuiteExpectation(suite: $0, maximumSkipped: count) })
        var run = SuiteRun(verdict: Verdict.decide(record), results: checks)
        run.notes = words.map { [$0] } ?? []
        var document = VerdictDocument(run, suites: [])
        document.suites = ["critical", "integration"].map { name in
            let own = checks.filter { $0.suite == name }
            return VerdictDocument.SuiteSummary(
                suite: name, priority: name == "critical" ? .p1 : .p3, owner: words ?? "shop-team",
                module: words ?? "orders",
                counts: VerdictCounts(own.map(\.status)), milliseconds: own.reduce(0) { $0 + $1.milliseconds })
        }
        return document
    }

    private var release: ReleaseDocument {
        let verdict = verdict
        var service = ServiceResult(service: "backend", region: "us-central1", outcome: fails ? .rolledBack : .promoted)
        service.revision = fails ? "backend-00007-old" : "backend-00008-new"
        service.previousRevision = "backend-00007-old"
        service.candidate = "backend-00008-new"
        service.image = "us-docker.pkg.dev/shop/backend@sha256:" + String(repeating: "5", count: 64)
        service.commit = String(repeating: "c0ffee", count: 6) + "beef"
        service.url = "https://backend.example.test"
        service.traffic = [
            TrafficEntry(revision: service.revision ?? "", percent: 100, tag: fails ? nil : "c-abc123")
        ]
        service.canary = CanaryFindings(
            decision: fails ? .fail : .pass, pairs: 120, answered: 120,
            metrics: [
                .init(name: "errors", worse: fails ? 31 : 0, better: 1, ties: 88, evidence: fails ? 4100 : 0.4),
                .init(name: "latency", evidence: 0.9),
            ],
            rule: words ?? (fails ? "the candidate fails more often" : "it fails no more often than what served"),
            candidate: "backend-00008-new", baseline: "backend-00007-old")
        if fails {
            service.diagnosis = Diagnosis(
                kind: "database-refused", cause: words ?? "the database refuses connections",
                fix: words ?? "allow the service's network", command: words ?? "stagectl logs backend",
                evidence: [words ?? "connection refused"], logs: [words ?? "ECONNREFUSED 10.0.0.7:5432"])
        }
        return ReleaseDocument(
            run: Self.run, kind: .deploy, environment: "staging", started: "2026-01-02T03:00:00.250Z",
            finished: "2026-01-02T03:00:28Z", initiator: words ?? "ada@laptop",
            outcome: fails ? .rolledBack : .promoted,
            services: [service],
            steps: zip(Self.steps, Self.seconds).map { step, seconds in
                StepResult(
                    id: "\(step.0):backend", status: fails && step.0 == "assert" ? .failed : .done, seconds: seconds,
                    note: step.0 == "build" ? words ?? "from 1.2 MB of source" : nil)
            },
            verdict: VerdictSummary(
                result: VerdictSummary.Result(rawValue: verdict.result.rawValue) ?? .fail, rule: words ?? verdict.rule,
                counts: verdict.counts.dictionary))
    }

    private func earlier(_ number: Int) -> ReleaseDocument {
        var release = release
        release.run = "r2026010\(number)020000-old\(number)"
        release.started = "2026-01-0\(number)T02:00:00Z"
        release.verdict = VerdictSummary(
            result: number.isMultiple(of: 2) ? .fail : .pass, rule: "earlier",
            counts: ["passed": 6 + number, "failed": 6 - number, "total": 12])
        return release
    }

    var parts: [RunEvidence.Part] {
        let verdict = verdict
        var part = RunEvidence.Part(
            target: MeasuredRevision(
                service: "backend", revision: "backend-00008-new",
                digest: "sha256:" + String(repeating: "5", count: 64),
                url: "https://c-abc123---backend.example.test"),
            verdict: verdict)
        for check in verdict.checks where check.status != .passed {
            part.reproduction["\(check.suite)/\(check.id)"] = [
                words
                    ?? "curl --include --header 'Authorization: Bearer '\"$TOKEN\" 'https://backend.example.test/api/items'"
            ]
        }
        part.verdict.policies = [
            PolicyUse(
                Policy(
                    kind: .waive, match: words ?? "item-6", owner: words ?? "ada", issue: words ?? "SHOP-17",
                    reason: words ?? "the partner's test system is down",
                    expires: CalendarDay(secondsSince1970: Int(Self.began) + 4 * 86_400)),
                suite: Suite(name: "critical", priority: .p1), uses: 1,
                today: CalendarDay(secondsSince1970: Int(Self.began)))
        ]
        return [part]
    }

    var report: Report {
        let verdict = verdict
        let entries = verdict.checks.map { SuiteIndex.Entry(suite: $0.suite, id: $0.id) }
        let more = (1...3).map { SuiteIndex.Entry(suite: words ?? "payments", id: "refund-\($0)") }
        var source = ReportSource(
            evidence: RunEvidence(
                run: Self.run, environment: "staging", tool: "0.1.0", configuration: String(repeating: "ab", count: 32),
                protects: ["P1": words ?? "$120K MRR", "P2": "$80K MRR"], index: SuiteIndex(entries: entries + more),
                parts: parts), generated: "2026-01-02T03:00:30Z")
        source.release = release
        source.plan = plan
        source.entries = self.entries
        source.earlier = [4, 3, 2, 1].map(earlier)
        source.earlierChecks = .init(
            run: "r20260104020000-old4",
            checks: verdict.checks.prefix(30).enumerated().map { place, check in
                CheckOutcome(
                    suite: check.suite, id: check.id, status: place == 0 ? "failed" : "passed",
                    milliseconds: check.milliseconds, attempts: 1)
            })
        source.trends = [
            CheckTrend(
                entry: .init(suite: "critical", id: words ?? "item-0"), runs: 20, passed: 17, changes: 5,
                disagreements: 2,
                lastPassed: true, streak: 3, first: Self.began - 9e5, last: Self.began)
        ]
        return Report(source)
    }
}
