package import Configuration
import JSON
import Transport

/// One root module with the state of one environment, worked on by the program that is installed.
package struct TerraformRoot: Sendable {
    package struct Place: Hashable, Sendable {
        /// The root module's folder, absolute.
        package var folder: String
        /// A folder for this user alone that exists: providers, plans and variables of this environment.
        package var data: String
        /// Shared by several roots; nil for none.
        package var pluginCache: String?
        /// What `variableFiles` are relative to, absolute.
        package var project: String

        package init(folder: String, data: String, pluginCache: String? = nil, project: String) {
            self.folder = folder
            self.data = data
            self.pluginCache = pluginCache
            self.project = project
        }
    }

    package typealias Digest = @Sendable ([UInt8]) -> String
    package typealias EventHandler = @Sendable (TerraformEvent) -> Void

    let settings: InfrastructureSettings
    let place: Place
    let digest: Digest

    package init(_ settings: InfrastructureSettings, at place: Place, digest: @escaping Digest) {
        self.settings = settings
        self.place = place
        self.digest = digest
    }

    var arguments: TerraformArguments {
        TerraformArguments(
            settings,
            variableFiles: settings.variableFiles.map { "\(place.project)/\($0)" }
                + (settings.variables.isEmpty ? [] : [variablesFile]))
    }

    private var variablesFile: String { place.data + "/stagectl.tfvars.json" }
    private var initialisedFile: String { place.data + "/initialised" }

    /// The state's lock where the state is a file; a lock in a bucket is read by whoever can read buckets.
    package var fileLockHolder: StateLockHolder? {
        statePath.flatMap(FileStateLock.holder)
    }

    /// Of the backend `local`, which is the one without a bucket.
    private var statePath: String? {
        guard settings.backend["bucket"] == nil else { return nil }
        let path = settings.backend["path"] ?? "terraform.tfstate"
        return path.hasPrefix("/") ? path : "\(place.folder)/\(path)"
    }

    // MARK: - Initialising

    /// Fetches providers and modules where that was not done for these very files before.
    /// - Returns: whether it was done now.
    @discardableResult
    package func initialise(evenIfDone: Bool = false) async throws(InfrastructureError) -> Bool {
        guard RootFiles.isFolder(place.folder) else { throw .noRoot(place.folder) }
        let hasLockFile = RootFiles.exists(place.folder + "/.terraform.lock.hcl")
        let command = arguments.initialise(hasLockFile: hasLockFile)
        let mark = Array(digest(material(command)).utf8)
        if !evenIfDone, RootFiles.exists(place.data + "/data"), RootFiles.contents(initialisedFile) == mark {
            return false
        }
        let result = try await run(command)
        guard result.exitCode == 0 else {
            throw .failed(
                command: "init", exitCode: result.exitCode, findings: [],
                lastLines: Self.lastLines(result.errorText.isEmpty ? result.outputText : result.errorText))
        }
        RootFiles.protect(place.data + "/data")
        // With the lock file that the first initialisation may have written.
        let after = arguments.initialise(hasLockFile: RootFiles.exists(place.folder + "/.terraform.lock.hcl"))
        try write(Array(digest(material(after)).utf8), to: initialisedFile)
        return true
    }

    private func material(_ command: [String]) -> [UInt8] {
        var bytes = Array(command.joined(separator: "\u{0}").utf8)
        for name in RootFiles.names(in: place.folder)
        where [".tf", ".tofu", ".tf.json", ".terraform.lock.hcl"].contains(where: name.hasSuffix) {
            bytes += Array("\u{0}\(name)\u{0}".utf8) + (RootFiles.contents("\(place.folder)/\(name)") ?? [])
        }
        return bytes
    }

    // MARK: - Planning

    /// - Parameter file: where the plan is kept; it may hold secrets, and is removed by `discard`.
    package func plan(
        _ mode: TerraformArguments.PlanMode = .change, file: String, onEvent: EventHandler? = nil
    ) async throws(InfrastructureError) -> InfrastructurePlan {
        let isNew = try await initialise()
        do throws(InfrastructureError) {
            return try await planOnce(mode, file, onEvent)
        } catch .failed(let command, let code, let findings, let lines) {
            if let holder = fileLockHolder { throw .locked(holder, waitedSeconds: settings.lockTimeoutSeconds) }
            let failure = InfrastructureError.failed(
                command: command, exitCode: code, findings: findings, lastLines: lines)
            // A module of this machine may have got a provider that was not fetched: no file of the root tells.
            guard !isNew, !Task.isCancelled else { throw failure }
            try await initialise(evenIfDone: true)
            return try await planOnce(mode, file, onEvent)
        }
    }

    private func planOnce(
        _ mode: TerraformArguments.PlanMode, _ file: String, _ onEvent: EventHandler?
    ) async throws(InfrastructureError) -> InfrastructurePlan {
        try writeVariables()
        let events = EventCollector(onEvent)
        let configuration = configurationDigest
        let result = try await run(arguments.plan(mode, file: file)) { events.take($0) }
        let seen = events.state
        guard result.exitCode == 0 || result.exitCode == 2 else {
            throw .failed(
                command: "plan", exitCode: result.exitCode, findings: seen.findings, lastLines: seen.lastLines)
        }
        RootFiles.protect(file)
        let fingerprint = digest(RootFiles.contents(file) ?? [])
        guard result.exitCode == 2 else {
            return InfrastructurePlan(
                fingerprint: fingerprint, toolVersion: seen.version, configuration: configuration)
        }
        var plan = try await show(file, fingerprint: fingerprint)
        plan.configuration = configuration
        (plan.lineage, plan.serial) = try await stateVersion()
        return plan
    }

    private func show(_ file: String, fingerprint: String) async throws(InfrastructureError) -> InfrastructurePlan {
        let result = try await run(arguments.show(file: file), outputLimit: 256 << 20)
        guard result.exitCode == 0 else {
            throw .failed(
                command: "show", exitCode: result.exitCode, findings: [], lastLines: Self.lastLines(result.errorText))
        }
        do {
            return try PlanReader.plan(JSONValue(parsing: result.output), fingerprint: fingerprint)
        } catch let error as PlanReader.UnknownFormat {
            throw .unreadable(command: "show", reason: "format \(error.version) of its JSON is not known")
        } catch {
            throw .unreadable(command: "show", reason: "what it printed is not JSON")
        }
    }

    /// Lineage and serial of the state; nil for one that is not there yet.
    package func stateVersion() async throws(InfrastructureError) -> (lineage: String?, serial: Int?) {
        let state = try await state()
        return (state?["lineage"]?.string, state?["serial"]?.integer.map { Int(clamping: $0) })
    }

    /// Addresses of what failed while it was made: the next apply makes it anew.
    package func taintedAddresses() async throws(InfrastructureError) -> Set<String> {
        try await state().map(StateReader.tainted) ?? []
    }

    private func state() async throws(InfrastructureError) -> JSONValue? {
        let result = try await run(arguments.pullState, outputLimit: 256 << 20)
        guard result.exitCode == 0 else {
            throw .failed(
                command: "state pull", exitCode: result.exitCode, findings: [],
                lastLines: Self.lastLines(result.errorText))
        }
        return try? JSONValue(parsing: result.output)
    }

    /// A plan that is not needed any more: it may hold secrets.
    package func discard(_ file: String) { RootFiles.remove(file) }

    /// Names the plan in a file, to see whether it is still the one that was shown.
    package func fingerprint(of file: String) -> String? { RootFiles.contents(file).map(digest) }

    // MARK: - Applying

    /// Applies a plan that was kept. Cancelling interrupts Terraform once, which lets it finish what it is doing and
    /// write its state; it is killed when that takes longer than the settings allow. If this process ends before, it
    /// goes on to its end: killing it could lose what it has made and not written down.
    ///
    /// - Parameters:
    ///   - total: how many changes the plan makes; a replacement counts twice.
    ///   - replaced: addresses that it replaces.
    package func apply(
        _ file: String, expecting total: Int, replacing replaced: Set<String> = [], log: String,
        onEvent: EventHandler? = nil
    ) async throws(InfrastructureError) -> TerraformProgress {
        RootFiles.remove(log)
        let events = EventCollector(onEvent, progress: TerraformProgress(total: total, replaced: replaced))
        let tail = FileTail(log)
        let reading = Task {
            while !Task.isCancelled {
                tail.read { events.take($0) }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        let outcome: Result<ProcessResult, InfrastructureError>
        do throws(InfrastructureError) {
            outcome = .success(
                try await run(arguments.apply(file: file), log: log, grace: .seconds(settings.interruptGraceSeconds)))
        } catch {
            outcome = .failure(error)
        }
        reading.cancel()
        await reading.value
        tail.read { events.take($0) }
        tail.finish { events.take($0) }
        let result = try outcome.get()
        let seen = events.state
        guard result.exitCode == 0 else {
            if seen.progress.completed.isEmpty, seen.progress.failed.isEmpty, let holder = fileLockHolder {
                throw .locked(holder, waitedSeconds: settings.lockTimeoutSeconds)
            }
            throw .cut(seen.progress, findings: seen.findings, wasStopped: Task.isCancelled)
        }
        return seen.progress
    }

    /// What the log of an apply tells, also of one whose stagectl is gone.
    package static func progress(
        of log: String, expecting total: Int, replacing replaced: Set<String> = []
    ) -> TerraformProgress {
        let events = EventCollector(nil, progress: TerraformProgress(total: total, replaced: replaced))
        let tail = FileTail(log)
        tail.read { events.take($0) }
        tail.finish { events.take($0) }
        return events.state.progress
    }

    package func outputs() async throws(InfrastructureError) -> [InfrastructureOutput] {
        try await initialise()
        let result = try await run(arguments.outputs, outputLimit: 64 << 20)
        guard result.exitCode == 0 else {
            throw .failed(
                command: "output", exitCode: result.exitCode, findings: [], lastLines: Self.lastLines(result.errorText))
        }
        guard let document = try? JSONValue(parsing: result.output) else {
            throw .unreadable(command: "output", reason: "what it printed is not JSON")
        }
        return InfrastructureOutput.list(document)
    }

    // MARK: - Running

    private func run(
        _ command: [String], outputLimit: Int = 4 << 20, log: String? = nil, grace: Duration = .seconds(30),
        onLine: (@Sendable (String) -> Void)? = nil
    ) async throws(InfrastructureError) -> ProcessResult {
        var environment = [
            "TF_DATA_DIR": place.data + "/data", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0",
            // HashiCorp's own question for newer versions.
            "CHECKPOINT_DISABLE": "1",
        ]
        if let cache = place.pluginCache { environment["TF_PLUGIN_CACHE_DIR"] = cache }
        let line = CommandLine(
            command, environment: environment, workingDirectory: place.folder, grace: grace, outputLimit: outputLimit,
            endsWithThisProcess: log == nil, outputFile: log, survivesThisProcess: log != nil,
            request: .interruptLeader)
        do throws(ProcessError) {
            guard let onLine else { return try await ChildProcess.run(line) }
            return try await ChildProcess.run(line) { _, text in onLine(text) }
        } catch {
            throw .cannotStart(error)
        }
    }

    /// Values go through a file: the arguments of a process are seen by everybody on the machine.
    private func writeVariables() throws(InfrastructureError) {
        guard !settings.variables.isEmpty else { return }
        try write(Array(JSONValue.object(settings.variables).serialized().utf8), to: variablesFile)
    }

    private func write(_ bytes: [UInt8], to path: String) throws(InfrastructureError) {
        let code = RootFiles.write(bytes, to: path)
        guard code == 0 else { throw .fileNotWritten(path: path, code: code) }
    }

    static func lastLines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.allSatisfy(\.isWhitespace) }.suffix(20)
    }
}
