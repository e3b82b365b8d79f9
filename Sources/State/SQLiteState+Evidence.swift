import Releases

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A run's evidence is a file beside the database, as it was written while the run went on.
extension SQLiteState: EvidenceRecords {
    private var reports: String { folder + "/reports" }

    package func evidence(of run: String, in environment: String) async throws -> [UInt8]? {
        FileBytes.read("\(reports)/\(run).json", atMost: EvidenceLimits.largest)
    }

    package func changeEvidence(
        of run: String, in environment: String, _ change: @escaping @Sendable ([UInt8]?) -> [UInt8]?
    ) async throws {
        let known = try await evidence(of: run, in: environment)
        guard let bytes = change(known), bytes != known else { return }
        try EvidenceLimits.assertBounded(bytes, of: run)
        let path = "\(reports)/\(run).json"
        do {
            try StateFolder(path: reports).makeAll()
            try StateFolder.write(bytes, to: path)
        } catch {
            throw Failure(stateError: error, path: path)
        }
    }

    package func evidenceNames(of environment: String) async throws -> [String] {
        let files = Set((try? FileManager.default.contentsOfDirectory(atPath: reports)) ?? [])
        guard !files.isEmpty else { return [] }
        return try await runNames(of: environment).filter { files.contains($0 + ".json") }
    }
}
