package import Releases

/// Where a loop's journal lives, on the machine that has the tree. `append` returns only when the entry would survive a
/// power cut.
package protocol LoopJournalStore: Sendable {
    /// Starts a journal with its order. Throws `conflict` while another loop of the same tree has not ended.
    func begin(_ order: LoopOrder, at time: Double, process: LockProcess?) async throws

    /// Says who works at the loop from now on. Throws `conflict` while somebody else is known to do so.
    func claim(loop run: String, process: LockProcess?) async throws

    /// Adds an entry after all others. A loop that has ended takes none.
    func append(_ entry: LoopEntry, toLoop run: String) async throws

    /// Nil when there is no such loop.
    func read(loop run: String) async throws -> StoredLoop?

    /// Oldest first. One that cannot be read stands in nobody's way.
    func unfinishedLoops(environment: String) async throws -> UnfinishedLoops

    /// Newest first, with their entries.
    func loops(environment: String, limit: Int) async throws -> [StoredLoop]

    /// The loop whose release, probe or way back the run is.
    func loop(ofRelease run: String) async throws -> StoredLoop?
}

package struct UnfinishedLoops: Sendable {
    package struct Unreadable: Sendable {
        package var run: String
        package var failure: Failure

        package init(run: String, failure: Failure) {
            self.run = run
            self.failure = failure
        }
    }

    package var loops: [StoredLoop] = []
    package var unreadable: [Unreadable] = []

    package init() {}
}

package struct StoredLoop: Hashable, Sendable {
    package var run: String
    package var environment: String
    package var entries: [LoopEntry]
    /// Who works at it, or did so last.
    package var process: LockProcess?

    package init(run: String, environment: String, entries: [LoopEntry], process: LockProcess? = nil) {
        self.run = run
        self.environment = environment
        self.entries = entries
        self.process = process
    }

    package var order: LoopOrder? {
        if case .began(let order) = entries.first?.event { order } else { nil }
    }
}

extension LoopEntry {
    /// The release that the entry announces.
    package var announcedRun: String? {
        switch event {
        case .releaseIntended(let run), .rollbackIntended(let run, _): run
        default: announcedCandidate
        }
    }

    /// The candidate that the entry announces: one that nobody is sent to, with a tag of its own.
    package var announcedCandidate: String? {
        switch event {
        case .probeIntended(let run, _), .rerunIntended(let run): run
        default: nil
        }
    }

    package var endsLoop: Bool { if case .stopped = event { true } else { false } }
}
