import Synchronization
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Instances as containers of Docker or Podman, through the engine's own command line.
package final class ContainerRuntime: Runtime {
    private let engine: ContainerEngine
    private let arguments: ContainerArguments
    private let instances = Mutex<[String: Task<Int32, Never>]>([:])
    private let gateway = Mutex<String?>(nil)
    private typealias Located = (reference: String, facts: ImageFacts)
    private let located = Mutex<[String: (found: Located, at: ContinuousClock.Instant)]>([:])

    /// `extraRunArguments` are for machines on which the engine needs them (`--runtime runc`, …).
    package init(engine: ContainerEngine, extraRunArguments: [String] = []) {
        self.engine = engine
        arguments = ContainerArguments(
            engine: engine, extraRunArguments: extraRunArguments,
            processors: ProcessInfo.processInfo.activeProcessorCount)
    }

    package var name: String { engine.rawValue }

    package func checkAvailable() async throws(RuntimeError) {
        let result = try await call(arguments.version())
        guard result.exitCode == 0 else { throw .unavailable(reason: Self.reason(in: result)) }
    }

    package func gatewayAddress() async -> String? {
        if let known = gateway.withLock({ $0 }) { return known }
        // No answer means no such network: then there is nothing to listen on.
        guard let result = try? await call(engine.gatewayArguments), result.exitCode == 0 else { return nil }
        guard let address = ContainerEngine.gateway(in: result.outputText) else { return nil }
        gateway.withLock { $0 = address }
        return address
    }

    package func inspect(image: String) async throws(RuntimeError) -> ImageFacts {
        try await locate(image).facts
    }

    package func start(_ specification: InstanceSpecification) async throws(RuntimeError) -> RunningInstance {
        let environment: String
        do throws(ContainerArguments.UnsayableVariable) {
            environment = try ContainerArguments.environmentFile(specification.environment)
        } catch {
            throw .couldNotStart(
                reason: "the variable `\(error.name)` has a name or a line break that \(name) cannot pass on")
        }
        let reference = try await locate(specification.image).reference
        let gateway = await gatewayAddress()
        let publishes = !LocalAddresses.contain(gateway)
        let run = arguments.run(specification, reference: reference, gateway: gateway, publishes: publishes)
        let result = try await call(run, input: Array(environment.utf8), deadline: .seconds(60))
        guard result.exitCode == 0 else {
            // The engine may have made the container before it found that it cannot run.
            _ = try await call(arguments.remove([ContainerArguments.name(of: specification)]))
            try await checkAvailable()
            throw .couldNotStart(reason: Self.reason(in: result))
        }
        let id = result.outputText.filter { !$0.isWhitespace }
        follow(id, output: specification.output)
        return try await address(of: id, specification, publishes: publishes)
    }

    /// The container's own address where this machine is part of its network: there a connection is one to the program,
    /// and no proxy has to be started. Else the published ports.
    private func address(
        of id: String, _ specification: InstanceSpecification, publishes: Bool
    ) async throws(RuntimeError) -> RunningInstance {
        if let network = specification.network {
            var result = network
            result.id = id
            return result
        }
        guard specification.listens || !specification.probedPorts.isEmpty else {
            return RunningInstance(id: id, host: "127.0.0.1", port: 0)
        }
        // A program that has ended already has neither address nor ports; its exit code and its lines say why.
        guard publishes else {
            let answer = try await call(arguments.address(id))
            let host = answer.outputText.filter { !$0.isWhitespace }
            return RunningInstance(
                id: id, host: host.isEmpty ? "127.0.0.1" : host, port: host.isEmpty ? 0 : specification.port)
        }
        let ports = ContainerArguments.mappedPorts(try await call(arguments.ports(id)).outputText)
        return RunningInstance(
            id: id, host: "127.0.0.1", port: ports[specification.port] ?? 0, otherPorts: ports, isProxied: true)
    }

    package func makeMemoryVolume(_ name: String, bytes: Int?, owner: String) async throws(RuntimeError) {
        let result = try await call(arguments.makeMemoryVolume(name, bytes: bytes, owner: owner))
        guard result.exitCode == 0 else { throw .couldNotStart(reason: Self.reason(in: result)) }
    }

    package func removeVolume(_ name: String) async {
        _ = try? await call(arguments.removeVolumes([name]))
    }

    package func waitForExit(of instance: RunningInstance) async -> Int32 {
        guard let end = instances.withLock({ $0[instance.id] }) else { return Self.killed }
        return await end.value
    }

    package func stop(_ instance: RunningInstance, grace: Duration) async {
        guard let end = instances.withLock({ $0[instance.id] }) else { return }
        // Not structured: it must be carried through when the caller is cancelled.
        await Task { [self] in
            _ = try? await call(arguments.stop(instance.id, grace: grace), deadline: grace + .seconds(30))
            // Its last words go with it: removed at once, 13 of 15 containers on Podman lost the line of their handler.
            await Self.wait(for: end, atMost: .seconds(10))
            _ = try? await call(arguments.remove([instance.id]))
            _ = await end.value
        }.value
        instances.withLock { $0[instance.id] = nil }
    }

    package func removeLeftovers(owner: String) async {
        guard let list = try? await call(arguments.list(owner: owner)), list.exitCode == 0 else { return }
        let containers = list.outputText.split(whereSeparator: \.isNewline).map(String.init)
        if !containers.isEmpty { _ = try? await call(arguments.remove(containers)) }
        let volumes = (try? await call(arguments.listVolumes(owner: owner)))?.outputText ?? ""
        let names = volumes.split(whereSeparator: \.isNewline).map(String.init)
        if !names.isEmpty { _ = try? await call(arguments.removeVolumes(names)) }
    }

    // MARK: Parts

    private static let killed: Int32 = 137

    /// Watches a container until it has ended and all of its output was handed over.
    private func follow(_ id: String, output: @escaping @Sendable (String, Bool) -> Void) {
        // Not structured: a container outlives the call that started it, and ends through `stop`.
        let end = Task { [self] in
            let relay = OutputRelay(output)
            async let lines = try? ChildProcess.run(CommandLine([name] + arguments.logs(id), outputLimit: 0)) {
                stream, line in
                relay.follow(line, stream)
            }
            let code = await exitCode(of: id)
            _ = await lines
            // A follower may end before it has read what a container wrote in its last moment.
            _ = try? await ChildProcess.run(
                CommandLine([name] + arguments.writtenLogs(id), deadline: .seconds(10), outputLimit: 0)
            ) { stream, line in
                relay.catchUp(line, stream)
            }
            return code
        }
        instances.withLock { $0[id] = end }
    }

    private static func wait(for end: Task<Int32, Never>, atMost time: Duration) async {
        let (either, continuation) = AsyncStream.makeStream(of: Never.self)
        // Not structured: whichever comes second is not waited for.
        Task {
            _ = await end.value
            continuation.finish()
        }
        let timer = Task {
            try? await Task.sleep(for: time)
            continuation.finish()
        }
        for await _ in either {}
        timer.cancel()
    }

    private func exitCode(of id: String) async -> Int32 {
        var pause = Duration.milliseconds(50)
        while true {
            let waited = try? await ChildProcess.run(CommandLine([name] + arguments.wait(id)))
            if let waited, waited.exitCode == 0, let code = Int32(waited.outputText.filter { !$0.isWhitespace }) {
                return code
            }
            // The engine went away or the container did; only the second can be told for sure.
            if let state = try? await call(arguments.state(id)) {
                let words = state.outputText.split { $0.isWhitespace }
                if state.exitCode == 0, words.first == "false" {
                    return words.last.flatMap { Int32($0) } ?? Self.killed
                }
                if state.exitCode != 0, (try? await checkAvailable()) != nil { return Self.killed }
            }
            try? await Task.sleep(for: pause)
            if Task.isCancelled { return Self.killed }
            pause = min(pause * 2, .seconds(2))
        }
    }

    private func locate(_ image: String) async throws(RuntimeError) -> Located {
        guard let first = image.unicodeScalars.first, first != "-" else { throw .imageNotFound(image) }
        // Asked twice for each start, by `inspect` and by `start`.
        if let last = located.withLock({ $0[image] }), last.at + .seconds(5) > .now { return last.found }
        if let found = try await localImage(image) {
            located.withLock { $0[image] = (found, .now) }
            return found
        }
        try await checkAvailable()
        guard ContainerArguments.namesRegistry(image) else { throw .imageNotFound(image) }
        let pulled = try await call(arguments.pull(image), deadline: .seconds(600))
        guard pulled.exitCode == 0, let found = try await localImage(image) else { throw .imageNotFound(image) }
        return found
    }

    private func localImage(_ image: String) async throws(RuntimeError) -> Located? {
        for reference in ContainerArguments.references(of: image) {
            let result = try await call(arguments.inspectImage(reference))
            guard result.exitCode == 0 else { continue }
            let platform = result.outputText.filter { !$0.isWhitespace }
            guard platform == "amd64/linux" else { throw .wrongPlatform(image: image, platform: platform) }
            return (reference, ImageFacts(platform: platform))
        }
        return nil
    }

    private func call(
        _ arguments: [String], input: [UInt8] = [], deadline: Duration = .seconds(30)
    ) async throws(RuntimeError) -> ProcessResult {
        let result: ProcessResult
        do throws(ProcessError) {
            result = try await ChildProcess.run(
                CommandLine([name] + arguments, input: input, deadline: deadline, outputLimit: 1 << 20))
        } catch {
            throw Self.lift(error)
        }
        if result.timedOut { throw .unavailable(reason: "\(name) did not answer within \(deadline)") }
        return result
    }

    private static func lift(_ error: ProcessError) -> RuntimeError {
        switch error {
        case .programNotFound(let program): .unavailable(reason: "`\(program)` is not installed")
        case .couldNotStart(let program, let reason): .unavailable(reason: "`\(program)` does not start: \(reason)")
        }
    }

    /// The engine's own words, without its advice on where to read on.
    private static func reason(in result: ProcessResult) -> String {
        let lines = result.errorText.split(whereSeparator: \.isNewline)
        let telling = lines.filter {
            !$0.hasPrefix("See '") && !$0.hasPrefix("Run '") && !$0.allSatisfy(\.isWhitespace)
        }
        guard !telling.isEmpty else { return "it ended with code \(result.exitCode)" }
        return String(telling.joined(separator: " ").prefix(1000))
    }
}
