import JSON
package import Releases
package import Verification

/// What earlier runs of a team's suites came to, as one machine sees it: a run that ends while the bucket cannot be
/// reached is kept here, counts here, and is brought there as soon as it can be.
package struct TeamVerdicts: VerdictRecords {
    private let bucket: BucketVerdicts
    private let waiting: VerdictFolder
    /// Told when a run had to be kept here, with why.
    private let keeping: @Sendable (Failure) -> Void

    /// - Parameter folder: of this machine, for what waits.
    package init(_ bucket: BucketVerdicts, folder: String, keeping: @escaping @Sendable (Failure) -> Void) {
        self.bucket = bucket
        waiting = VerdictFolder(folder: folder)
        self.keeping = keeping
    }

    package func runs() async throws -> [KeptVerdict] {
        try? await bring()
        let own = try await waiting.runs()
        let team: [KeptVerdict]
        do {
            team = try await bucket.runs()
        } catch let failure as Failure where failure.category == .unavailable {
            // What this machine has seen is all that there is to know now.
            team = []
        }
        let known = Set(team.map(\.name))
        return (team + own.filter { !known.contains($0.name) }).sorted { $0.name < $1.name }
    }

    package func whole() async throws -> [(verdict: KeptVerdict, outcomes: [UInt8])] {
        try? await bring()
        let own = try await waiting.whole()
        var team: [(verdict: KeptVerdict, outcomes: [UInt8])] = []
        do {
            team = try await bucket.whole()
        } catch let failure as Failure where failure.category == .unavailable {
            // As above.
        }
        let known = Set(team.map(\.verdict.name))
        return (team + own.filter { !known.contains($0.verdict.name) }).sorted { $0.verdict.name < $1.verdict.name }
    }

    package func outcomes(of names: [String]) async throws -> [String: [UInt8]] {
        let own = try await waiting.outcomes(of: names)
        do {
            return try await bucket.outcomes(of: names.filter { own[$0] == nil }).merging(own) { $1 }
        } catch let failure as Failure where failure.category == .unavailable {
            return own
        }
    }

    package func add(_ verdicts: [(verdict: KeptVerdict, outcomes: [UInt8])]) async throws {
        try await waiting.add(verdicts)
        do {
            try await bring()
        } catch let failure as Failure where failure.category == .unavailable {
            keeping(failure)
        }
    }

    /// Everything that waits, all at once; what has arrived is brought once.
    private func bring() async throws {
        guard !waiting.isEmpty else { return }
        let verdicts = try await waiting.whole()
        try await bucket.add(verdicts)
        for (verdict, _) in verdicts { waiting.remove(verdict.name) }
    }
}
