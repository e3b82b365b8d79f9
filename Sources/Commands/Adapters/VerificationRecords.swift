import Configuration
import JSON
import Releases
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What earlier runs of suites came to, a file for each run below the state folder: runs that end at the same moment
/// overwrite nothing of one another.
struct VerificationRecords {
    /// Twice of what any rule looks back, for several services each.
    private static let kept = 100
    private static let largest = 16 << 20

    let folder: String

    init(stateFolder: String, environment: String) {
        folder = "\(stateFolder)/verdicts/\(environment)"
    }

    /// A file that cannot be read is no history; the run that follows does not depend on it to be honest, only to
    /// notice more.
    func history() -> VerificationHistory {
        let decoder = JSONDecoder()
        let runs = files().compactMap { name -> RecordedRun? in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"), data.count <= Self.largest
            else {
                return nil
            }
            return try? decoder.decode(RecordedRun.self, from: data)
        }
        return VerificationHistory(runs: runs.sorted { $0.startedAt < $1.startedAt })
    }

    func add(_ run: RecordedRun, named name: String) throws {
        try Folders.create(folder)
        let data = try JSONEncoder().encode(run)
        // Names sort by time: the digits of a moment in milliseconds are as many until the year 2286.
        let moment = String(Int64(run.startedAt * 1000))
        // Without a temporary file, which a kill would leave behind: what is cut short is no history.
        try Folders.writePrivately(Array(data), to: "\(folder)/\(moment)-\(name).json")
        for old in files().dropLast(Self.kept) { try? FileManager.default.removeItem(atPath: "\(folder)/\(old)") }
    }

    private func files() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
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
