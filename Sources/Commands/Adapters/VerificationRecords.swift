import Configuration
import JSON
import Releases
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What earlier runs of suites came to, two files for each run below the state folder: runs that end at the same moment
/// overwrite nothing of one another. What each check came to stands in a file of its own, which is read only where
/// somebody asks about single checks: a hundred runs of thousands of checks are more than a run should hold.
struct VerificationRecords {
    /// Twice of what any rule looks back, for several services each.
    private static let kept = 100
    private static let largest = 16 << 20
    private static let ending = ".json"
    private static let outcomesEnding = ".outcomes"

    let folder: String

    init(stateFolder: String, environment: String) {
        folder = "\(stateFolder)/verdicts/\(environment)"
    }

    /// A file that cannot be read is no history; the run that follows does not depend on it to be honest, only to
    /// notice more.
    ///
    /// - Parameters:
    ///   - digest: the image that is tested: of its runs all is there that says that a check flakes.
    ///   - entries: checks of which all is there.
    func history(of digest: String?, about entries: Set<SuiteIndex.Entry>) -> VerificationHistory {
        var runs: [(name: String, run: RecordedRun)] = []
        for name in names() {
            guard let document = document(name + Self.ending), let run = RecordedRun(document) else { continue }
            runs.append((name, run))
        }
        let isAsked = runs.map { $0.run.digest != nil && $0.run.digest == digest }
        let asked = zip(runs, isAsked).filter(\.1).map(\.0.name)
        // Only what failed once can have passed and failed.
        let suspects = entries.union(asked.flatMap { outcomes($0) { !$0.passed } }.map(\.entry))
        if !suspects.isEmpty {
            for index in runs.indices where isAsked[index] || !entries.isEmpty {
                let wanted = isAsked[index] ? suspects : entries
                runs[index].run.outcomes = outcomes(runs[index].name) { wanted.contains($0.entry) }
            }
        }
        return VerificationHistory(runs: runs.map(\.run).sorted { $0.startedAt < $1.startedAt })
    }

    func add(_ run: RecordedRun, named name: String) throws {
        try Folders.create(folder)
        // Names sort by time: the digits of a moment in milliseconds are as many until the year 2286.
        let path = "\(folder)/\(Int64(run.startedAt * 1000))-\(name)"
        // Without temporary files, which a kill would leave behind: what is cut short is no history. The run itself
        // comes last, so that it is never there without its outcomes.
        try Folders.writePrivately(Array(run.outcomesDocument.serialized().utf8), to: path + Self.outcomesEnding)
        try Folders.writePrivately(Array(run.document.serialized().utf8), to: path + Self.ending)
        for old in names().dropLast(Self.kept) {
            for ending in [Self.ending, Self.outcomesEnding] { unlink("\(folder)/\(old)\(ending)") }
        }
    }

    private func names() -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(Self.ending) }.map { String($0.dropLast(Self.ending.count)) }.sorted()
    }

    private func document(_ name: String) -> JSONValue? {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"), data.count <= Self.largest else {
            return nil
        }
        return try? JSONValue(parsing: data)
    }

    private func outcomes(_ name: String, where isWanted: (RecordedRun.Outcome) -> Bool) -> [RecordedRun.Outcome] {
        document(name + Self.outcomesEnding).map { RecordedRun.outcomes($0, where: isWanted) } ?? []
    }
}

/// A run as it is recorded.
extension RecordedRun {
    /// Nil for what no run looks like.
    fileprivate init?(_ document: JSONValue) {
        guard let startedAt = document["startedAt"]?.double,
            let result = document["result"]?.string.flatMap(Verdict.Result.init(rawValue:)),
            let isNarrowed = document["isNarrowed"]?.bool, let skips = document["skips"]?.object
        else { return nil }
        self.init(
            startedAt: startedAt, result: result, isNarrowed: isNarrowed, digest: document["digest"]?.string,
            skips: skips.compactMapValues { $0.integer.flatMap(Int.init(exactly:)) })
    }

    fileprivate var document: JSONValue {
        [
            "startedAt": .number(startedAt), "result": .string(result.rawValue), "isNarrowed": .bool(isNarrowed),
            "digest": digest.map(JSONValue.string) ?? .null, "skips": .object(skips.mapValues { .integer(Int64($0)) }),
        ]
    }

    /// The ids that passed and that failed, by suite.
    fileprivate var outcomesDocument: JSONValue {
        func ids(_ passed: Bool) -> JSONValue {
            let chosen = Dictionary(grouping: outcomes.filter { $0.passed == passed }, by: \.entry.suite)
            return .object(chosen.mapValues { .array($0.map { .string($0.entry.id) }) })
        }
        return ["passed": ids(true), "failed": ids(false)]
    }

    fileprivate static func outcomes(_ document: JSONValue, where isWanted: (Outcome) -> Bool) -> [Outcome] {
        [("passed", true), ("failed", false)].flatMap { key, passed in
            (document[key]?.object ?? [:]).flatMap { suite, ids in
                (ids.array ?? []).compactMap(\.string).map {
                    Outcome(entry: SuiteIndex.Entry(suite: suite, id: $0), passed: passed)
                }.filter(isWanted)
            }
        }
    }
}

extension Session {
    func verificationRecords() throws -> VerificationRecords {
        VerificationRecords(stateFolder: try stateFolder(), environment: environmentName)
    }

    /// The tests that there should be; nil where the environment names no index.
    ///
    /// - Throws: ``Failure`` of category `configuration` with every finding.
    func suiteIndex() throws -> SuiteIndex? {
        let configuration = try configuration()
        guard let name = configuration.environment.index else { return nil }
        switch SuiteIndexAccess.read(name, in: configuration.folder) {
        case .success(let index): return index
        case .failure(let found): throw ConfigurationAccess.invalid(found.findings, in: configuration.folder)
        }
    }
}

/// Test indexes, by name.
enum SuiteIndexAccess {
    static func read(_ name: String, in folder: ConfigurationFolder) -> Result<SuiteIndex, Findings> {
        let file = "\(folder.name)/index/\(name).yaml"
        switch folder.contents(of: "index/\(name).yaml") {
        case .missing: return .failure(Findings([Finding(file: file, line: 0, column: 0, message: "does not exist")]))
        case .unreadable(let reason):
            return .failure(
                Findings([Finding(file: file, line: 0, column: 0, message: "cannot be read: \(reason)")]))
        case .bytes(let bytes): return SuiteIndexLoader.load(bytes, file: file)
        }
    }
}
