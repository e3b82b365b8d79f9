import Configuration
import Foundation
import Releases
import Testing

/// Journals as earlier versions of stagectl wrote them still tell the same story. A file here is never changed; a form
/// of entries that differs gets files of its own.
@Suite struct RecordedJournalTests {
    private struct Recording: Decodable {
        var plan: String
        var entries: [JournalEntry]
    }

    private static let names = [
        "1-deploy-promoted", "1-deploy-of-three-promoted", "1-deploy-failed", "1-rollback-rolled-back",
    ]

    private static func recording(_ name: String) throws -> Recording {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Journals"))
        return try JSONDecoder().decode(Recording.self, from: Data(contentsOf: file))
    }

    @Test func `every recording is replayed here`() throws {
        let folder = try #require(Bundle.module.url(forResource: "Journals", withExtension: nil))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(files) == Set(Self.names.map { $0 + ".json" }))
    }

    @Test(arguments: names) func `a recorded run is what its name says`(name: String) throws {
        let recording = try Self.recording(name)
        let plan = try DecodedPlan(decoding: recording.plan).plan
        let progress = Progress(replaying: recording.entries)
        let outcome = try #require(progress.ended)
        #expect(name.hasSuffix("-" + outcome.rawValue))
        #expect(plan.kind == (name.contains("rollback") ? .rollback : .deploy))
        let known = Set(plan.steps.map(\.id))
        #expect(progress.begun.allSatisfy { known.contains($0) || $0.hasPrefix("restore:") })
        let document = ReleaseDocument.compose(
            plan: plan, progress: progress, observations: [:], outcome: outcome, error: nil, finished: "")
        let isComplete = outcome == .promoted || outcome == .rolledBack
        #expect(isComplete == document.steps.allSatisfy { $0.status == .done || $0.status == .skipped })
        #expect(document.verdict.result == (isComplete ? .pass : .fail))
        #expect(document.services.allSatisfy { $0.candidate != nil })
    }

    /// What a kill at any place of that version left behind.
    @Test(arguments: names) func `every part of a recorded run can be replayed entry by entry`(name: String) throws {
        let entries = try Self.recording(name).entries
        var progress = Progress()
        for count in 0..<entries.count {
            #expect(progress == Progress(replaying: Array(entries.prefix(count))))
            #expect(progress.ended == nil)
            progress.apply(entries[count])
        }
    }
}
