import Releases

/// A run's evidence as the text of its document, which only those who write and read reports understand.
struct BucketEvidence: Codable, Sendable, Hashable {
    var document: String
}

/// One object for each run, replaced only in the generation that was read: of two processes of which the second took the
/// run over, neither takes away what the other one measured.
extension BucketState: EvidenceRecords {
    package func evidence(of run: String, in environment: String) async throws -> [UInt8]? {
        try await look(BucketNames.evidence(environment, run), BucketEvidence.self).map {
            Array($0.content.document.utf8)
        }
    }

    package func changeEvidence(
        of run: String, in environment: String, _ change: @escaping @Sendable ([UInt8]?) -> [UInt8]?
    ) async throws {
        try await withState(of: environment) {
            try await self.found(environment)
            let name = BucketNames.evidence(environment, run)
            var found = try await self.look(name, BucketEvidence.self)
            while let bytes = change(found.map { Array($0.content.document.utf8) }) {
                try EvidenceLimits.assertBounded(bytes, of: run)
                let evidence = BucketEvidence(document: String(decoding: bytes, as: UTF8.self))
                guard evidence != found?.content else { return }
                switch try await self.put(evidence, to: name, ifGeneration: found?.generation ?? 0) {
                case .written: return
                case .lost(let other): found = other
                }
            }
        }
    }

    package func evidenceNames(of environment: String) async throws -> [String] {
        try await names(under: BucketNames.evidence(environment)).map {
            BucketNames.text($0.hasSuffix(".json") ? String($0.dropLast(".json".count)) : $0)
        }
    }
}
