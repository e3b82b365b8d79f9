import JSON
import Testing

@testable import LocalCloudRun

@Suite struct APIRestartTests {
    @Test func `a restart keeps everything and starts the instances of what has traffic`() async throws {
        let folder = Platform.temporaryFolder()
        var before: JSONValue = .null
        try await Platform.run(folder: folder) { platform in
            _ = try await platform.create()
            let bindings: JSONValue = [["role": "roles/run.invoker", "members": ["allUsers"]]]
            _ = await platform.call("POST", "services/backend:setIamPolicy", ["policy": ["bindings": bindings]])
            before = await platform.get()
        }
        try await Platform.run(folder: folder) { platform in
            #expect(await platform.get() == before)
            #expect(platform.routing.routes.hosts["backend.localhost"]?.isPublic == true)
            let revision = try #require(before["latestReadyRevision"]?.string)
            let ready = await poll(until: .now + .seconds(5)) { platform.pool.readyCount(revision) == 1 ? true : nil }
            #expect(ready == true)
            let logs = await platform.call("POST", "/v2/entries:list", ["filter": "logName:stdout"]).body
            #expect((logs["entries"]?.array ?? []).count >= 2)
        }
    }

    @Test func `a port that is lost is not given to two services`() async throws {
        let folder = Platform.temporaryFolder()
        let names = ["a", "b", "c", "d"]
        try await Platform.run(folder: folder) { platform in
            for name in names { _ = try await platform.create(name) }
        }
        // Somebody else has the first ports now.
        try await Platform.run(folder: folder, isPortFree: { $0 > 18_082 }) { platform in
            var ports: Set<String> = []
            for name in names { ports.insert(try #require(await platform.get(name)["urls"]?[1]?.string)) }
            #expect(ports.count == names.count)
            #expect(platform.routing.routes.ports.count == names.count)
        }
    }

    @Test func `an operation that was cut off is carried on`() async throws {
        let folder = Platform.temporaryFolder()
        var name = ""
        // Nothing works off the queue here, as if the server had been killed right after its answer.
        do {
            let logs = try LogStore(path: folder + "/logs.sqlite")
            let issuer = try LocalIssuer(stateFolder: folder)
            let clock: @Sendable () -> Timestamp = { Timestamp(microseconds: 1_750_000_000_000_000) }
            let work = BackgroundWork()
            let pool = InstancePool(
                runtime: FakeRuntime(), settings: InstancePool.Settings(owner: "test"), work: work, logs: logs,
                issuer: issuer, now: clock, secret: { _, _ in nil })
            let control = ControlPlane(
                settings: ControlPlaneSettings(version: "1", ingressPort: 18_080),
                store: try StateStore(path: folder + "/state.sqlite"), logs: logs, issuer: issuer, pool: pool,
                work: work, routes: Platform.Routing(), clock: clock, isPortFree: { _ in true })
            let answer = await control.handle(
                APIRequest(
                    method: "POST", path: Platform.parent + "/services", query: ["serviceId": "backend"],
                    body: Array((["template": Platform.template()] as JSONValue).serialized().utf8)))
            name = try #require(answer.body["name"]?.string)
            #expect(answer.body["done"] == false)
        }
        try await Platform.run(folder: folder) { platform in
            let done = await platform.call("POST", "/v2/\(name):wait", ["timeout": "10s"]).body
            #expect(done["done"] == true)
            #expect(done["error"] == nil)
            #expect(await platform.get()["terminalCondition"]?["state"] == "CONDITION_SUCCEEDED")
        }
    }
}
