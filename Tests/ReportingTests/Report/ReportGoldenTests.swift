import Configuration
import Reporting
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reports of fixed runs, as they are written down.
@Suite struct ReportGoldenTests {
    private static let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Goldens"
    /// Set to write golden files again; the run fails, so that it is never left on.
    private static let isRecording = ConfigurationLoader.processVariables()["STAGECTL_RECORD"] != nil

    @Test(arguments: FixedRun.allCases, ReportRendering.allCases)
    func `a fixed run is told as it is written down`(run: FixedRun, rendering: ReportRendering) throws {
        let text = rendering.text(of: run.report)
        let name = "\(run.rawValue).\(rendering.rawValue)"
        let path = "\(Self.folder)/\(name)"
        if Self.isRecording {
            try Data(text.utf8).write(to: URL(filePath: path))
            Issue.record("recorded \(name): look at the difference, and run again without STAGECTL_RECORD")
        }
        let golden = (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
        #expect(text == golden, "\(name): STAGECTL_RECORD=1 writes it again")
    }

    @Test func `every file among the goldens belongs to a run and a rendering`() throws {
        let known = FixedRun.allCases.flatMap { run in ReportRendering.allCases.map { "\(run.rawValue).\($0.rawValue)" }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted() == known.sorted())
    }
}
