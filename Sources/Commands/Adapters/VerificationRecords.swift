import Configuration
import Releases
import Reporting
import State
import Verification

extension Session {
    /// What earlier runs of suites came to: where the state of the environment is.
    func verdictRecords() throws -> any VerdictRecords {
        let place = try statePlace()
        guard case .bucket = place, let state = try state() as? BucketState else {
            let folder = if case .folder(let folder) = place { folder } else { try stateFolder() }
            return VerdictFolder(stateFolder: folder, environment: environmentName)
        }
        let console = console
        return TeamVerdicts(
            BucketVerdicts(state, environment: environmentName),
            folder: try stateFolder() + "/team/\(place.description.dropFirst(5))/waiting/\(environmentName)"
        ) { failure in
            console.progress("  ! \(failure.summary): what the suites came to is kept here until it can be")
        }
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
