import LocalCloudRun
import Releases

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How a local Cloud Run came to its end.
enum LocalEnding: String {
    case stopped
    /// A `kill -9` ended it before: only its instances were left.
    case cleanedUp = "the server had died; the instances that it left were stopped"
    case wasNotRunning = "was not running"

    /// Stops the server with its instances and waits for their end.
    static func stop(_ settings: LocalLauncher.Settings) async throws -> LocalEnding {
        guard let record = await ServerRecord.running(stateFolder: settings.stateFolder) else {
            guard let left = ServerRecord.left(stateFolder: settings.stateFolder) else { return .wasNotRunning }
            let runtime = try await settings.openRuntime(named: left.runtime)
            await LocalServer.removeLeftovers(stateFolder: settings.stateFolder, runtime: runtime)
            return .cleanedUp
        }
        kill(record.pid, SIGTERM)
        let clock = ContinuousClock()
        // Instances get ten seconds to end, as on Cloud Run.
        let end = clock.now + .seconds(30)
        while ProcessLife.isAlive(record.pid) {
            guard clock.now < end else {
                throw Failure(
                    .unavailable, "the local Cloud Run does not end", details: [.init("pid", "\(record.pid)")],
                    hint: "kill -9 \(record.pid) && stagectl local down")
            }
            try await clock.sleep(for: .milliseconds(20))
        }
        return .stopped
    }
}
