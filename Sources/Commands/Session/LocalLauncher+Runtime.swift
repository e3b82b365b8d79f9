import Configuration
import LocalCloudRun
import Releases

extension LocalLauncher.Settings {
    /// The runtime of that name, known to answer.
    func openRuntime(named name: String) async throws -> any Runtime {
        do {
            return try await RuntimeRegistry.open(
                name,
                settings: RuntimeRegistry.Settings(
                    processStore: stateFolder + "/images",
                    environment: ConfigurationLoader.processVariables()))
        } catch {
            switch error {
            case .unknownName(let name, let known):
                throw Failure(
                    .usage, "no runtime is called `\(name)`",
                    details: [.init("runtimes", known.joined(separator: ", "))], hint: "STAGECTL_LOCAL_RUNTIME=auto")
            case .unavailable(let name, let reason):
                throw Failure(
                    .unavailable, "runtime `\(name)` does not answer", details: [.init("why", reason)],
                    hint: "start the engine, or use plain processes: STAGECTL_LOCAL_RUNTIME=process")
            }
        }
    }
}
