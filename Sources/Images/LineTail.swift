import Releases
import Synchronization

/// The last lines of a program's output: where it says why it failed.
final class LineTail: Sendable {
    private let lines = Mutex<[String]>([])
    private let limit: Int

    init(limit: Int = 15) {
        self.limit = limit
    }

    func append(_ line: String) {
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        lines.withLock { lines in
            lines.append(String(line.prefix(2000)))
            if lines.count > limit { lines.removeFirst() }
        }
    }

    var details: [Failure.Detail] {
        lines.withLock { $0.map { Failure.Detail("output", $0) } }
    }
}
