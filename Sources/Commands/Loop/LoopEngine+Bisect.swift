import ArgumentParser
import Configuration
import Loop
import Releases
import Reporting
import SourceControl
import Verification

/// Candidates without traffic, to ask failed checks of: the source of today, or that of a commit.
extension LoopEngine {
    /// So many commits are five halves and a bit; more is a search for a person.
    private static let mostCommits = 64

    func planBisect() async throws {
        let order = try? await bisectOrder()
        if let order {
            console.progress(
                "  bisect   \(order.check.name) passed at \(order.good.prefix(12)), "
                    + "\(order.commits.count) commits since")
        }
        try await append(.bisectBegan(order))
    }

    /// Nil where nothing lies between a pass and this failure, or where nobody knows what does.
    private func bisectOrder() async throws -> BisectOrder? {
        guard let iteration = progress.current, let head = iteration.head, order.mender != .watched else { return nil }
        let session = try session()
        guard let check = iteration.failing.min(by: { $0.priority < $1.priority }),
            let good = try await lastGood(before: iteration, session),
            let served = good.services.first(where: { $0.service == check.service }), !served.dirty,
            let start = served.commit, start != head
        else { return nil }
        let outcomes = try await session.comparedRelease(good.run).checks ?? []
        guard outcomes.contains(where: { $0.suite == check.suite && $0.id == check.id && $0.status == "passed" }) else {
            return nil
        }
        let repository = try await GitRepository.open(at: order.tree)
        // The loop's own commits are known: what each of them did was measured.
        let own = Set(progress.iterations.compactMap(\.commit))
        guard let commits = try await repository.firstParents(from: start, to: head)?.map(\.commit),
            commits.count > 1, commits.count <= Self.mostCommits, own.isDisjoint(with: commits)
        else { return nil }
        let oldestFirst = commits.last == head ? commits : Array(commits.reversed())
        return BisectOrder(check: check, good: start, commits: oldestFirst)
    }

    func probe(_ commit: String, _ begun: String?) async throws {
        guard let iteration = progress.current, let search = iteration.bisect else { return }
        let run = begun ?? RunName.make()
        if begun == nil { try await append(.probeIntended(run: run, commit: commit)) }
        let check = search.order.check
        let (result, seconds) = try await timed { () -> BisectProbe.Result in
            let main = try session()
            let folder = try self.folder(of: iteration.number) + "/commits/\(commit.prefix(12))"
            try? Folders.remove(folder)
            try Folders.create(folder)
            defer { try? Folders.remove(folder) }
            do {
                try await RepositoryTree.open(at: order.tree).checkOut(commit, into: folder)
                let configuration = try main.configuration().folder.path
                guard Folders.absolute(configuration).hasPrefix(order.tree + "/") else { return .unknown }
                let below = Folders.absolute(configuration).dropFirst(order.tree.count + 1)
                let probing = try Session(for: main, configuration: "\(folder)/\(below)")
                let outcome = try await withCandidate(
                    of: [check.service], in: probing, run: run, why: "bisect of \(check.name) at \(commit.prefix(12))"
                ) {
                    // The suites of today judge every commit.
                    try await self.asked([check], main, $0)
                }
                return outcome[check.name].map { $0 ? .good : .bad } ?? .unknown
            } catch {
                if Task.isCancelled { throw error }
                let failure = FailureLifting.lift(error)
                console.progress("  bisect   \(commit.prefix(12)) cannot be asked: \(SafeText.line(failure.summary))")
                for detail in failure.details.prefix(3) { console.progress("    \(SafeText.line(detail.value))") }
                return .unknown
            }
        }
        try Task.checkCancellation()
        console.progress("  bisect   \(commit.prefix(12)) is \(result.rawValue)")
        try await append(.probed(BisectProbe(run: run, commit: commit, result: result, seconds: seconds)))
    }

    /// A candidate of the services at 0 %, known by a tag that is gone afterwards. Where nothing had to be deployed what
    /// serves is asked.
    func withCandidate<Value>(
        of services: Set<String>, in session: Session, run: String, why: String,
        _ body: ((Placement) async throws -> VerificationTarget?) async throws -> Value
    ) async throws -> Value {
        let tag = Self.tag(of: run)
        let placements = try placements(in: session).filter { services.contains($0.service.name) }
        var flags = try deployFlags().candidate(tag: tag, askedFor: why)
        flags.allowOlder = true
        let state = try session.state()
        if try await state.release(run: run) == nil {
            if try await state.read(run: run) != nil {
                _ = try await session.takeUp(run) { try await $0.resume() }
            } else {
                _ = try await Deployment(of: placements, flags, change: try ChangeFlags.parse(["--yes"]), run: run)
                    .run(in: session)
            }
        }
        try Task.checkCancellation()
        let result: Result<Value, any Error>
        do {
            if let document = try await state.release(run: run), ![.held, .unchanged].contains(document.outcome) {
                throw document.error ?? Failure(.release, "the candidate of \(run) did not get ready")
            }
            let platform = try await session.platformAccess().platform
            result = .success(
                try await body { placement in
                    guard services.contains(placement.service.name),
                        var target = try await session.servingTarget(of: placement, platform: platform)
                    else { return nil }
                    let observation = try await platform.observe(placement.identity)
                    if let share = observation?.trafficStatuses.first(where: { $0.tag == tag }), let url = share.url {
                        target.url = url
                        target.revision = share.revision
                        target.references["deploy.revision"] = share.revision
                        target.references["deploy.revision_url"] = url
                    }
                    return target
                })
        } catch {
            result = .failure(error)
        }
        try await dropTag(tag, of: placements, in: session)
        return try result.get()
    }

    private static func tag(of run: String) -> String { "l-" + run.suffix(6) }

    /// Of candidates that were cut: nobody asks them any more.
    func dropTags(of runs: [String]) async throws {
        guard !runs.isEmpty else { return }
        let session = try session()
        for run in runs { try await dropTag(Self.tag(of: run), of: placements(in: session), in: session) }
    }

    private func dropTag(_ tag: String, of placements: [Placement], in session: Session) async throws {
        let platform = try await session.platformAccess().platform
        for placement in placements {
            guard let observation = try await platform.observe(placement.identity),
                observation.trafficStatuses.contains(where: { $0.tag == tag }),
                observation.trafficStatuses.contains(where: { $0.percent > 0 })
            else { continue }
            _ = try await session.changeTraffic(of: [placement], dryRun: false) { observation, _ in
                observation.trafficStatuses.compactMap { share in
                    if share.tag == tag, share.percent == 0 { return nil }
                    return TrafficTarget(
                        revision: share.revision, percent: share.percent, tag: share.tag == tag ? nil : share.tag)
                }
            }
        }
    }
}
