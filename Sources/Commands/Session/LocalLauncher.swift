import Configuration
import LocalCloudRun
import Releases
import Reporting
import Transport

/// Finds the local Cloud Run of this state folder, or starts it in the background.
struct LocalLauncher {
    struct Settings {
        var stateFolder: String
        var port: Int
        var ingressPort: Int
        var runtime: String
        var etag: EtagMode
        var idleMilliseconds: Int
    }

    static let defaultPort = 7080
    static let defaultIngressPort = 7090
    /// As long as Cloud Run keeps an idle instance.
    static let defaultIdleTime = "15m"
    /// The container engine may be slow to answer; the server itself is ready in milliseconds.
    private static let patience = Duration.seconds(30)

    let session: Session
    var options = LocalOptions.Values()

    func settings() throws -> Settings {
        let folder =
            try options.state ?? ProcessEnvironment.nonEmpty("STAGECTL_LOCAL_STATE")
            ?? (session.stateFolder() + "/local")
        let runtime = options.runtime ?? ProcessEnvironment.nonEmpty("STAGECTL_LOCAL_RUNTIME") ?? "auto"
        let known = [RuntimeRegistry.automaticName] + RuntimeRegistry.entries.map(\.name)
        guard known.contains(runtime) else {
            throw Failure(
                .usage, "no runtime is called `\(runtime)`",
                details: [.init("runtimes", known.joined(separator: ", "))], hint: "STAGECTL_LOCAL_RUNTIME=auto")
        }
        let port = try options.port ?? Self.port("STAGECTL_LOCAL_PORT") ?? Self.defaultPort
        let ingressPort =
            try options.ingressPort ?? Self.port("STAGECTL_LOCAL_INGRESS_PORT") ?? Self.defaultIngressPort
        guard port != ingressPort else {
            throw Failure(
                .usage, "\(port) is meant to be the port of the API and of the services",
                hint: "choose two: --port and --ingress-port, or STAGECTL_LOCAL_PORT and STAGECTL_LOCAL_INGRESS_PORT")
        }
        return Settings(
            // The same for every folder that a command is typed in: instances belong to the state by its path.
            stateFolder: Folders.absolute(folder),
            port: port, ingressPort: ingressPort, runtime: runtime,
            etag: try options.etag ?? Self.etagMode(), idleMilliseconds: try idleMilliseconds())
    }

    /// The server, started when it was not running.
    func runningServer() async throws -> ServerRecord {
        let settings = try settings()
        if let record = await ServerRecord.running(stateFolder: settings.stateFolder) {
            try refuseOthers(than: record)
            return record
        }
        session.console.progress("  starting the local Cloud Run on port \(settings.port)")
        return try await start(settings)
    }

    /// Ports that were typed are what is meant; a variable may be there for other servers.
    private func refuseOthers(than record: ServerRecord) throws {
        let (port, ingress) = (options.port ?? record.apiPort, options.ingressPort ?? record.ingressPort)
        guard port != record.apiPort || ingress != record.ingressPort else { return }
        throw Failure(
            .conflict, "the local Cloud Run of this state runs already, on other ports",
            details: [.init("API", "\(record.apiPort)"), .init("services", "\(record.ingressPort)")],
            hint: "stagectl local down, or choose another state with --state")
    }

    private func start(_ settings: Settings) async throws -> ServerRecord {
        let log = settings.stateFolder + "/server.log"
        // Before its subfolder: whoever makes the state folder tells git to look away from it.
        if settings.stateFolder.hasPrefix(Folders.absolute(try session.stateFolder()) + "/") { _ = try session.state() }
        try Folders.create(settings.stateFolder)
        let pid: Int32
        do {
            pid = try ChildProcess.spawnDetached(
                CommandLine(
                    [
                        ProgramPath.own, "local", "serve", "--state", settings.stateFolder, "--port",
                        "\(settings.port)", "--ingress-port", "\(settings.ingressPort)", "--runtime",
                        settings.runtime, "--etag", settings.etag.rawValue, "--idle-time",
                        DurationText.spelled(milliseconds: settings.idleMilliseconds),
                    ],
                    // A server that stays has no use for the cloud's token, and would keep it for days.
                    environment: ["STAGECTL_ACCESS_TOKEN": ""]), standardOutput: log)
        } catch {
            throw FailureLifting.lift(error)
        }
        let clock = ContinuousClock()
        let end = clock.now + Self.patience
        var pause = Duration.milliseconds(10)
        while clock.now < end {
            if let record = await ServerRecord.running(stateFolder: settings.stateFolder) {
                return record
            }
            guard ProcessLife.isAlive(pid) else { break }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(200))
        }
        throw Failure(
            .unavailable, "the local Cloud Run did not start",
            details: [.init("log", log)] + Folders.lastLines(of: log, count: 5).map { .init("", $0) },
            hint: "stagectl local serve shows it in the foreground; --port and --ingress-port choose other ports")
    }

    private static func etagMode() throws -> EtagMode {
        guard let text = ProcessEnvironment.nonEmpty("STAGECTL_LOCAL_ETAG") else { return .strict }
        guard let mode = EtagMode(rawValue: text) else {
            throw Failure(
                .usage, "STAGECTL_LOCAL_ETAG is neither strict nor lax: `\(text)`",
                hint: "export STAGECTL_LOCAL_ETAG=strict")
        }
        return mode
    }

    private func idleMilliseconds() throws -> Int {
        let text = options.idleTime ?? ProcessEnvironment.nonEmpty("STAGECTL_LOCAL_IDLE_TIME") ?? Self.defaultIdleTime
        guard let milliseconds = DurationText.milliseconds(text) else {
            throw Failure(
                .usage, "STAGECTL_LOCAL_IDLE_TIME is not a length of time: `\(text)`",
                hint: "export STAGECTL_LOCAL_IDLE_TIME=\(Self.defaultIdleTime)")
        }
        return milliseconds
    }

    private static func port(_ name: String) throws -> Int? {
        guard let text = ProcessEnvironment.nonEmpty(name) else { return nil }
        guard let port = Int(text), (1...65535).contains(port) else {
            throw Failure(.usage, "\(name) is not a port: `\(text)`", hint: "export \(name)=7080")
        }
        return port
    }
}

extension ServerRecord {
    /// The API, for clients.
    var endpoint: String { "http://127.0.0.1:\(apiPort)" }
}
