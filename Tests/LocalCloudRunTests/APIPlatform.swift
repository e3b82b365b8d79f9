import Foundation
import JSON
import Synchronization
import Testing

@testable import LocalCloudRun

/// A control plane with everything real but the runtime and the ingress, in a folder of its own.
struct Platform: Sendable {
    final class Routing: RouteSink {
        private let current = Mutex(Routes())
        var routes: Routes { current.withLock { $0 } }

        func publish(_ routes: Routes) async -> Set<Int> {
            current.withLock { $0 = routes }
            return []
        }
    }

    static let parent = "/v2/projects/demo/locations/us-central1"

    var control: ControlPlane
    var runtime: FakeRuntime
    var routing: Routing
    var pool: InstancePool
    var logs: LogStore

    /// Runs `body` against a control plane on `folder`, and stops it afterwards.
    static func run(
        folder: String? = nil, runtime: FakeRuntime = FakeRuntime(),
        startupLimit: Duration = .seconds(20), startDeadline: Duration = .seconds(900),
        isPortFree: @escaping @Sendable (Int) -> Bool = { _ in true }, _ body: (Platform) async throws -> Void
    ) async throws {
        let folder = folder ?? temporaryFolder()
        let routing = Routing()
        let work = BackgroundWork()
        let logs = try LogStore(path: folder + "/logs.sqlite")
        let issuer = try LocalIssuer(stateFolder: folder)
        let clock: @Sendable () -> Timestamp = {
            Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        }
        var settings = InstancePool.Settings(
            owner: "test", idleTimeout: .milliseconds(100), startupLimit: startupLimit)
        settings.startDeadline = startDeadline
        let pool = InstancePool(
            runtime: runtime, settings: settings,
            work: work, logs: logs, issuer: issuer, now: clock,
            secret: { name, _ in name == "known" ? Array("value".utf8) : nil })
        let control = ControlPlane(
            settings: ControlPlaneSettings(version: "1", ingressPort: 18_080),
            store: try StateStore(path: folder + "/state.sqlite"), logs: logs, issuer: issuer, pool: pool, work: work,
            routes: routing, clock: clock, isPortFree: isPortFree)
        try await control.restore()
        let platform = Platform(control: control, runtime: runtime, routing: routing, pool: pool, logs: logs)
        let background = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await work.run() }
                group.addTask { await pool.maintain() }
            }
        }
        defer { background.cancel() }
        try await body(platform)
        await pool.close()
    }

    static func temporaryFolder() -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/local-cloud-run-\(Identifier.uuid())"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, query: [String: String] = [:]
    ) async -> APIResponse {
        let full = path.hasPrefix("/") ? path : Self.parent + "/" + path
        return await control.handle(
            APIRequest(method: method, path: full, query: query, body: body.map { Array($0.serialized().utf8) } ?? []))
    }

    /// Calls, expects an operation, and waits for its end.
    func finish(
        _ method: String, _ path: String, _ body: JSONValue? = nil, query: [String: String] = [:]
    ) async throws -> JSONValue {
        let started = await call(method, path, body, query: query)
        try #require(started.status == 200, "\(started.body.serialized())")
        let name = try #require(started.body["name"]?.string)
        return await call("POST", "/v2/\(name):wait", ["timeout": "20s"]).body
    }

    func create(_ service: String = "backend", _ environment: [String: String] = [:]) async throws -> JSONValue {
        try await finish(
            "POST", "services", ["template": Self.template(environment)], query: ["serviceId": service])
    }

    func get(_ service: String = "backend") async -> JSONValue {
        await call("GET", "services/\(service)").body
    }

    static func template(_ environment: [String: String] = [:], image: String = "repo/app:1") -> JSONValue {
        let variables = environment.sorted { $0.key < $1.key }.map { name, value -> JSONValue in
            ["name": .string(name), "value": .string(value)]
        }
        return ["containers": [["image": .string(image), "env": .array(variables)]]]
    }
}
