package import Releases
package import Verification

/// A run as it is carried from one place to another.
package struct MovableRun: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package var entry: JournalEntry
        package var fencingToken: Int64
    }

    package var run: String
    package var environment: String
    package var plan: String
    package var process: LockProcess?
    /// When it began, in milliseconds since 1970.
    package var moment: Int64
    package var lines: [Line]

    var hasEnded: Bool { lines.last?.entry.event.endsRun == true }

    /// What a place that has the run already lacks of it. Throws `conflict` where it has something else.
    func missing(after known: [Line], at place: String) throws(Failure) -> ArraySlice<Line> {
        guard known.count <= lines.count, known.elementsEqual(lines.prefix(known.count)) else {
            throw Failure(
                .conflict, "run `\(run)` is another one in `\(place)`",
                details: [.init("entries", "\(lines.count), and there \(known.count)")],
                hint: "two histories cannot become one: name another place")
        }
        return lines.dropFirst(known.count)
    }
}

package struct MovableImage: Hashable, Sendable {
    package var builder: String
    package var repository: String
    package var sourceDigest: String
    package var image: BuiltImage
}

/// A place from which an environment's state can be taken, and to which it can be brought. What is brought twice is there
/// once, so that a move that was cut is begun anew.
package protocol MovableState: JournalStore, Ledger, ImageRecords, ServiceLock, EvidenceRecords {
    /// For people.
    var place: String { get }

    /// Where the environment's state has gone, or is going.
    func movedState(of environment: String) async throws -> MovedState?
    /// Nil when it is here (again).
    func setMoved(_ moved: MovedState?, of environment: String) async throws

    /// Of the environment, oldest first.
    func runNames(of environment: String) async throws -> [String]
    func movableRun(_ run: String) async throws -> MovableRun?
    func bring(_ run: MovableRun) async throws

    /// The runs of all releases, oldest first.
    func releaseNames(of environment: String) async throws -> [String]

    func lockRecords(of environment: String) async throws -> [LockRecord]
    /// Keeps tokens growing; nobody holds the lock.
    func bring(_ lock: LockRecord) async throws

    func movableImages() async throws -> [MovableImage]

    /// What suites came to against the environment.
    func verdicts(of environment: String) -> any VerdictRecords

    /// The runs of which evidence is kept.
    func evidenceNames(of environment: String) async throws -> [String]

    /// Oldest first.
    func bring(_ releases: [ForcedRelease], of environment: String) async throws
}

extension MovableState {
    func bring(_ image: MovableImage) async throws {
        try await record(
            image.image, builder: image.builder, repository: image.repository, sourceDigest: image.sourceDigest)
    }
}
