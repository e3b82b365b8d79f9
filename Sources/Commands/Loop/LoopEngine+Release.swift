import ArgumentParser
import Configuration
import JSON
import Loop
import Releases
import Reporting
import Verification

/// The ready gate, the release and the way back: each through the code of the command that does it alone.
extension LoopEngine {
    /// Services that this iteration does not deploy are asked whether they serve, and waited for.
    func awaitReadiness() async throws {
        let session = try session()
        let access = try await session.platformAccess()
        let verifier = try session.verifier(on: access.platform)
        let placements = try placements(in: session)
        let deployed = await deployedServices(placements, session)
        let asked = try beside(placements, session).filter { !deployed.contains($0.service.name) }
        let patience = try Double(session.environment().loop?.readyWaitSeconds ?? 120)
        let (unready, seconds) = try await timed {
            let end = clock.now + .seconds(patience)
            var told: Set<String> = []
            while true {
                var unready: [ReadinessFinding.Unready] = []
                for placement in asked {
                    guard let finding = try await unreadiness(of: placement, verifier, access.platform, session) else {
                        continue
                    }
                    unready.append(finding)
                    if told.insert(finding.service).inserted {
                        console.progress("  waiting for \(finding.service): it does not serve")
                        for line in finding.diagnosis { console.progress("    \(SafeText.line(line))") }
                    }
                }
                if unready.isEmpty || clock.now >= end { return unready }
                try await clock.sleep(for: .milliseconds(500))
            }
        }
        if !unready.isEmpty {
            console.progress("  blocked on deployment: " + unready.map(\.service).joined(separator: ", "))
        }
        try await append(.gate(ReadinessFinding(unready: unready, seconds: seconds)))
    }

    /// With what they depend on: a suite of theirs fails where that does not serve.
    private func beside(_ placements: [Placement], _ session: Session) throws -> [Placement] {
        let own = Set(placements.map(\.service.name))
        let environment = try session.environment()
        let further = placements.services.flatMap(\.dependsOn).filter { !own.contains($0) }.unique
        return placements
            + further.compactMap(environment.service).flatMap(environment.placements).filter { place in
                order.regions.isEmpty || order.regions.contains(place.region)
            }
    }

    /// What a plan would deploy. Where none can be made the release itself says why.
    private func deployedServices(_ placements: [Placement], _ session: Session) async -> Set<String> {
        guard var flags = try? deployFlags(), let change = try? ChangeFlags.parse(["--dry-run"]) else { return [] }
        if order.mender == .watched {
            flags.allowDirty = true
            flags.allowOlder = true
        }
        guard let plan = try? await Deployment(of: placements, flags, change: change).run(in: session) else {
            return []
        }
        let steps = plan.document["steps"]?.array?.compactMap { $0["id"]?.string } ?? []
        return Set(
            steps.filter { $0.hasPrefix("candidate:") }.map {
                ServiceKey(parsing: String($0.dropFirst("candidate:".count))).service
            })
    }

    /// Nil where it serves, or is not deployed at all.
    private func unreadiness(
        of placement: Placement, _ verifier: ReleaseVerifier, _ platform: any Platform & RevisionLogs,
        _ session: Session
    ) async throws -> ReadinessFinding.Unready? {
        guard let target = try await session.servingTarget(of: placement, platform: platform) else { return nil }
        let result = try await verifier.health(of: target) { _ in }
        guard !result.healthy else { return nil }
        var lines: [String] = []
        if let revision = target.revision ?? target.references["deploy.revision"], !revision.isEmpty {
            let revisions = try await platform.revisions(of: placement.identity)
            let conditions = revisions.first { $0.name == revision }.map { [$0.condition] } ?? []
            var query = LogQuery(service: placement.identity, revision: revision, includesRequests: false)
            query.limit = 50
            let log = (try? await platform.entries(query)) ?? []
            let diagnosis = DiagnosisRules.unhealthy(
                Symptoms(
                    service: placement.service, identity: placement.identity, revision: revision,
                    conditions: conditions, lines: log), result: result, expected: target.revision)
            lines =
                [diagnosis.cause] + diagnosis.evidence.prefix(3) + ["to mend it: \(diagnosis.fix)"]
                + diagnosis.logs.suffix(5)
        } else if let problem = result.samples.last?.problem {
            lines = [problem]
        }
        return ReadinessFinding.Unready(service: placement.key.description, diagnosis: lines.map(console.redacted))
    }

    func deployFlags() throws -> DeployFlags { try DeployFlags.parse(order.flags) }

    func release(_ begun: String?) async throws {
        let session = try session()
        let run = begun ?? RunName.make()
        if begun == nil { try await append(.releaseIntended(run: run)) }
        let (record, seconds) = try await timed { try await released(run, session) }
        var timedRecord = record
        timedRecord.seconds = seconds
        console.progress(LoopText.released(timedRecord))
        // What the candidate's suites came to is the iteration's verdict.
        if record.state == .refused {
            let evidence = EvidenceRecorder.read(try session.evidencePath(of: run)) ?? session.emptyEvidence(run: run)
            let placements = try placements(in: session)
            var verdict = IterationVerdict(
                .candidate, of: evidence.named(by: placements).parts,
                index: index(try session.suiteIndex(), of: placements)?.named(placements.suiteNames))
            // What its suites did not see its traffic showed.
            if verdict.result == .pass {
                verdict.result = .fail
                verdict.rule = record.failure?.summary ?? "the release refused it"
            }
            console.progress(LoopText.verdict(verdict))
            timedRecord.verdict = verdict
        }
        try await append(.released(timedRecord))
    }

    /// The release under this name: taken up where it stands, or begun.
    private func released(_ run: String, _ session: Session) async throws -> IterationRelease {
        let state = try session.state()
        if try await !hasEnded(run, in: state) {
            do {
                if try await state.read(run: run) != nil {
                    _ = try await session.takeUp(run) { try await $0.resume() }
                } else {
                    var flags = try deployFlags()
                    if order.mender == .watched {
                        // What is in the tree is what is wanted, whatever was checked out.
                        flags.allowDirty = true
                        flags.allowOlder = true
                    }
                    let change = try ChangeFlags.parse(["--yes"])
                    _ = try await Deployment(
                        of: try placements(in: session), flags, change: change, run: run,
                        first: failedBefore.map(\.nameEverywhere)
                    ).run(in: session)
                }
            } catch {
                let failure = FailureLifting.lift(error)
                if [.interrupted, .terminated].contains(failure.category) || Task.isCancelled { throw error }
                return IterationRelease(
                    run: run, state: failure.category == .release ? .blocked : .impossible, failure: failure)
            }
        }
        try Task.checkCancellation()
        guard let document = try await state.release(run: run) else {
            // A release that changed nothing is no part of the history.
            if let journal = try await state.read(run: run),
                Progress(replaying: journal.entries).ended == .unchanged
            {
                return IterationRelease(
                    run: run, state: .passed, outcome: .unchanged, serving: try await serving(session))
            }
            return IterationRelease(
                run: run, state: .attention,
                failure: Failure(
                    .needsAttention, "release `\(run)` has not ended", hint: "stagectl resume \(run)"))
        }
        return IterationRelease(
            document, hasVerdict: EvidenceRecorder.read(try session.evidencePath(of: run)) != nil,
            serving: try await serving(session))
    }

    private func serving(_ session: Session) async throws -> [String: String] {
        let platform = try await session.platformAccess().platform
        var serving: [String: String] = [:]
        for placement in try placements(in: session) {
            serving[placement.key.description] = try await platform.observe(placement.identity)?.servingRevision
        }
        return serving
    }

    func rollBack(_ begun: String?, to targets: [String: String]) async throws {
        let session = try session()
        let run = begun ?? RunName.make()
        if begun == nil { try await append(.rollbackIntended(run: run, to: targets)) }
        let keys = Dictionary(uniqueKeysWithValues: targets.map { (ServiceKey(parsing: $0.key), $0.value) })
        console.progress(
            "  back to the best iteration: " + targets.values.sorted().joined(separator: ", "))
        let (record, seconds) = try await timed { () -> RollbackRecord in
            let state = try session.state()
            do {
                if try await state.release(run: run) != nil {
                } else if try await state.read(run: run) != nil {
                    _ = try await session.takeUp(run) { try await $0.resume() }
                } else {
                    let services = Set(keys.keys.map(\.service)).sorted()
                    let regions = Set(keys.keys.compactMap(\.region)).sorted().flatMap { ["--region", $0] }
                    _ = try await RollbackCommand.parse(services + regions + ["--yes"]).run(
                        in: session, named: run, to: keys)
                }
            } catch {
                if Task.isCancelled { throw error }
                return RollbackRecord(run: run, outcome: nil, failure: FailureLifting.lift(error))
            }
            let document = try await state.release(run: run)
            return RollbackRecord(run: run, outcome: document?.outcome, failure: document?.error)
        }
        // One that was stopped came to nothing: whoever resumes the loop makes it anew.
        try Task.checkCancellation()
        var timedRecord = record
        timedRecord.seconds = seconds
        try await append(.rolledBack(timedRecord))
    }
}

extension IterationRelease {
    /// - Parameters:
    ///   - hasVerdict: suites were measured in it.
    ///   - serving: revisions by place.
    init(_ document: ReleaseDocument, hasVerdict: Bool, serving: [String: String]) {
        let state: State
        switch document.outcome {
        case .promoted, .unchanged: state = .passed
        case .held, .needsAttention: state = .attention
        case .failed, .rolledBack:
            switch document.error?.category {
            case .checks where hasVerdict && document.verdict.counts["total"] ?? 0 > 0: state = .refused
            case .checks, .release, .deadline, nil: state = .blocked
            case .needsAttention: state = .attention
            default: state = .impossible
            }
        }
        self.init(
            run: document.run, state: state, outcome: document.outcome,
            services: document.services.filter { $0.outcome != .unchanged }.map(\.service).unique,
            serving: serving, failure: document.error)
    }
}
