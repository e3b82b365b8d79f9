import Releases
import Transport
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A part's verdict as lines of a log, the one way back from a task that needs nothing but what every job has. Pure.
///
/// `stagectl-shard/1 RUN INDEX/COUNT LINE/LINES SHA256 PAYLOAD`: the payloads together are the verdict's gzip in
/// Base64, whose digest stands in each line. Lines may come in any order, more than once, and between others.
struct ShardLines: Sendable {
    enum Reading: Equatable, Sendable {
        case document([UInt8])
        /// No line of this part.
        case nothing
        /// So many of so many lines are there.
        case incomplete(Int, of: Int)
        /// Lines of several reports, or two that differ.
        case contradictory
        /// All lines are there, and together they are not what was written.
        case damaged
    }

    private static let mark = "stagectl-shard/1"
    /// A line is cut after 16,384 characters where logs are read.
    private static let longestPayload = 12_000
    /// A log is read 1000 lines back (`entries.list`), and the checks' own lines are among them.
    static let mostLines = 400
    /// 466 checks take less than a hundredth of it.
    private static let largestDocument = 64 << 20

    let run: String
    let shard: SuiteSelection.Shard

    /// Throws `checks` for a document of more than 400 lines: about 3.6 MB when compressed.
    func lines(of document: [UInt8]) throws(Failure) -> [String] {
        let compressed = Self.compressed(document)
        let text = Data(compressed).base64EncodedString()
        let bytes = Array(text.utf8)
        let payloads = stride(from: 0, to: bytes.count, by: Self.longestPayload).map {
            String(decoding: bytes[$0..<min($0 + Self.longestPayload, bytes.count)], as: UTF8.self)
        }
        guard payloads.count <= Self.mostLines, document.count <= Self.largestDocument, !compressed.isEmpty else {
            throw Failure(
                .checks, "the report of shard \(shard.index)/\(shard.count) is too large for a log",
                details: [.init("lines", "\(payloads.count), \(Self.mostLines) at most")], hint: "take more tasks")
        }
        let digest = Fingerprint.sha256(text)
        return payloads.enumerated().map { index, payload in
            "\(Self.mark) \(run) \(shard.index)/\(shard.count) \(index + 1)/\(payloads.count) \(digest) \(payload)"
        }
    }

    func read(_ lines: some Sequence<String>) -> Reading {
        var report: (digest: Substring, count: Int, payloads: [Int: Substring])?
        for line in lines {
            guard let part = part(of: line) else { continue }
            guard let known = report else {
                report = (part.digest, part.count, [part.index: part.payload])
                continue
            }
            let isSame = known.digest == part.digest && known.count == part.count
            guard isSame, known.payloads[part.index] ?? part.payload == part.payload else { return .contradictory }
            report?.payloads[part.index] = part.payload
        }
        guard let report else { return .nothing }
        guard report.payloads.count == report.count else {
            return .incomplete(report.payloads.count, of: report.count)
        }
        let text = (1...report.count).compactMap { report.payloads[$0] }.joined()
        // The digest first: nothing is unpacked that was not packed by a part.
        guard Fingerprint.sha256(text) == report.digest,
            let compressed = Data(base64Encoded: text).map({ [UInt8]($0) }),
            let document = Gunzip.bytes(of: compressed, atMost: Self.largestDocument)
        else { return .damaged }
        return .document(document)
    }

    private struct Part {
        var index: Int
        var count: Int
        var digest: Substring
        var payload: Substring
    }

    /// Nil for lines of others, and for one that is none: it is missed by its number.
    private func part(of line: String) -> Part? {
        guard line.hasPrefix(Self.mark) else { return nil }
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0] == Self.mark, fields[1] == run,
            fields[2] == "\(shard.index)/\(shard.count)", fields[4].utf8.count == 64, !fields[5].isEmpty
        else { return nil }
        let numbers = fields[3].split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let index = numbers[0], let count = numbers[1],
            (1...Self.mostLines).contains(count), (1...count).contains(index)
        else { return nil }
        return Part(index: index, count: count, digest: fields[4], payload: fields[5])
    }

    /// Empty where there is no memory for it.
    private static func compressed(_ document: [UInt8]) -> [UInt8] {
        guard let stream = GzipStream() else { return [] }
        var bytes: [UInt8] = []
        stream.write(document) { bytes += $0 }
        stream.finish { bytes += $0 }
        return bytes
    }
}
