import LocalCloudRun
import Synchronization
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One real runtime and an image of Debian's static busybox in it: a shell, an HTTP server and `sleep` in one file.
struct RuntimeFixture: Sendable {
    let name: String
    let settings: RuntimeRegistry.Settings
    let runtime: any Runtime
    let image: String
    /// Where busybox is as seen from inside.
    let busybox: String

    /// Why a runtime cannot be tested on this machine.
    struct Unavailable: Error {
        var reason: String
    }

    private static let prepared = Mutex<[String: Task<RuntimeFixture, any Error>]>([:])

    /// The fixture of that runtime, made once; the test is skipped aloud where the machine cannot have it.
    static func prepare(_ name: String) async throws -> RuntimeFixture {
        let task = prepared.withLock { prepared in
            let task = prepared[name] ?? Task { try await make(name) }
            prepared[name] = task
            return task
        }
        do {
            return try await task.value
        } catch let unavailable as Unavailable {
            try Test.cancel("\(name): \(unavailable.reason)")
        }
    }

    /// A runtime as another server process would open it.
    func reopened() async throws -> any Runtime {
        try await RuntimeRegistry.open(name, settings: settings)
    }

    func specification(
        owner: String, script: String, command: [String] = [], environment: [String: String] = [:],
        hostNames: [String] = [], log: OutputLog
    ) -> InstanceSpecification {
        let instance = String(UInt64.random(in: 0 ... .max), radix: 36)
        let script = script.replacing("BUSYBOX", with: busybox)
        return InstanceSpecification(
            owner: owner, service: "contract", revision: "contract-00001-abc", instance: instance, image: image,
            command: command, arguments: ["sh", "-c", script],
            environment: environment.merging(["PORT": "8080"]) { own, _ in own }, port: 8080, cpu: "1",
            memory: "128Mi", hostNames: hostNames, output: { log.append($0, isError: $1) })
    }

    private static func make(_ name: String) async throws -> RuntimeFixture {
        guard let busybox = ChildProcess.locate("busybox") else {
            throw Unavailable(reason: "busybox is not installed (Debian: busybox-static)")
        }
        let folder = FileManager.default.temporaryDirectory.path + "/stagectl-contract-\(UInt32.random(in: 0 ... .max))"
        let digest = String(repeating: "ab", count: 32)
        let store = folder + "/images"
        try FileManager.default.createDirectory(
            atPath: "\(store)/sha256-\(digest)", withIntermediateDirectories: true)
        let settings = RuntimeRegistry.Settings(
            processStore: store, environment: ProcessInfo.processInfo.environment)
        let runtime: any Runtime
        do {
            runtime = try await RuntimeRegistry.open(name, settings: settings)
        } catch {
            throw Unavailable(reason: "\(error)")
        }
        guard name != "process" else {
            let manifest = #"{"command":["\#(busybox)"]}"#
            try Data(manifest.utf8).write(to: URL(filePath: "\(store)/sha256-\(digest)/manifest.json"))
            return RuntimeFixture(
                name: name, settings: settings, runtime: runtime, image: "contract@sha256:\(digest)", busybox: busybox)
        }
        try FileManager.default.copyItem(atPath: busybox, toPath: folder + "/busybox")
        let dockerfile = "FROM scratch\nCOPY busybox /busybox\nENTRYPOINT [\"/busybox\"]\n"
        try Data(dockerfile.utf8).write(to: URL(filePath: folder + "/Dockerfile"))
        let built = try await ChildProcess.run(
            CommandLine([name, "build", "--quiet", "--iidfile", folder + "/id", folder], deadline: .seconds(60)))
        guard built.exitCode == 0 else { throw Unavailable(reason: "the image is not built: \(built.errorText)") }
        let id = String(decoding: try Data(contentsOf: URL(filePath: folder + "/id")), as: UTF8.self)
        try? FileManager.default.removeItem(atPath: folder)
        let fixture = RuntimeFixture(
            name: name, settings: settings, runtime: runtime, image: "contract@\(id.filter { !$0.isWhitespace })",
            busybox: "/busybox")
        try await fixture.tryOut()
        return fixture
    }

    /// Podman may be installed where it may start nothing (`STAGECTL_PODMAN_ARGUMENTS` can help). Docker that answers
    /// must work.
    private func tryOut() async throws {
        guard name == "podman" else { return }
        let log = OutputLog()
        do {
            let instance = try await runtime.start(specification(owner: "contract-trial", script: "true", log: log))
            _ = await runtime.waitForExit(of: instance)
            await runtime.stop(instance, grace: .zero)
        } catch {
            throw Unavailable(reason: "it starts no container here: \(error)")
        }
    }
}

/// The lines of an instance, gathered from its threads.
final class OutputLog: Sendable {
    private let entries = Mutex<[(line: String, isError: Bool)]>([])

    func append(_ line: String, isError: Bool) {
        entries.withLock { $0.append((line, isError)) }
    }

    var output: [String] { entries.withLock { $0.filter { !$0.isError }.map(\.line) } }
    var errors: [String] { entries.withLock { $0.filter(\.isError).map(\.line) } }

    /// Polls until the line is there.
    func waits(for line: String) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if output.contains(line) { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}
