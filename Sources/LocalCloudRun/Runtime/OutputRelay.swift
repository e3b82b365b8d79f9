import Synchronization
import Transport

/// Hands over every line of a container once: those that a follower sees as they come, and at the end those that it
/// has missed. An engine keeps each stream in order, so how many were handed over says where to go on.
final class OutputRelay: Sendable {
    private struct Count {
        var handedOver = 0
        var seenAgain = 0
    }

    private let output: @Sendable (String, Bool) -> Void
    private let counts = Mutex<[Bool: Count]>([:])

    /// `output` gets a line and whether it came from standard error.
    init(_ output: @escaping @Sendable (String, Bool) -> Void) {
        self.output = output
    }

    func follow(_ line: String, _ stream: OutputStream) {
        counts.withLock { $0[stream == .error, default: Count()].handedOver += 1 }
        output(line, stream == .error)
    }

    /// A line of the whole output, read from its beginning after the follower has ended.
    func catchUp(_ line: String, _ stream: OutputStream) {
        let isNew = counts.withLock { counts in
            counts[stream == .error, default: Count()].seenAgain += 1
            let count = counts[stream == .error, default: Count()]
            return count.seenAgain > count.handedOver
        }
        if isNew { output(line, stream == .error) }
    }
}
