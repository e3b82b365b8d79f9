import Configuration
import Releases
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Failures as Cloud Run and Cloud Logging show them, with the exact words of a deploy.
@Suite struct DiagnosisGoldenTests {
    private static let folder = "Diagnoses"
    /// Set to write golden files again; the run fails, so that it is never left on.
    private static let isRecording = ConfigurationLoader.processVariables()["STAGECTL_RECORD"] != nil

    @Test(arguments: DiagnosisCase.names(in: folder))
    func `a recorded failure is told in the words that are written down`(name: String) throws {
        let recorded = try DiagnosisCase(name, in: Self.folder)
        let text = recorded.text
        let path = "\(DiagnosisCase.folder(Self.folder))/\(name).txt"
        if Self.isRecording {
            try Data(text.utf8).write(to: URL(filePath: path))
            Issue.record("recorded \(name).txt: look at the difference, and run again without STAGECTL_RECORD")
        }
        #expect(recorded.diagnosis.kind == recorded.kind)
        let golden = (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
        #expect(text == golden, "\(name)")
    }

    @Test func `the table has at least twenty-five kinds, each with one cause, one fix and one command`() throws {
        var kinds: Set<String> = []
        for name in DiagnosisCase.names(in: Self.folder) {
            let diagnosis = try DiagnosisCase(name, in: Self.folder).diagnosis
            kinds.insert(diagnosis.kind)
            #expect(!diagnosis.cause.isEmpty && !diagnosis.fix.isEmpty, "\(name)")
            #expect(diagnosis.command?.contains { $0.isNewline } == false, "\(name)")
        }
        #expect(kinds.count >= 25, "\(kinds.count) kinds")
    }
}
