import Configuration
import GoogleCloud
import LocalCloudRun
import Releases
import Reporting
import SourceControl
import State
import Synchronization
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Journal, ledger, image records and locks, wherever they are kept.
typealias ReleaseState = any JournalStore & Ledger & DeliveryRecords & ImageRecords & ServiceLock

/// One invocation: the only place that builds live adapters, each when it is first needed.
final class Session: Sendable {
    let global: GlobalOptions
    let console: Console
    let http = HTTPClient(userAgent: Version.userAgent)
    private let run = Mutex<RunUnderWay?>(nil)
    private let loop = Mutex<LoopUnderWay?>(nil)
    /// A second signal leaves them.
    let endHooks = EndHooksUnderWay()
    private let loaded = Mutex<LoadedConfiguration?>(nil)
    private let opened = Mutex<ReleaseState?>(nil)
    private let credentials = Mutex<GoogleCredentials?>(nil)

    /// The session for which this one works, and which a signal asks.
    private let owner: Session?
    /// Where this machine keeps its own, where another session has said so.
    let ownerStateFolder: String?
    /// What its releases are part of, for whoever reads the history; nil for themselves.
    private let purpose: String?

    init(global: GlobalOptions, console: Console) {
        self.global = global
        self.console = console
        owner = nil
        purpose = nil
        ownerStateFolder = nil
    }

    /// Everything read anew: what is on disk may have changed since `owner` looked.
    ///
    /// - Parameters:
    ///   - configuration: the folder that holds services.yaml, where it is not the owner's.
    ///   - purpose: what its releases are part of.
    init(for owner: Session, configuration: String? = nil, purpose: String? = nil) throws {
        self.purpose = purpose ?? owner.purpose
        var global = owner.global
        global.config = configuration ?? global.config
        self.global = global
        console = owner.console
        self.owner = owner
        ownerStateFolder = try owner.stateFolder()
    }

    var environmentName: String {
        global.environment ?? ProcessEnvironment.nonEmpty("STAGECTL_ENV") ?? "local"
    }

    /// For every line that is shown to be typed next.
    var repeatedOptions: RepeatedOptions { RepeatedOptions(environment: global.environment, folder: global.config) }

    /// The run of this invocation, once it has begun: what a second Ctrl-C tells of.
    var underWay: RunUnderWay? {
        get { run.withLock { $0 } }
        set {
            run.withLock { $0 = newValue }
            owner?.underWay = newValue
        }
    }

    /// The loop of this invocation, once it has begun.
    var loopUnderWay: LoopUnderWay? {
        get { loop.withLock { $0 } }
        set { loop.withLock { $0 = newValue } }
    }

    /// The configuration, read once; throws `configuration` with every finding.
    ///
    /// - Parameter needsServices: false for whoever is about to write the first one.
    func configuration(
        needsServices: Bool = true, leavesUnknownOutputs: Bool = false
    ) throws -> LoadedConfiguration {
        if let known = loaded.withLock({ $0 }) { return known }
        let configuration = try ConfigurationAccess.load(
            environment: environmentName, folder: global.config, needsServices: needsServices,
            leavesUnknownOutputs: leavesUnknownOutputs)
        loaded.withLock { $0 = configuration }
        return configuration
    }

    func environment() throws -> Environment { try configuration().environment }

    /// - Throws: ``Failure``, also where the environment's state has gone elsewhere.
    func state() throws -> ReleaseState {
        if let known = opened.withLock({ $0 }) { return known }
        let place = try statePlace()
        let state = try open(place)
        opened.withLock { $0 = state }
        return state
    }

    /// Google's credentials, looked for when they are first needed; every request of the invocation shares its tokens.
    var googleCredentials: GoogleCredentials {
        credentials.withLock { known in
            if let known { return known }
            let made = GoogleCredentials(
                variables: ConfigurationLoader.processVariables(), http: http,
                iamCredentials: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS"))
            known = made
            return made
        }
    }

    /// The named services, or all; throws `usage` with the nearest name for one that is not there.
    func select(_ names: [String], all: Bool) throws -> [Service] {
        let environment = try environment()
        guard !names.isEmpty else {
            guard all else {
                throw Failure(
                    .usage, "no service was named",
                    details: [.init("services", environment.services.map(\.name).joined(separator: ", "))],
                    hint: "name services, or use --all")
            }
            return environment.services
        }
        if all { throw Failure(.usage, "services were named and --all was given", hint: "use one of the two") }
        var result: [Service] = []
        for name in names {
            guard let service = environment.service(name) else {
                let known = environment.services.map(\.name)
                let nearest = NearestName.of(name, in: known)
                throw Failure(
                    .usage, "no service is called `\(SafeText.line(name))`",
                    details: [.init("services", known.joined(separator: ", "))],
                    hint: nearest.map { "did you mean `\($0)`?" } ?? "see environments/services.yaml")
            }
            if !result.contains(where: { $0.name == name }) { result.append(service) }
        }
        return result
    }

    /// `user@host`, and what it is done for where that is more than one release.
    var initiator: String {
        let user = ProcessEnvironment.nonEmpty("USER") ?? ProcessEnvironment.nonEmpty("LOGNAME") ?? "uid-\(getuid())"
        return "\(user)@\(Self.hostName)" + (purpose.map { " (\($0))" } ?? "")
    }

    static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
