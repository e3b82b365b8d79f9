import JSON
import Testing
import Transport

@testable import LocalCloudRun

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Real containers and processes: what happens to them, and what the callers see.
@Suite("Instance life", .serialized, .timeLimit(.minutes(3)))
struct PoolLifeTests {
    /// Serves a folder, and says so in `/health`; the folder is the container's own or one of the test.
    private static let serve = """
        D=${DIR:-/www}; BUSYBOX mkdir -p $D; echo ok > $D/health; BUSYBOX httpd -f -p $PORT -h $D
        """

    private static func environment(_ fixture: RuntimeFixture, _ folder: String) -> JSONValue {
        fixture.name == "process" ? [["name": "DIR", "value": .string(folder)]] : []
    }

    private static func status(_ port: Int) async -> Int? {
        guard let client = try? await RawClient.connect(port) else { return nil }
        let answer = try? await client.request("GET", "/health", host: "pool.localhost", headers: ["Connection: close"])
        await client.close()
        return answer?.status
    }

    private static func crash(_ running: RunningInstance, of fixture: RuntimeFixture) async throws {
        if fixture.name == "process" {
            #expect(kill(try #require(Int32(running.id)), SIGKILL) == 0)
        } else {
            _ = try await ChildProcess.run(CommandLine([fixture.name, "kill", running.id], deadline: .seconds(30)))
        }
    }

    /// Every container of this owner, running or not.
    private static func containers(_ fixture: RuntimeFixture, owner: String) async throws -> [String] {
        guard fixture.name != "process" else { return [] }
        let result = try await ChildProcess.run(
            CommandLine(
                [fixture.name, "ps", "--all", "--quiet", "--filter", "label=stagectl.owner=\(owner)"],
                deadline: .seconds(30)))
        return result.outputText.split(whereSeparator: \.isNewline).map(String.init)
    }

    @Test(arguments: RuntimeContractTests.names)
    func `when the container behind a ready revision is killed, requests fail, then recover`(name: String) async throws
    {
        let fixture = try await RuntimeFixture.prepare(name)
        let folder = Platform.temporaryFolder()
        let container = PoolFixture.container(
            fixture, Self.serve, ["env": Self.environment(fixture, folder)])
        var owner = ""
        try await PoolFixture.run(fixture.runtime, ["containers": [container]]) { pool in
            owner = pool.owner
            #expect(await pool.pool.ensure(PoolFixture.revision) == nil)
            let ingress = Ingress(instances: pool.pool)
            let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
            let route = Routes.Route(
                service: PoolFixture.service.path,
                targets: [Routes.Target(revision: PoolFixture.revision, percent: 100)], isPublic: true,
                timeoutSeconds: 60)
            await ingress.apply(Routes(hosts: ["pool.localhost": route]))
            #expect(await Self.status(port) == 200)

            let first = try #require(pool.instances.first)
            let running = try #require(first.containers.first).running
            // Asked meanwhile: an engine may answer the call that kills only after the next instance is up.
            async let crash: Void = Self.crash(running, of: fixture)
            #expect(await pool.eventually { await Self.status(port) == 503 })
            try await crash
            #expect(await pool.eventually { await Self.status(port) == 200 })
            #expect(pool.instances.first?.id != first.id)
            #expect(try pool.lines().contains("Container called exit(137)."))
            if name != "process" {
                // The dead one was removed, not only replaced.
                #expect(await pool.eventually { (try? await Self.containers(fixture, owner: owner).count) == 1 })
            }
            await ingress.stop()
        }
        #expect(try await Self.containers(fixture, owner: owner).isEmpty)
    }

    @Test(arguments: RuntimeContractTests.names)
    func `a liveness probe that fails replaces the instance`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let folder = Platform.temporaryFolder()
        let container = PoolFixture.container(
            fixture, Self.serve,
            [
                "env": Self.environment(fixture, folder),
                "livenessProbe": ["httpGet": ["path": "/health"], "periodSeconds": 1, "failureThreshold": 2],
            ])
        try await PoolFixture.run(fixture.runtime, ["containers": [container]]) { pool in
            #expect(await pool.pool.ensure(PoolFixture.revision) == nil)
            let first = try #require(pool.instances.first)
            try await Self.remove("health", in: first, of: fixture, folder: folder)
            #expect(await pool.eventually { pool.instances.first.map { $0.id != first.id } ?? false })
            let lines = try pool.lines()
            #expect(
                lines.contains { $0.hasPrefix("LIVENESS HTTP probe failed 2 times consecutively for container") },
                "\(lines)")
        }
    }

    @Test(arguments: RuntimeContractTests.names)
    func `a readiness probe that fails takes the instance out of routing until it passes`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let folder = Platform.temporaryFolder()
        let container = PoolFixture.container(
            fixture, Self.serve,
            [
                "env": Self.environment(fixture, folder),
                "readinessProbe": ["httpGet": ["path": "/health"], "periodSeconds": 1, "failureThreshold": 1],
            ])
        try await PoolFixture.run(
            fixture.runtime, ["containers": [container], "scaling": ["maxInstanceCount": 1]],
            settings: { $0.queueTime = .seconds(20) }
        ) { pool in
            #expect(await pool.pool.ensure(PoolFixture.revision) == nil)
            let first = try #require(pool.instances.first)
            try await Self.remove("health", in: first, of: fixture, folder: folder)
            #expect(await pool.eventually { pool.instances.first?.takesRequests == false })
            #expect(pool.pool.readyInstance(of: PoolFixture.revision, preferring: nil) == nil)
            async let waiting = pool.lease()
            try await Self.add("health", in: first, of: fixture, folder: folder)
            let lease = try await waiting
            #expect(lease.instance == first.id)
            pool.pool.finished(lease)
        }
    }

    private static func remove(
        _ file: String, in instance: RevisionInstances.Instance, of fixture: RuntimeFixture, folder: String
    ) async throws {
        try await change(["rm", file], in: instance, of: fixture, folder: folder)
    }

    private static func add(
        _ file: String, in instance: RevisionInstances.Instance, of fixture: RuntimeFixture, folder: String
    ) async throws {
        try await change(["touch", file], in: instance, of: fixture, folder: folder)
    }

    private static func change(
        _ words: [String], in instance: RevisionInstances.Instance, of fixture: RuntimeFixture, folder: String
    ) async throws {
        let command: CommandLine
        if fixture.name == "process" {
            command = CommandLine([fixture.busybox] + words, workingDirectory: folder, deadline: .seconds(30))
        } else {
            let id = try #require(instance.containers.first).running.id
            command = CommandLine(
                [fixture.name, "exec", "--workdir", "/www", id, fixture.busybox] + words, deadline: .seconds(30))
        }
        let result = try await ChildProcess.run(command)
        try #require(result.exitCode == 0, "\(result.errorText)")
    }
}
