import ArgumentParser
import JSON
import Verification

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How long a JUnit file takes to be read as a stream, and what that takes of memory: `scripts/bench-runners`.
enum JUnitIngestion {
    private static let piece = 256 << 10

    /// - Returns: a JSON document with the cases by outcome, milliseconds, and the most resident memory in KiB.
    /// - Throws: ``ValidationError`` for what is no report.
    static func measure(_ path: String) throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ValidationError("`\(path)` cannot be read") }
        defer { close(file) }
        var outcomes: [String: Int64] = [:]
        var seconds = 0.0
        let began = ContinuousClock.now
        var report = JUnitReport()
        do throws(MalformedXML) {
            let document = XMLEventReader { () throws(MalformedXML) -> [UInt8] in
                let bytes = [UInt8](unsafeUninitializedCapacity: piece) {
                    $1 = max(0, read(file, $0.baseAddress, piece))
                }
                return bytes
            }
            try report.add(document) { test in
                outcomes[test.outcome.rawValue, default: 0] += 1
                seconds += test.seconds ?? 0
            }
        } catch {
            throw ValidationError("`\(path)`: \(error.reason), at byte \(error.offset)")
        }
        let took = (ContinuousClock.now - began) / .milliseconds(1)
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        #else
        getrusage(RUSAGE_SELF, &usage)
        #endif
        let document: JSONValue = [
            "outcomes": .object(outcomes.mapValues(JSONValue.integer)), "seconds": .number(seconds),
            "milliseconds": .number(took), "peakKiB": .integer(Int64(usage.ru_maxrss)),
            "problems": .array(report.problems.map(JSONValue.string)),
        ]
        return document.serialized()
    }
}
