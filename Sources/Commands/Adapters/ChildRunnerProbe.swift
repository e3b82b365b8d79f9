import Configuration
import Images
import Releases
import Transport
import Verification

/// External runners: a child process with a folder for its report, and a proxy that counts whom it asks.
struct ChildRunnerProbe: RunnerProbe {
    func prepare(_ wish: RunnerPlaceRequest) async -> RunnerPlaceOutcome {
        let folder: PrivateFolder
        do throws(Failure) {
            folder = try PrivateFolder()
        } catch {
            return .failure(ProbeFailure(.other, error.summary))
        }
        guard wish.network != .none else { return .ready(ChildRunnerPlace(wish, folder, nil)) }
        var settings = LoopbackProxy.Settings(
            target: wish.targetURL, headers: HTTPHeaders(wish.headers.map { .init($0.name, $0.value) }))
        settings.identityHeader = wish.identityHeader
        do throws(LoopbackProxy.Unavailable) {
            return .ready(ChildRunnerPlace(wish, folder, try await LoopbackProxy.start(settings)))
        } catch {
            folder.remove()
            return .failure(ProbeFailure(.other, error.reason))
        }
    }
}

/// Where one runner runs.
struct ChildRunnerPlace: RunnerPlace {
    let targetURL: String
    let reportPath: String
    private let folder: PrivateFolder
    private let proxy: LoopbackProxy?
    private static let grace = Duration.seconds(2)

    init(_ wish: RunnerPlaceRequest, _ folder: PrivateFolder, _ proxy: LoopbackProxy?) {
        self.folder = folder
        self.proxy = proxy
        reportPath = folder.path + "/report"
        targetURL = wish.network == .reverse ? proxy?.targetURL ?? wish.targetURL : wish.targetURL
    }

    func close() async {
        await proxy?.stop()
        folder.remove()
    }

    func run(
        _ request: RunnerProbeRequest, onLine: @escaping @Sendable (String, Bool, Double) -> Void
    ) async -> RunnerProbeOutcome {
        var arguments = request.arguments
        var share: FileShare?
        if let patterns = request.files {
            let files = patterns.flatMap { RunnerFiles.matching($0, in: request.workingDirectory) }
            let own = RunnerFiles.share(files, request.share)
            guard !own.isEmpty else {
                let words = patterns.map { "`\($0)`" }.joined(separator: ", ")
                return .failure(
                    ProbeFailure(
                        .other,
                        files.isEmpty ? "no file is called \(words)" : "there are fewer files than parts of this run"))
            }
            arguments += own
            share = FileShare(own: own, total: files.count)
        }
        var command = CommandLine(
            arguments, environment: environment(request), workingDirectory: request.workingDirectory,
            deadline: .milliseconds(request.timeoutMilliseconds), grace: Self.grace, outputLimit: 0,
            endsWithThisProcess: true)
        let variables = ConfigurationLoader.processVariables().keys
        command.inherited = Set(variables.filter { name in request.inherited.contains { Glob.matches($0, name) } })
        command.leavesNothing = true
        command.isMetered = true
        // A file system may keep times in coarser steps than the clock.
        let startedAt = Today.secondsSince1970
        onLine("", false, startedAt)
        do throws(ProcessError) {
            let result = try await ChildProcess.run(command) { stream, line in
                onLine(line, stream == .error, Today.secondsSince1970)
            }
            var ending = RunnerEnding(
                exitCode: Int(result.exitCode), timedOut: result.timedOut,
                window: RunWindow(start: startedAt, end: Today.secondsSince1970))
            ending.reports = request.reports.map { RunnerFiles.reports($0, in: request.workingDirectory) } ?? []
            ending.usage = result.usage.map {
                ProgramUsage(
                    peakMemoryBytes: $0.peakMemoryBytes, cpuMilliseconds: $0.cpuMilliseconds, processes: $0.processes)
            }
            ending.traffic = proxy.map { RunnerTraffic($0.traffic) }
            ending.files = share
            return .ended(ending)
        } catch {
            return .failure(ProbeFailure(.other, ChildCommandProbe.words(error, of: arguments.first ?? "")))
        }
    }

    private func environment(_ request: RunnerProbeRequest) -> [String: String] {
        var environment = request.environment
        guard let proxy else { return environment }
        for name in ["http_proxy", "https_proxy", "all_proxy"] {
            environment[name] = environment[name] ?? proxy.proxyURL
            environment[name.uppercased()] = environment[name.uppercased()] ?? proxy.proxyURL
        }
        for name in ["no_proxy", "NO_PROXY"] { environment[name] = environment[name] ?? "" }
        return environment
    }
}

extension RunnerTraffic {
    init(_ traffic: ProxyTraffic) {
        self.init(
            hosts: traffic.hosts.map {
                Host(
                    authority: $0.key, connections: $0.value.connections, requests: $0.value.requests,
                    answers: $0.value.answers)
            }.sorted { $0.authority < $1.authority },
            revisions: traffic.revisions, moments: traffic.moments)
    }
}
