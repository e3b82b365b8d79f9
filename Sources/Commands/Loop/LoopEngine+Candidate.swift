import ArgumentParser
import Configuration
import Loop
import Releases
import Verification

/// Candidates without traffic, to ask failed checks of: the source of today, or that of a commit.
extension LoopEngine {
    /// A candidate of the services at 0 %, known by a tag that is gone afterwards. Where nothing had to be deployed what
    /// serves is asked.
    ///
    /// - Parameter run: of ``candidateRun(_:announcing:)``.
    func withCandidate<Value>(
        of services: Set<String>, in session: Session, run: String, why: String,
        _ body: ((Placement) async throws -> VerificationTarget?) async throws -> Value
    ) async throws -> Value {
        let tag = Self.tag(of: run)
        let placements = try placements(in: session).filter { services.contains($0.service.name) }
        var flags = try deployFlags().candidate(tag: tag, askedFor: why)
        flags.allowOlder = true
        let state = try session.state()
        if try await !hasEnded(run, in: state) {
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
            let document = try await state.release(run: run)
            if let document, ![.held, .unchanged].contains(document.outcome) {
                throw document.error ?? Failure(.release, "the candidate of \(run) did not get ready")
            }
            let deployed = document.map { Self.deployed(by: $0, among: placements) } ?? []
            let platform = try await session.platformAccess().platform
            result = .success(
                try await body { placement in
                    guard services.contains(placement.service.name),
                        let target = try await session.servingTarget(of: placement, platform: platform)
                    else { return nil }
                    let observation = try await platform.observe(placement.identity)
                    guard let share = observation?.trafficStatuses.first(where: { $0.tag == tag }), let url = share.url
                    else {
                        // What serves is asked only where it is what would have been deployed.
                        guard deployed.contains(placement.key) else { return target }
                        throw Failure(
                            .conflict, "the candidate of `\(placement.key)` has lost its tag `\(tag)`",
                            hint: "stagectl resume \(order.run)")
                    }
                    return target.asking(share.revision, at: url)
                })
        } catch {
            result = .failure(error)
        }
        try await dropTag(tag, of: placements, in: session)
        return try result.get()
    }

    /// A run for a candidate: the one that was begun before, as long as its candidate can be asked, else a new one, which is
    /// journaled first. A kill after the tag was dropped must not send the question to what serves.
    func candidateRun(_ begun: String?, announcing event: (String) -> LoopEntry.Event) async throws -> String {
        if let begun = try await goingOn(begun), try await canBeAsked(begun) { return begun }
        let run = RunName.make()
        try await append(event(run))
        return run
    }

    private func canBeAsked(_ run: String) async throws -> Bool {
        let session = try session()
        guard let document = try await session.state().release(run: run), document.outcome == .held else { return true }
        let platform = try await session.platformAccess().platform
        let placements = try placements(in: session)
        let deployed = Self.deployed(by: document, among: placements)
        for placement in placements where deployed.contains(placement.key) {
            let shares = try await platform.observe(placement.identity)?.trafficStatuses ?? []
            guard shares.contains(where: { $0.tag == Self.tag(of: run) }) else { return false }
        }
        return true
    }

    private static func deployed(by document: ReleaseDocument, among placements: [Placement]) -> Set<ServiceKey> {
        let made = document.services.filter { $0.outcome != .unchanged }
        return Set(
            placements.filter { place in made.contains { place.key.names($0.service, in: $0.region) } }.map(\.key))
    }

    /// Also one that changed nothing, which is no part of the history.
    func hasEnded(_ run: String, in state: ReleaseState) async throws -> Bool {
        if try await state.release(run: run) != nil { return true }
        return try await state.read(run: run).map { Progress(replaying: $0.entries).ended != nil } ?? false
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
