import Foundation
import Testing
import Verification

@testable import Commands

@Suite struct VerificationRecordsTests {
    private let state = FileManager.default.temporaryDirectory.appending(path: "records-\(UUID().uuidString)")
    private var records: VerificationRecords { VerificationRecords(stateFolder: state.path, environment: "staging") }
    private static let digest = "sha256:1"

    private static func entry(_ id: String) -> SuiteIndex.Entry { SuiteIndex.Entry(suite: "api \"smoke\"", id: id) }

    private static func run(
        _ number: Int, digest: String? = digest, skips: Int = 0, _ outcomes: [String: Bool]
    ) -> RecordedRun {
        RecordedRun(
            startedAt: 1_795_000_000.25 + Double(number), result: outcomes.values.contains(false) ? .fail : .pass,
            digest: digest, skips: ["api \"smoke\"": skips],
            outcomes: outcomes.sorted { $0.key < $1.key }.map {
                RecordedRun.Outcome(entry: entry($0.key), passed: $0.value)
            })
    }

    private func files() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: records.folder))?.sorted() ?? []
    }

    @Test func `what is remembered is what was run`() throws {
        defer { try? FileManager.default.removeItem(at: state) }
        try records.add(Self.run(2, skips: 3, ["a": true]), named: "backend")
        try records.add(Self.run(1, digest: nil, ["a": false]), named: "backend")
        let runs = records.history(of: nil, about: []).runs
        #expect(runs.map(\.startedAt) == [1_795_000_001.25, 1_795_000_002.25])
        #expect(runs.map(\.result) == [.fail, .pass])
        #expect(runs.map(\.digest) == [nil, Self.digest])
        #expect(runs.map(\.skips) == [["api \"smoke\"": 0], ["api \"smoke\"": 3]])
        #expect(runs.allSatisfy { !$0.isNarrowed })
    }

    @Test func `of single checks only what is asked for is read`() throws {
        defer { try? FileManager.default.removeItem(at: state) }
        try records.add(Self.run(1, ["a": true, "b": true, "c": true]), named: "backend")
        try records.add(Self.run(2, ["a": false, "b": true, "c": true]), named: "backend")
        try records.add(Self.run(3, digest: "sha256:2", ["a": true, "b": false, "c": true]), named: "backend")
        #expect(records.history(of: nil, about: []).runs.allSatisfy { $0.outcomes.isEmpty })

        let ofImage = records.history(of: Self.digest, about: [])
        #expect(ofImage.flaky(on: Self.digest) == [Self.entry("a")])
        #expect(ofImage.runs.map { $0.outcomes.map(\.entry.id) } == [["a"], ["a"], []])

        let ofCheck = records.history(of: nil, about: [Self.entry("b")])
        #expect(ofCheck.runs.map { $0.outcomes.map(\.passed) } == [[true], [true], [false]])
        #expect(ofCheck.runs.flatMap { $0.outcomes.map(\.entry.id) } == ["b", "b", "b"])

        let ofBoth = records.history(of: Self.digest, about: [Self.entry("b")])
        #expect(ofBoth.flaky(on: Self.digest) == [Self.entry("a")])
        #expect(ofBoth.runs.map { Set($0.outcomes.map(\.entry.id)) } == [["a", "b"], ["a", "b"], ["b"]])
    }

    @Test func `a check that never passed is known as broken`() throws {
        defer { try? FileManager.default.removeItem(at: state) }
        for number in 0..<VerificationHistory.runsThatProveBroken {
            try records.add(Self.run(number, ["a": false, "b": true]), named: "backend")
        }
        let history = records.history(of: nil, about: [Self.entry("a"), Self.entry("b")])
        #expect(history.isBroken(Self.entry("a")))
        #expect(!history.isBroken(Self.entry("b")))
    }

    @Test func `what was cut short is no history`() throws {
        defer { try? FileManager.default.removeItem(at: state) }
        try records.add(Self.run(1, ["a": true]), named: "backend")
        try records.add(Self.run(2, ["a": false]), named: "backend")
        let names = files()
        try Data("{\"startedAt\":17950".utf8).write(to: URL(filePath: "\(records.folder)/\(names[0])"))
        try Data("{\"passed\":{},\"failed\":{\"api".utf8).write(to: URL(filePath: "\(records.folder)/\(names[3])"))
        let runs = records.history(of: Self.digest, about: [Self.entry("a")]).runs
        #expect(runs.map(\.startedAt) == [1_795_000_002.25])
        #expect(runs.allSatisfy { $0.outcomes.isEmpty })
    }

    @Test func `the oldest go with all that belongs to them`() throws {
        defer { try? FileManager.default.removeItem(at: state) }
        for number in 0..<103 { try records.add(Self.run(number, ["a": true]), named: "backend") }
        #expect(files().count == 200)
        #expect(records.history(of: nil, about: []).runs.map(\.startedAt).min() == 1_795_000_003.25)
        for file in files() {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(records.folder)/\(file)")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }
}
