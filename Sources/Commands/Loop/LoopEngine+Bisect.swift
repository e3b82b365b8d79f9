import ArgumentParser
import Configuration
import Loop
import Releases
import Reporting
import SourceControl
import Verification

/// The search for the commit that broke a check: candidates of commits, without traffic.
extension LoopEngine {
    /// So many commits are six halves; more is a search for a person.
    private static let mostCommits = 64

    func planBisect() async throws {
        let order: BisectOrder?
        do {
            order = try await bisectOrder()
        } catch {
            // A loop that was stopped searches when it goes on.
            try Task.checkCancellation()
            order = nil
        }
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
            let good = try await lastGood(of: check.service, before: iteration, session),
            let served = good.services.first(where: { $0.service == check.service }), !served.dirty,
            let start = served.commit, start != head
        else { return nil }
        let outcomes = try await session.comparedRelease(good.run).checks ?? []
        // Where a suite runs in several regions its name has one.
        let suites = [check.suite, ServiceKey(parsing: check.suite).service]
        guard outcomes.contains(where: { suites.contains($0.suite) && $0.id == check.id && $0.status == "passed" })
        else { return nil }
        let repository = try await GitRepository.open(at: order.tree)
        // The loop's own commits are known: what each of them did was measured.
        let own = Set(progress.iterations.compactMap(\.commit))
        guard let commits = try await repository.firstParents(from: start, to: head)?.map(\.commit),
            commits.count > 1, commits.count <= Self.mostCommits, own.isDisjoint(with: commits)
        else { return nil }
        return BisectOrder(check: check, good: start, commits: commits)
    }

    func probe(_ commit: String, _ begun: String?) async throws {
        guard let iteration = progress.current, let search = iteration.bisect else { return }
        let run = try await candidateRun(begun) { .probeIntended(run: $0, commit: commit) }
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
        if let conclusion = progress.current?.bisect?.conclusion { console.progress("  bisect   \(conclusion)") }
    }
}
