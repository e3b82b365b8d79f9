import Configuration
import Releases
import Reporting
import Verification

/// What stagectl would have told of a seed's numbers.
extension SeedRun {
    private static let run = "r20250907000000-seed01"

    private var checks: [CheckResult] {
        var start = time.start
        let total = modules.reduce(0) { $0 + $1.total - $1.skipped }
        return modules.flatMap { module -> [CheckResult] in
            (0..<module.total).map { number in
                let name = number < module.failed.count ? module.failed[number] : "test-\(number + 1)"
                let status: CheckStatus =
                    number < module.failed.count
                    ? .failed : number < module.failed.count + module.skipped ? .skipped : .passed
                let share =
                    module.seconds.map { $0 * 1000 / Double(module.total) } ?? time.seconds * 1000 / Double(total)
                let result = check(name, module, number, status, status == .skipped ? 0 : share, at: start)
                start += result.milliseconds / 1000
                return result
            }
        }
    }

    private func check(
        _ name: String, _ module: Module, _ number: Int, _ status: CheckStatus, _ time: Double, at start: Double
    ) -> CheckResult {
        // Session and tests are told apart where a report says how long its one failure took.
        let took = self == .timedOut ? (status == .failed ? 30_000 : 97.2) : time
        var evidence = Evidence(url: "https://api.example.test/\(module.name)")
        evidence.status = status == .failed ? problem.status : 200
        evidence.startedAt = start
        evidence.attempts = [.init(status: evidence.status, milliseconds: took)]
        // One target for each check that passed, from the first module on.
        let before = modules.prefix { $0.name != module.name }.reduce(0) { $0 + $1.passed }
        let place = status == .passed ? before + number - module.failed.count : -1
        if targets.indices.contains(place) {
            let target = targets[place]
            evidence.samples = SampleEvidence(
                count: target.milliseconds == nil ? 0 : 1, errors: 0,
                percentiles: [.init(percent: target.percent, milliseconds: target.milliseconds, limit: target.limit)])
        }
        if let users, module.name == modules[0].name, number == module.total - 1 {
            evidence.connections = ConnectionEvidence(count: users, accepted: users, atOnce: users)
        }
        let id =
            evidence.samples != nil
            ? "\(targets[place].name)-\(Int(targets[place].percent))"
            : evidence.connections != nil ? "concurrent-users" : name
        return CheckResult(
            id: id, suite: module.name, priority: module.priority, status: status,
            milliseconds: status == .skipped ? 0 : took, attempts: status == .skipped ? 0 : 1,
            evidence: status == .skipped ? Evidence() : evidence,
            summary: status == .failed ? problem.summary : status == .skipped ? "the environment was not found" : nil,
            cause: status == .failed ? problem.cause : nil)
    }

    private func index(_ checks: [CheckResult]) -> SuiteIndex {
        let known = checks.map { SuiteIndex.Entry(suite: $0.suite, id: $0.id) }
        let rest = max(0, listed - known.count)
        return SuiteIndex(entries: known + (0..<rest).map { SuiteIndex.Entry(suite: "other", id: "test-\($0 + 1)") })
    }

    private func document(_ checks: [CheckResult], _ index: SuiteIndex) -> VerdictDocument {
        let record = RunRecord(
            results: checks,
            expectations: modules.map { SuiteExpectation(suite: $0.name, minimumChecks: $0.passed + $0.failed.count) },
            index: index)
        var run = SuiteRun(verdict: Verdict.decide(record), results: record.effectiveResults)
        run.coverage = IndexCoverage(index: index, results: checks)
        run.notes = notes
        var document = VerdictDocument(run, suites: [])
        document.suites = modules.map { module in
            let own = checks.filter { $0.suite == module.name }
            return VerdictDocument.SuiteSummary(
                suite: module.name, priority: module.priority, owner: "team", module: module.name,
                counts: VerdictCounts(own.map(\.status)), milliseconds: own.reduce(0) { $0 + $1.milliseconds })
        }
        return document
    }

    private func revision(_ deployed: Deployed) -> String { deployed.revision ?? "\(deployed.service)-00222-tmm" }

    private func plan() -> Plan {
        Plan(
            run: Self.run, kind: .deploy, environment: "staging",
            created: MomentText.rfc3339(milliseconds: Int64(time.start * 1000)), initiator: "ada@laptop", source: nil,
            services: deployed.map { deployed in
                PlannedService(
                    placement: Placement(
                        service: Service(
                            name: deployed.service, container: ContainerSettings(cpu: "1", memory: deployed.memory)),
                        identity: ServiceIdentity(project: "staging", region: "us-central1", name: deployed.service),
                        key: ServiceKey(deployed.service)),
                    decision: .deploy, isFirst: false, exists: true, baseline: "\(deployed.service)-00221-old",
                    generation: 7, wasPublic: true, tag: "c-seed01", labels: [:], environment: [])
            },
            steps: deployed.map {
                Step(
                    "health:\($0.service)", service: ServiceKey($0.service), action: .health, needs: [],
                    deadlineSeconds: 60)
            }, digest: { $0 })
    }

    private func entries() -> [JournalEntry] {
        deployed.flatMap { deployed -> [JournalEntry] in
            let moment = MomentText.rfc3339(milliseconds: Int64(time.start * 1000))
            var output = StepOutput()
            output.health = HealthResult(
                healthy: deployed.healthy,
                samples: [
                    HealthSample(
                        status: deployed.status, milliseconds: 85, revision: revision(deployed), witness: .response,
                        problem: deployed.healthy ? nil : "status \(deployed.status)")
                ])
            let id = "health:\(deployed.service)"
            let failure = Failure(.checks, "`\(deployed.service)` is not healthy: status \(deployed.status)")
            return [
                JournalEntry(time: moment, event: .intent(step: id)),
                JournalEntry(
                    time: moment,
                    event: .outcome(
                        step: id,
                        deployed.healthy ? .done(output, seconds: 1) : .failed(failure, output, seconds: 1))),
            ]
        }
    }

    private func release(_ verdict: VerdictDocument) -> ReleaseDocument {
        let services = deployed.map { deployed in
            var service = ServiceResult(service: deployed.service, region: "us-central1", outcome: outcome)
            service.candidate = revision(deployed)
            service.previousRevision = "\(deployed.service)-00221-old"
            service.revision = outcome == .promoted ? service.candidate : service.previousRevision
            service.traffic = [TrafficEntry(revision: service.revision ?? "", percent: 100, tag: nil)]
            service.commit = self == .timedOut ? "0e37b561b" : nil
            if let change = deployed.imageChange {
                let before = ImageReport(digest: "sha256:1", bytes: 100_000_000, isCompressed: true, layers: [])
                let now = ImageReport(
                    digest: "sha256:2", bytes: before.bytes * Int64(100 + change) / 100, isCompressed: true, layers: [],
                    change: nil)
                service.imageReport = now
                service.imageReport?.change = ImageChange(from: before, of: service.previousRevision ?? "", to: now)
            }
            return service
        }
        let moment = { (seconds: Double) in MomentText.rfc3339(milliseconds: Int64(seconds * 1000)) }
        return ReleaseDocument(
            run: Self.run, kind: .deploy, environment: "staging", started: moment(time.start),
            finished: moment(time.start + time.seconds), initiator: "ada@laptop", outcome: outcome, services: services,
            steps: deployed.map {
                StepResult(id: "health:\($0.service)", status: $0.healthy ? .done : .failed, seconds: 1)
            },
            verdict: VerdictSummary(
                result: VerdictSummary.Result(rawValue: verdict.result.rawValue) ?? .fail, rule: verdict.rule,
                counts: verdict.counts.dictionary))
    }

    /// As stagectl would have told it.
    var report: Report {
        let checks = checks
        let index = index(checks)
        let document = document(checks, index)
        let evidence = RunEvidence(
            run: deployed.isEmpty ? nil : Self.run, environment: "staging", tool: "0.1.0",
            configuration: String(repeating: "c0ffee", count: 10) + "cafe", protects: protects, index: index,
            parts: [
                .init(
                    target: MeasuredRevision(
                        service: "backend", region: "us-central1",
                        revision: deployed.first.map(revision) ?? "backend-00222-tmm",
                        digest: "sha256:" + String(repeating: "7", count: 64), commit: "0e37b561b"), verdict: document)
            ])
        var source = ReportSource(evidence: evidence, generated: "2025-10-02T03:04:05Z")
        source.verdict = document
        if !deployed.isEmpty {
            source.release = release(document)
            source.plan = plan()
            source.entries = entries()
        }
        return Report(source)
    }
}
