import Configuration
import Loop
import Releases
import Reporting
import State

/// One run against another.
extension Session {
    func difference(of one: String, and other: String) async throws -> CommandResult {
        let difference = try await releaseDifference(of: one, and: other)
        return CommandResult(
            DifferenceJSON.runs(difference),
            text: ReleaseDifferenceText.text(
                difference, palette: console.style.resultPalette, columns: console.resultColumns))
    }

    /// Throws `usage` for a run that is not there, and `conflict` for one that has not ended.
    func releaseDifference(of one: String, and other: String) async throws -> ReleaseDifference {
        if one == other {
            throw Failure(
                .usage, "`\(SafeText.line(one))` is named twice; nothing differs from itself", hint: "stagectl history")
        }
        var known = try await runs(named: [one, other])
        for run in [one, other] where known[run]?.document == nil {
            throw try await missing(run, hasJournal: known[run]?.journal != nil)
        }
        // What a run gave traffic to again was made by another one.
        let plans = known.values.compactMap(\.journal?.plan)
        let makers = Set(plans.flatMap(ComparedRelease.makers)).subtracting([one, other])
        known.merge(try await runs(named: makers)) { first, _ in first }
        let made = known.compactMapValues(\.journal?.plan)
        let compared = [one, other].compactMap { run -> ComparedRelease? in
            guard let document = known[run]?.document else { return nil }
            guard let journal = known[run]?.journal else { return ComparedRelease(document: document) }
            return ComparedRelease(document, plan: journal.plan, progress: journal.progress, makers: made)
        }
        guard compared.count == 2 else { throw Failure(.internalError, "a run is gone while it was read") }
        var difference = ReleaseDifference(compared[0], compared[1])
        if let environment = try? environment() { hideSecrets(of: environment) }
        let commits = CommitRanges(root: (try? configuration().root) ?? ".")
        for index in difference.services.indices {
            guard let range = difference.services[index].commits else { continue }
            difference.services[index].commits = await commits.filled(range)
        }
        note(in: &difference)
        return difference
    }

    /// One run with what its journal still knows. Throws as `releaseDifference`.
    func comparedRelease(_ run: String) async throws -> ComparedRelease {
        let known = try await runs(named: [run])
        guard let found = known[run], let document = found.document else {
            throw try await missing(run, hasJournal: known[run]?.journal != nil)
        }
        guard let journal = found.journal else { return ComparedRelease(document: document) }
        return ComparedRelease(document, plan: journal.plan, progress: journal.progress, makers: [run: journal.plan])
    }

    /// The release of a run, or the environment's latest. Throws `usage` for one that is not there, and `conflict` for one
    /// that has not ended.
    func recordedRelease(_ run: String?) async throws -> ReleaseDocument {
        let state = try state()
        guard let run else {
            guard let latest = try await latestRelease() else {
                throw Failure(
                    .usage, "there is no release of `\(environmentName)` yet", hint: "stagectl deploy --all")
            }
            return latest
        }
        if let release = try await state.release(run: run) { return release }
        throw try await missing(run, hasJournal: try await state.read(run: run) != nil)
    }

    /// But for candidates that a loop made to ask failed checks of: nobody means these by the last release.
    private func latestRelease() async throws -> ReleaseDocument? {
        let loops = try knownLoops()
        let releases = try await state().releases(
            environment: environmentName, service: nil, limit: loops == nil ? 1 : 100)
        for release in releases {
            let loop = try? await loops?.loop(ofRelease: release.run)
            if loop?.entries.contains(where: { $0.announcedCandidate == release.run }) != true { return release }
        }
        return releases.first
    }

    /// Runs that are not of the environment that was asked for.
    private func note(in difference: inout ReleaseDifference) {
        let (earlier, later) = (difference.earlier, difference.later)
        guard earlier.environment == later.environment, earlier.environment != environmentName else { return }
        difference.notes.insert("both are of the environment `\(earlier.environment)`, not `\(environmentName)`", at: 0)
    }

    private func missing(_ run: String, hasJournal: Bool) async throws -> Failure {
        if hasJournal {
            return Failure(
                .conflict, "run `\(run)` has not ended, so there is no record of it yet",
                hint: "stagectl resume \(run) finishes it, stagectl abort \(run) undoes it")
        }
        let recent = try await state().releases(environment: environmentName, service: nil, limit: 200).map(\.run)
        // The six characters at the end are what people remember.
        let alike =
            recent.filter { $0.hasSuffix(run) || $0.hasPrefix(run) }.prefix(5)
            + [NearestName.of(run, in: recent)]
            .compactMap(\.self)
        var details: [Failure.Detail] = []
        if !recent.isEmpty { details.append(.init("latest", recent.prefix(5).joined(separator: ", "))) }
        let services = (try? environment())?.services.map(\.name) ?? []
        if let service = NearestName.of(run, in: services) { details.append(.init("a service", service)) }
        return Failure(
            .usage, "no release is called `\(SafeText.line(run))`", details: details,
            hint: alike.first.map { "did you mean `\($0)`?" } ?? "stagectl history")
    }
}
