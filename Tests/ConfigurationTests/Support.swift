import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads, merges and checks two texts as if they were files.
func load(
    services: String = "", environment: String, suites: [String] = [], variables: [String: String] = [:]
) -> Result<Environment, Findings> {
    func read(_ text: String, _ file: String) -> ConfigurationMerger.Read {
        ConfigurationReader.read(Array(text.utf8), file: file).map { $0 }
    }
    return ConfigurationMerger.merge(
        environment: "test", shared: read(services, "services.yaml"), own: read(environment, "test.yaml"),
        suites: suites, variables: variables
    ).map(\.0)
}

/// The headlines of all findings.
func headlines(
    services: String = "", environment: String = minimal, suites: [String] = [], variables: [String: String] = [:]
) -> [String] {
    switch load(services: services, environment: environment, suites: suites, variables: variables) {
    case .success: []
    case .failure(let findings): findings.findings.map(FindingText.headline)
    }
}

let minimal = """
    platform: local
    project: local-project
    region: us-central1

    """

/// The folder of this package.
func packageRoot(_ file: String = #filePath) -> String {
    file.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
}

enum ProcessVariables {
    /// Set to write golden files again; the run fails, so that it is never left on.
    static let recording = ConfigurationLoader.processVariables()["STAGECTL_RECORD"]
}

/// Writes a golden file.
func record(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
}
