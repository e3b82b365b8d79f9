import Releases

/// Journal, ledger, images and locks as one process reaches them.
struct ProcessState: JournalStore, Ledger, ImageRecords, ServiceLock {
    let process: SimulatedProcess
    let disk: SimulatedDisk

    private var world: SimulatedWorld { process.world }

    func claim(run: String, process: LockProcess?) async throws {}

    func begin(run: String, environment: String, plan: String, process executor: LockProcess?) async throws {
        try await process.effect("begin") { try disk.begin(run, environment: environment, plan: plan) }
    }

    func append(
        _ entry: JournalEntry, to run: String, fencingToken: Int64, holding tickets: [LockTicket]
    ) async throws {
        try await process.effect("append") {
            try disk.append(entry, to: run, token: fencingToken, holding: tickets)
            world.journaled(entry, of: run)
        }
    }

    func read(run: String) async throws -> StoredJournal? {
        try await process.effect("read", isWrite: false) { disk.readToResume(run) }
    }

    func unfinishedRuns(environment: String) async throws -> [String] {
        try await process.effect("unfinished", isWrite: false) { disk.unfinished() }
    }

    func record(_ release: ReleaseDocument) async throws {
        try await process.effect("record") {
            var release = release
            if world.defects.contains(.lyingLedger) { release.outcome = .promoted }
            if !world.defects.contains(.lostLedger) { try disk.record(release) }
        }
    }

    func release(run: String) async throws -> ReleaseDocument? { disk.ledger[run] }

    func releases(_ query: LedgerQuery) async throws -> [ReleaseDocument] {
        disk.releases()
    }

    func image(builder: String, repository: String, sourceDigest: String) async throws -> BuiltImage? {
        disk.image("\(repository) \(sourceDigest)")
    }

    func record(_ image: BuiltImage, builder: String, repository: String, sourceDigest: String) async throws {
        try await process.effect("image") { try disk.record(image, "\(repository) \(sourceDigest)") }
    }

    func acquire(
        service: ServiceKey, environment: String, holder: LockHolder, lease: Duration
    ) async throws -> LockTicket {
        try await process.effect("acquire") {
            let before = disk.lock(of: service).currentHolder(at: world.clock.seconds)
            let ticket = try disk.acquire(service, for: holder, at: world.clock.seconds, lease: lease)
            world.invariants.gaveLock(of: service.description, to: holder.run, before: before, in: world)
            return ticket
        }
    }

    func renew(_ ticket: LockTicket, lease: Duration) async throws {
        try await process.effect("renew") { try disk.renew(ticket, at: world.clock.seconds, lease: lease) }
    }

    func release(_ ticket: LockTicket) async throws {
        try await process.effect("release") {
            let before = disk.lock(of: ticket.service).currentHolder(at: world.clock.seconds)
            try disk.release(ticket)
            world.invariants.releasedLock(
                of: ticket.service.description, by: ticket.run, before: before,
                after: disk.lock(of: ticket.service).currentHolder(at: world.clock.seconds), in: world)
        }
    }

    func holder(service: ServiceKey, environment: String) async throws -> LockHolder? {
        disk.lock(of: service).currentHolder(at: world.clock.seconds)
    }

    func breakLock(_ release: ForcedRelease) async throws -> LockHolder? {
        disk.breakLock(of: release.service)
        return nil
    }

    func forcedReleases(environment: String, limit: Int) async throws -> [ForcedRelease] { [] }
}

/// Health and suites, as the model of the candidate has them.
struct ProcessVerifier: Verifier {
    let process: SimulatedProcess

    private var world: SimulatedWorld { process.world }

    func health(
        of target: VerificationTarget, progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> HealthResult {
        try await ProcessClock(process: process).sleep(for: .seconds(1))
        let revision = world.cloud.answering(target.url)
        let isRight = revision != nil && revision == target.revision
        let isPublic = !target.url.contains("---")
        let isTrulyHealthy = isRight && !world.isUnhealthy(revision ?? "", inPublic: isPublic)
        if isTrulyHealthy, let revision { world.passed(isPublic ? .inPublic : .health, revision) }
        let isHealthy =
            isTrulyHealthy || world.defects.contains(isPublic ? .assertionAlwaysPasses : .healthAlwaysPasses)
        return HealthResult(
            healthy: isHealthy,
            samples: [
                HealthSample(
                    status: isHealthy ? 200 : 503, milliseconds: 1, revision: revision,
                    problem: isHealthy ? leak(of: target) : "status 503")
            ])
    }

    private func leak(of target: VerificationTarget) -> String? {
        world.defects.contains(.leakyJournal) ? target.identityToken.map { "asked with \($0)" } : nil
    }

    func smoke(
        of target: VerificationTarget, priorities: [String], progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> SmokeResult {
        try await ProcessClock(process: process).sleep(for: .seconds(2))
        let revision = world.cloud.answering(target.url)
        let passes = revision == target.revision && !world.failsSmoke(revision ?? "")
        if passes, let revision { world.passed(.smoke, revision) }
        let isPass = passes || world.defects.contains(.smokeAlwaysPasses)
        return SmokeResult(
            verdict: VerdictSummary(
                result: isPass ? .pass : .fail, rule: "simulated",
                counts: [isPass ? "passed" : "failed": 1, "total": 1]),
            problems: isPass ? [] : [CheckProblem(check: "ws", status: "failed", summary: "closed with 1011")])
    }
}

extension ProcessVerifier {
    /// Whoever is unhealthy in public is so in a comparison; a candidate of doubt cannot be told.
    func analyse(
        _ question: CanaryQuestion, record: @escaping @Sendable (CanaryFindings) async throws -> Void,
        progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> CanaryFindings {
        let before = question.findings?.pairs ?? 0
        world.invariants.analyses(
            question.candidate.revision ?? "", of: question.run, knowing: before, in: world)
        try await ProcessClock(process: process).sleep(for: .seconds(2))
        try await record(
            CanaryFindings(
                decision: .open, pairs: before + question.pairs / 2, answered: 0, metrics: [], rule: "simulated",
                pairsBefore: question.pairsBefore))
        try await ProcessClock(process: process).sleep(for: .seconds(1))
        let revision = world.cloud.answering(question.candidate.url)
        let isRight = revision != nil && revision == question.candidate.revision
        let isWorse = !isRight || world.isUnhealthy(revision ?? "", inPublic: true)
        let decision: CanaryFindings.Decision =
            isWorse && !world.defects.contains(.canaryAlwaysPasses)
            ? .fail
            : question.isLast && world.isDoubtful(revision ?? "") ? .inconclusive : question.isLast ? .pass : .open
        if decision == .pass || decision == .open, !isWorse, let revision { world.passed(.canary, revision) }
        return CanaryFindings(
            decision: decision, pairs: before + question.pairs, answered: question.pairs, metrics: [],
            rule: "simulated",
            state: "{}")
    }
}

/// Images that cost nothing.
struct ProcessBuilder: ImageBuilder {
    let process: SimulatedProcess
    let name = "simulated"

    func holds(_ image: ImageReference) async throws -> Bool { true }

    func build(_ request: BuildRequest, output: @escaping @Sendable (String) -> Void) async throws -> BuiltImage {
        try await process.effect("build") {
            BuiltImage(reference: ImageReference("\(request.repository)@sha256:\(request.sourceDigest)"))
        }
    }

    func push(_ image: BuiltImage, output: @escaping @Sendable (String) -> Void) async throws -> ImageReference {
        try await process.effect("push") { image.reference }
    }

    func resolve(_ reference: String) async throws -> ImageReference { ImageReference(reference) }
}

struct ProcessObserver: ReleaseObserver {
    func started(step: String) {}
    func line(_ text: String, step: String) {}
    func ended(step: String, outcome: StepOutcome) {}
    func undoing(reason: Failure) {}
}
