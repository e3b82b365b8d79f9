import Configuration
import Images
import Releases
import Reporting
import State

/// Looking at what may go, and letting it go.
extension Session {
    /// Everything that is decided before anything changes.
    func planPrune(of selected: [Placement], run: String, _ access: PlatformAccess) async throws -> PruneReport {
        let environment = try environment()
        var report = PruneReport(environment: environment, run: run)
        let unfinished = try await unfinishedWork()
        var facts: [PruneFacts] = []
        for placement in selected {
            guard let observation = try await access.platform.observe(placement.identity) else {
                report.notes.append("`\(placement.key)` is not deployed")
                continue
            }
            facts.append(
                PruneFacts(
                    placement: placement, policy: PrunePolicy(of: placement.service, in: environment),
                    observation: observation,
                    revisions: try await access.platform.revisions(of: placement.identity),
                    releases: try await state().releases(
                        environment: environmentName, service: placement.name, limit: Self.releasesAsked),
                    unfinished: unfinished.compactMap { plan, progress in
                        UnfinishedWork(of: placement.identity, plan: plan, progress: progress)
                    }))
        }
        let now = Today.secondsSince1970
        report.facts = facts
        report.decisions = facts.map { PruneDecision($0, now: now) }
        try await addImages(to: &report, EnvironmentImages(session: self, runtime: access.runtime))
        report.plan = PrunePlanner(digest: Fingerprint.sha256).plan(
            .init(
                run: run, created: Timestamp.beginning(), initiator: initiator, environment: environmentName,
                facts: facts, decisions: report.decisions, images: report.images))
        return report
    }

    /// As many as a rollback looks back at.
    private static var releasesAsked: Int { 200 }

    /// Of runs that have not ended. One that cannot be read may need anything.
    private func unfinishedWork() async throws -> [(Plan, Progress)] {
        var work: [(Plan, Progress)] = []
        for run in try await state().unfinishedRuns(environment: environmentName) {
            guard let journal = try await state().read(run: run) else { continue }
            do {
                work.append((try DecodedPlan(decoding: journal.plan).plan, Progress(replaying: journal.entries)))
            } catch {
                throw Failure(
                    .conflict, "run `\(run)` has not ended, and \(error.summary): what it needs is not known",
                    hint: "resume or abort it with the version that began it")
            }
        }
        return work
    }

    // MARK: - Images

    private func addImages(to report: inout PruneReport, _ owner: EnvironmentImages) async throws {
        let environment = report.environment
        let wanted = report.facts.filter { $0.policy.images == .delete }
        guard !wanted.isEmpty else { return }
        let uses: [ImageUse]
        do {
            uses = try await owner.uses()
        } catch let failure as Failure where ![.interrupted, .terminated].contains(failure.category) {
            report.notes.append("images stay, as nobody knows who runs them: \(failure.summary)")
            return
        }
        let going = Set(
            report.decisions.flatMap { decision in
                decision.deleted.map { NeedlessImages.name(decision.identity, $0.revision) }
            })
        for name in Set(wanted.map(\.placement.name)).sorted() {
            let own = wanted.filter { $0.placement.name == name }
            guard let service = own.first?.placement.service else { continue }
            let deleted = report.decisions.filter { $0.identity.name == name }.flatMap(\.deleted).compactMap(\.image)
            // Revisions of a prune that was cut are gone, and their images are still there.
            let recorded = own.flatMap(\.releases).flatMap(\.services).filter { $0.service == name }
                .compactMap { $0.image.map(ImageReference.init) }
            let needless = NeedlessImages.of(
                repository: [environment.registry, service.image].compactMap(\.self).joined(separator: "/"),
                candidates: deleted + recorded, uses: uses, going: going)
            report.images[name] = try await known(needless, certain: Set(deleted), owner, &report.notes)
        }
    }

    /// Those that are still there; of revisions that go now they are there for all that is known.
    private func known(
        _ images: [ImageReference], certain: Set<ImageReference>, _ owner: EnvironmentImages, _ notes: inout [String]
    ) async throws -> [ImageReference] {
        var known: [ImageReference] = []
        for image in images {
            do {
                if try await owner.holds(image) { known.append(image) }
            } catch let failure as Failure where failure.category == .permission || failure.category == .unavailable {
                guard certain.contains(image) else {
                    notes.append("images of earlier releases are not looked at: \(failure.summary)")
                    return known
                }
                known.append(image)
            }
        }
        return known
    }

    // MARK: - Effects

    func execute(
        prune plan: Plan, holding held: HeldLocks, _ access: PlatformAccess
    ) async throws -> ReleaseDocument {
        let decoded = try DecodedPlan(decoding: plan.serialized())
        return try await run(prune: decoded, resuming: [], access) { roles in
            await ReleaseExecutor(decoded, holding: held, roles: roles).run()
        }
    }

    /// Goes on with a prune that was cut, as its own plan says, or closes it.
    func takeUp(
        prune decoded: DecodedPlan, _ entries: [JournalEntry], _ access: PlatformAccess,
        _ action: (ReleaseExecutor) async throws -> ReleaseDocument
    ) async throws -> CommandResult {
        let document = try await run(prune: decoded, resuming: entries, access) { [initiator] roles in
            try await action(ReleaseExecutor(decoded, resuming: entries, approver: initiator, roles: roles))
        }
        return CommandResult(
            ReleaseJSON.release(document), text: ReleaseText.summary(document, palette: console.style.resultPalette),
            status: ExitStatus(document), failure: document.error)
    }

    private func run(
        prune decoded: DecodedPlan, resuming entries: [JournalEntry], _ access: PlatformAccess,
        _ action: (ReleaseRoles) async throws -> ReleaseDocument
    ) async throws -> ReleaseDocument {
        let progress = ReleaseProgress(
            console: console, plan: decoded.plan, resuming: Progress(replaying: entries))
        let journal = RunUnderWay(decoded.plan, resuming: entries, store: try state())
        underWay = journal
        let roles = try pruneRoles(journal, observer: progress, access)
        let ticking = Task { await progress.tick() }
        let result: Result<ReleaseDocument, any Error>
        do { result = .success(try await action(roles)) } catch { result = .failure(error) }
        ticking.cancel()
        await ticking.value
        await (try state() as? BucketState)?.endPresence(in: decoded.plan.run)
        return try result.get()
    }

    private func pruneRoles(
        _ journal: any JournalStore, observer: any ReleaseObserver, _ access: PlatformAccess
    ) throws -> ReleaseRoles {
        let state = try state()
        var roles = ReleaseRoles(
            platform: access.platform, builders: [:], verifier: try verifier(on: access.platform), journal: journal,
            ledger: state, images: state, lock: state, observer: observer, process: ProcessLife.this,
            now: { Timestamp.beginning() })
        roles.revisionRemoval = access.platform
        roles.imageRemoval = try EnvironmentImages(session: self, runtime: access.runtime)
        return roles
    }

    // MARK: - Prunes that were cut

    /// Runs of prunes of these services that have no end, and that nobody executes any more.
    func cutPrunes(of selected: [Placement]) async throws -> [String] {
        let identities = Set(selected.map(\.identity))
        var cut: [String] = []
        for run in try await state().unfinishedRuns(environment: environmentName) {
            guard let journal = try await state().read(run: run),
                let plan = try? DecodedPlan(decoding: journal.plan).plan, plan.kind == .prune,
                plan.services.contains(where: { identities.contains($0.identity) }),
                try await executor(of: run, journal.process) == nil
            else { continue }
            cut.append(run)
        }
        return cut
    }

    /// What it had planned is planned anew: the world has gone on.
    func close(prune run: String, _ access: PlatformAccess) async throws {
        guard let stored = try await state().read(run: run) else { return }
        let decoded = try DecodedPlan(decoding: stored.plan)
        let roles = try pruneRoles(try state(), observer: SilentProgress(), access)
        console.progress("  closing run \(run), a prune that was cut")
        _ = try await ReleaseExecutor(decoded, resuming: stored.entries, approver: initiator, roles: roles).abort()
    }
}

/// Closing a run changes nothing that anybody would want to watch.
private struct SilentProgress: ReleaseObserver {
    func started(step: String) {}
    func line(_ text: String, step: String) {}
    func ended(step: String, outcome: StepOutcome) {}
    func undoing(reason: Failure) {}
}
