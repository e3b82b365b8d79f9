import JSON
import Testing

@testable import LocalCloudRun

/// Attempts of tasks with real containers and processes.
@Suite("Attempts of tasks", .serialized, .timeLimit(.minutes(3)))
struct TaskAttemptTests {
    private static func attempt(
        _ fixture: RuntimeFixture, _ containers: [JSONValue], log: OutputLog, timeout: Duration = .seconds(60),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) -> TaskAttempt {
        let owner = "task-\(Identifier.uuid().prefix(8))"
        let applied = JobDefaults.apply(to: ["template": ["template": ["containers": .array(containers)]]])
        let all = TaskContainer.all(applied["template"]?["template"]?["containers"]?.array ?? [])
        let ports = Set(all.compactMap(\.startup?.port)).sorted()
        return TaskAttempt(
            runtime: fixture.runtime,
            containers: all.map { container in
                var specification = InstanceSpecification(
                    owner: owner, service: "job", revision: "job-abc", instance: "job-abc-task0-0-\(container.name)",
                    image: container.image, arguments: (container.document["args"]?.array ?? []).compactMap(\.string),
                    environment: [:], port: InstanceSpecification.noPort,
                    output: { log.append($0, isError: $1) })
                specification.probedPorts = ports
                return TaskAttempt.Container(container: container, specification: specification)
            },
            timeout: timeout, grace: .seconds(1), isCancelled: isCancelled)
    }

    @Test(arguments: RuntimeContractTests.names)
    func `the main container waits for its sidecar's probe and reaches it on its own loopback`(
        name: String
    ) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let log = OutputLog()
        let port = Int64(try await FreePort.find())
        let main = PoolFixture.container(
            fixture,
            "BUSYBOX wget -q -O - http://127.0.0.1:\(port)/nothing 2>&1 | BUSYBOX grep -o '404 Not Found'; exit 7",
            name: "main", ["dependsOn": ["proxy"]])
        let proxy = PoolFixture.container(
            fixture, "BUSYBOX sleep 1; exec BUSYBOX httpd -f -p \(port)", name: "proxy",
            ["startupProbe": ["tcpSocket": ["port": .integer(port)], "periodSeconds": 1, "failureThreshold": 20]])
        #expect(await Self.attempt(fixture, [main, proxy], log: log)() == .exited(7))
        #expect(log.output.contains("404 Not Found"))
    }

    @Test(arguments: RuntimeContractTests.names)
    func `a probe that never passes fails the attempt, and a timeout and a cancellation end all containers`(
        name: String
    ) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let log = OutputLog()
        let port = Int64(try await FreePort.find())
        let silent = PoolFixture.container(
            fixture, "exec BUSYBOX sleep 60", name: "silent",
            ["startupProbe": ["tcpSocket": ["port": .integer(port)], "periodSeconds": 1, "failureThreshold": 1]])
        let needy = PoolFixture.container(fixture, "exit 0", name: "needy", ["dependsOn": ["silent"]])
        #expect(await Self.attempt(fixture, [needy, silent], log: log)() == .notStarted(.probeFailed))
        #expect(await Self.attempt(fixture, [silent], log: log)() == .notStarted(.probeFailed))
        let long = PoolFixture.container(fixture, "exec BUSYBOX sleep 60", name: "long")
        let longer = PoolFixture.container(fixture, "exec BUSYBOX sleep 61", name: "longer")
        #expect(await Self.attempt(fixture, [long, longer], log: log, timeout: .seconds(1))() == .timedOut)
        #expect(await Self.attempt(fixture, [long, longer], log: log, isCancelled: { true })() == .cancelled)
    }
}
