import Synchronization

/// The one document of an invocation: the normal end and the second signal may come at the same time, and whoever
/// comes first has given it.
final class Answer: Sendable {
    private let isGiven = Mutex(false)

    /// Whoever is too late waits until the other one has written everything.
    func give(_ write: () -> Void) {
        isGiven.withLock { isGiven in
            guard !isGiven else { return }
            isGiven = true
            write()
        }
    }
}
