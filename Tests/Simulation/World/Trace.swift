/// What happened, in order: the same seed gives the same lines, and so the same digest.
package struct Trace: Sendable {
    package private(set) var lines: [String] = []

    mutating func add(_ line: String) { lines.append(line) }

    package var digest: UInt64 {
        var hash = FNV()
        for line in lines { hash.add(line + "\n") }
        return hash.value
    }
}

/// A rule that was broken.
package struct Violation: Hashable, Sendable {
    package var rule: Int
    package var text: String
    /// Since the world began.
    package var seconds: Double
}
