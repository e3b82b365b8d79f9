import Synchronization
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Instances as plain processes, for machines on which no container engine can run. Each has a process group of its
/// own and listens on a free loopback port.
package final class ProcessRuntime: Runtime {
    private let store: String
    private let records: ProcessRecords
    private let instances = Mutex<[String: ProcessInstance]>([:])

    /// `store` holds the images; the records of running processes lie beside it, in `instances`.
    package init(store: String) {
        self.store = store
        records = ProcessRecords(beside: store)
    }

    package var name: String { "process" }

    package func inspect(image: String) async throws(RuntimeError) -> ImageFacts {
        guard ProcessImage.load(image, store: store) != nil else { throw .imageNotFound(image) }
        return ImageFacts(platform: "amd64/linux")
    }

    package func start(_ specification: InstanceSpecification) async throws(RuntimeError) -> RunningInstance {
        guard let image = ProcessImage.load(specification.image, store: store) else {
            throw .imageNotFound(specification.image)
        }
        let program = image.arguments(for: specification)
        guard let executable = program.first, ChildProcess.locate(executable) != nil else {
            throw .couldNotStart(reason: "`\(program.first ?? "")` is not a program that can be executed")
        }
        if let mount = specification.mounts.first {
            throw .couldNotStart(
                reason: "a plain process has no file system of its own, so nothing can be mounted at `\(mount.path)`;"
                    + " docker and podman can")
        }
        // Only the container that takes the requests is told a port; the others have theirs in their own arguments.
        let takesRequests = specification.listens && specification.environment["PORT"] != nil
        let port = takesRequests ? try await FreePort.find() : specification.port
        let record = try records.path(owner: specification.owner, instance: specification.instance)
        var environment = specification.environment
        if takesRequests { environment["PORT"] = String(port) }
        let command = CommandLine(
            ProcessLaunch.arguments(
                program, record: record, inherited: ProcessInfo.processInfo.environment.keys, given: environment),
            environment: environment, workingDirectory: specification.workingDirectory ?? image.workingDirectory,
            outputLimit: 0)
        let instance = ProcessInstance(command, record: record, output: specification.output)
        guard let processID = await instance.processID() else {
            throw .couldNotStart(
                reason: "`\(executable)` ended before it was started (code \(await instance.end.value))")
        }
        let id = String(processID)
        instances.withLock { $0[id] = instance }
        return RunningInstance(id: id, host: "127.0.0.1", port: port)
    }

    package func waitForExit(of instance: RunningInstance) async -> Int32 {
        guard let running = instances.withLock({ $0[instance.id] }) else { return 128 + SIGKILL }
        return await running.end.value
    }

    package func stop(_ instance: RunningInstance, grace: Duration) async {
        guard let running = instances.withLock({ $0[instance.id] }) else { return }
        // Not structured: it must be carried through when the caller is cancelled.
        await Task {
            running.signal(SIGTERM)
            let killer = Task {
                try await Task.sleep(for: grace)
                running.signal(SIGKILL)
            }
            _ = await running.end.value
            killer.cancel()
        }.value
        instances.withLock { $0[instance.id] = nil }
    }

    package func removeLeftovers(owner: String) async {
        records.killAll(owner: owner)
    }
}
