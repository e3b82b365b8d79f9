import Releases
import Testing
import Verification

@testable import Commands

/// Reports of tasks as lines of a log, and back from whatever a log has made of them.
@Suite struct ShardLinesTests {
    private static let run = "r20261126093653-abcdef"

    private static func lines(_ part: String = "2/3", run: String = run) throws -> ShardLines {
        ShardLines(run: run, shard: try #require(SuiteSelection.Shard(parsing: part)))
    }

    /// Of several lines although it is packed: no two bytes in a row are alike for long.
    private static let document: [UInt8] = {
        var generator = SystemRandomNumberGenerator()
        return (0..<60_000).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
    }()

    @Test func `what was written is read, in any order, twice, and between other lines`() throws {
        let report = try Self.lines()
        let written = try report.lines(of: Self.document)
        #expect(written.count == 7 && written.allSatisfy { $0.count < 16_384 })
        let foreign = ["  passed  a/b  3 ms", "", "stagectl-shard/1", "stagectl-shard/1 x y z", "{\"a\": 1}"]
        for lines in [
            written, written.reversed(), written + written, foreign + written + foreign,
            written.flatMap { [$0] + foreign }, written.shuffled(),
            try Self.lines("1/3").lines(of: [1]) + written + Self.lines(run: "other").lines(of: [2]),
        ] { #expect(report.read(lines) == .document(Self.document)) }
        #expect(report.read(try report.lines(of: [])) == .document([]))
    }

    @Test func `a line that is lost or cut is missed by its number`() throws {
        let report = try Self.lines()
        let written = try report.lines(of: Self.document)
        for index in written.indices {
            var lines = written
            lines.remove(at: index)
            #expect(report.read(lines) == .incomplete(6, of: 7))
        }
        var cut = written
        cut[3] = String(cut[3].prefix(90))
        #expect(report.read(cut) == .incomplete(6, of: 7))
        cut[3] = String(written[3].dropLast(4))
        #expect(report.read(cut) == .damaged)
        #expect(report.read([]) == .nothing)
        #expect(report.read(["nothing of this"]) == .nothing)
    }

    @Test func `a report is one, and what its digest says`() throws {
        let report = try Self.lines()
        let written = try report.lines(of: Self.document)
        #expect(report.read(written + (try report.lines(of: [1]))) == .contradictory)
        #expect(report.read(try report.lines(of: [1]) + written) == .contradictory)
        let digest = try #require(written[0].split(separator: " ").dropFirst(4).first)
        let wrong = String(repeating: "0", count: 64)
        #expect(report.read(written.map { $0.replacing(digest, with: wrong) }) == .damaged)
        // Another payload of a line that is there already.
        let other = written[2].split(separator: " ").dropLast().joined(separator: " ") + " AAAA"
        #expect(report.read(written + [other]) == .contradictory)
        #expect(report.read(written.enumerated().map { $0 == 2 ? other : $1 }) == .damaged)
    }

    @Test func `lines of somebody else are none, and trap nobody`() throws {
        let report = try Self.lines()
        let digest = String(repeating: "a", count: 64)
        for (fields, payload) in [
            ("2/3 1/0 \(digest)", "AAAA"), ("2/3 0/1 \(digest)", "AAAA"), ("2/3 2/1 \(digest)", "AAAA"),
            ("2/3 1/401 \(digest)", "AAAA"), ("2/3 -1/1 \(digest)", "AAAA"),
            ("2/3 1/99999999999999999999 \(digest)", "A"),
            ("2/3 1/1/1 \(digest)", "AAAA"), ("2/3 1/1 abc", "AAAA"), ("3/3 1/1 \(digest)", "AAAA"),
            ("2/4 1/1 \(digest)", "AAAA"), ("2/3 1/1 \(digest)", ""), ("2/3 1/1 \(digest)", "AAAA AAAA"),
        ] {
            let line = "stagectl-shard/1 \(Self.run) \(fields) \(payload)"
            #expect(report.read([line]) == .nothing, "\(line)")
        }
        // Its own digest, and neither Base64 nor gzip.
        for payload in ["????", "AAAA", "H4sI"] {
            let line = "stagectl-shard/1 \(Self.run) 2/3 1/1 \(Fingerprint.sha256(payload)) \(payload)"
            #expect(report.read([line]) == .damaged)
        }
    }

    @Test func `a report that no log holds is refused where it is written`() throws {
        var generator = SystemRandomNumberGenerator()
        let large = (0..<500_000).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
        #expect(throws: Failure.self) { try Self.lines().lines(of: large) }
    }
}
