import JSON
import Releases
import Reporting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The evidence of runs as a team shares it. What could not be brought to its state yet has a file beside it that says so,
/// and is brought with the next run or report.
struct TeamEvidence: Sendable {
    private static let waiting = ".waiting"

    let records: any EvidenceRecords
    let environment: String
    /// Of this machine, with a file for each run.
    let folder: String
    let console: Console

    /// Nil where nobody has any, or nothing that can be read.
    func evidence(of run: String) async throws -> RunEvidence? {
        try await records.evidence(of: run, in: environment).flatMap(Self.decode)
    }

    /// Says that there is more on this machine than the team has.
    func expect(_ run: String) throws { try Folders.writePrivately([], to: path(run) + Self.waiting) }

    /// Adds what this machine has of the run to what is there.
    func bring(_ run: String) async throws {
        guard let own = EvidenceRecorder.read(path(run)), own.environment == environment else { return }
        try await records.changeEvidence(of: run, in: environment) { [console] bytes in
            guard var evidence = bytes.flatMap(Self.decode) else { return Self.encode(own, console) }
            for part in own.parts { evidence.add(part) }
            return Self.encode(evidence, console)
        }
        try? FileManager.default.removeItem(atPath: path(run) + Self.waiting)
    }

    /// Everything that waits, as long as the state can be reached.
    func bringAll() async {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for file in files where file.hasSuffix(Self.waiting) {
            do { try await bring(String(file.dropLast((".json" + Self.waiting).count))) } catch { return }
        }
    }

    private func path(_ run: String) -> String { "\(folder)/\(run).json" }

    static func encode(_ evidence: RunEvidence, _ console: Console) -> [UInt8] {
        Array(console.redacted(ReleaseJSON.encoded(evidence).serialized()).utf8)
    }

    static func decode(_ bytes: [UInt8]) -> RunEvidence? {
        let evidence = try? JSONDecoder().decode(RunEvidence.self, from: Data(bytes))
        return evidence?.schema == RunEvidence.schema ? evidence : nil
    }
}
