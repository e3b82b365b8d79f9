import ArgumentParser
import Configuration
import JSON
import LocalCloudRun
import Releases
import Reporting

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `stagectl local serve`
struct LocalServeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the local Cloud Run in the foreground, until Ctrl-C.")
    static let schema = "stagectl.local/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions

    func run(in session: Session) async throws -> CommandResult {
        let settings = try LocalLauncher(session: session, options: local.values).settings()
        // Its databases hold what services are configured with. What an instance is to read has a mode of its own.
        umask(0o077)
        try Folders.create(settings.stateFolder)
        if let other = await ServerRecord.running(stateFolder: settings.stateFolder) {
            throw Failure(
                .conflict, "this state folder is served already", details: [.init("pid", "\(other.pid)")],
                hint: "stagectl local down, or choose another folder with --state")
        }
        let runtime = try await settings.openRuntime(named: settings.runtime)
        let server = LocalServer(
            settings: LocalServerSettings(
                stateFolder: settings.stateFolder, apiPort: settings.port, ingressPort: settings.ingressPort,
                runtime: runtime, version: Version.current,
                scaleToZero: .milliseconds(settings.idleMilliseconds), enforcesEtags: settings.etag == .strict))
        do {
            try await server.run { record in
                session.console.progress(
                    "local Cloud Run: API http://127.0.0.1:\(record.apiPort), services "
                        + "http://SERVICE.localhost:\(record.ingressPort), runtime \(record.runtime)")
            }
        } catch {
            throw FailureLifting.lift(error)
        }
        return CommandResult(["schema": .string(Self.schema), "running": false, "error": .null], text: "")
    }
}
