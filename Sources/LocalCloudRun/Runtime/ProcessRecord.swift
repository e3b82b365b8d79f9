#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which process an instance is, in a form that a process number used again by another program does not match.
struct ProcessRecord: Hashable, Sendable {
    var processID: Int32
    /// Clock ticks since the machine started; nil where there is no /proc.
    var startTime: UInt64?

    /// Reads a line of /proc/PID/stat (proc(5)). The program's name stands in parentheses and may hold anything, so
    /// fields are counted from the last one.
    init?(statLine line: String) {
        guard let space = line.firstIndex(of: " "), let processID = Int32(line[..<space]), processID > 1,
            let end = line.lastIndex(of: ")")
        else { return nil }
        self.processID = processID
        // Field 22 of all, the 20th after the name.
        let fields = line[line.index(after: end)...].split { $0.isWhitespace }
        startTime = fields.count > 19 ? UInt64(fields[19]) : nil
    }

    /// Whether the process that has this number now is the one that was recorded.
    func matches(_ current: ProcessRecord?) -> Bool {
        guard let current, startTime != nil else { return false }
        return current == self
    }

    static func read(_ path: String) -> Self? {
        // Files of /proc have no size, so this reads to the end rather than by size.
        guard let data = FileManager.default.contents(atPath: path), data.count <= 8192 else { return nil }
        return Self(statLine: String(decoding: data, as: UTF8.self))
    }
}
