import LocalCloudRun
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What every runtime must do, on the real one.
@Suite("Runtime contract", .serialized, .timeLimit(.minutes(2)))
struct RuntimeContractTests {
    static let names = RuntimeRegistry.entries.map(\.name)

    @Test func `the registry knows every runtime under its own name`() async {
        let settings = RuntimeRegistry.Settings(processStore: "/nonexistent/images")
        for entry in RuntimeRegistry.entries { #expect(entry.make(settings).name == entry.name) }
        #expect(Self.names == ["docker", "podman", "process"])
        await #expect(throws: RuntimeRegistry.Failure.unknownName("dokcer", known: ["auto"] + Self.names)) {
            try await RuntimeRegistry.open("dokcer", settings: settings)
        }
    }

    @Test(arguments: names)
    func `every line and the exit code come out`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let log = OutputLog()
        let script = "echo \"one $GREETING\"; echo two >&2; printf last; exit 7"
        let instance = try await fixture.runtime.start(
            fixture.specification(
                owner: "contract-lines", script: script, environment: ["GREETING": "a  b=c 'd' $HOME"], log: log))
        #expect(await fixture.runtime.waitForExit(of: instance) == 7)
        // Nothing is missing once the end is known.
        #expect(log.output == ["one a  b=c 'd' $HOME", "last"])
        #expect(log.errors == ["two"])
        await fixture.runtime.stop(instance, grace: .zero)
        await fixture.runtime.stop(instance, grace: .zero)
    }

    @Test(arguments: names)
    func `an instance serves where it says, and is gone after stop`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        #expect(try await fixture.runtime.inspect(image: fixture.image).platform == "amd64/linux")
        let log = OutputLog()
        // Debian's httpd ends on SIGTERM only with a handler when it is process 1.
        let script = "trap 'echo bye; kill $!; exit 3' TERM; BUSYBOX httpd -f -p $PORT & echo up; wait"
        let instance = try await fixture.runtime.start(
            fixture.specification(owner: "contract-serve", script: script, log: log))
        #expect(try await log.waits(for: "up"))
        #expect(try await Self.answers(instance))
        let began = ContinuousClock.now
        await fixture.runtime.stop(instance, grace: .seconds(10))
        #expect(ContinuousClock.now - began < .seconds(8))
        #expect(log.output == ["up", "bye"])
        await #expect(throws: (any Error).self) { try await RawClient.connect(instance.port, host: instance.host) }
    }

    @Test(arguments: names)
    func `what a program says in its last moment is kept`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let script = "trap 'echo bye; exit 3' TERM; echo up; while :; do BUSYBOX sleep 0.02; done"
        // Once is luck: an engine loses the line only when it is removed before the line was read.
        for _ in 0..<5 {
            let log = OutputLog()
            let instance = try await fixture.runtime.start(
                fixture.specification(owner: "contract-last", script: script, log: log))
            #expect(try await log.waits(for: "up"))
            await fixture.runtime.stop(instance, grace: .seconds(10))
            #expect(log.output == ["up", "bye"])
        }
    }

    @Test(arguments: names)
    func `what ignores SIGTERM is killed after the grace`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let log = OutputLog()
        let instance = try await fixture.runtime.start(
            fixture.specification(
                owner: "contract-stubborn", script: "trap '' TERM; echo up; while :; do BUSYBOX sleep 1; done",
                log: log))
        #expect(try await log.waits(for: "up"))
        async let code = fixture.runtime.waitForExit(of: instance)
        await fixture.runtime.stop(instance, grace: .seconds(1))
        #expect(await code == 137)
    }

    @Test(arguments: names)
    func `an image that is not there is named`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let image = "nobody@sha256:\(String(repeating: "0", count: 64))"
        await #expect(throws: RuntimeError.imageNotFound(image)) { try await fixture.runtime.inspect(image: image) }
        var specification = fixture.specification(owner: "contract-missing", script: "", log: OutputLog())
        specification.image = image
        await #expect(throws: RuntimeError.imageNotFound(image)) { try await fixture.runtime.start(specification) }
    }

    @Test(arguments: names)
    func `a program that cannot be executed leaves a reason and nothing else`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let specification = fixture.specification(
            owner: "contract-broken", script: "", command: ["/no/such/program"], log: OutputLog())
        do throws(RuntimeError) {
            _ = try await fixture.runtime.start(specification)
            Issue.record("it started")
        } catch .couldNotStart(let reason) {
            #expect(reason.contains("/no/such/program"))
        } catch {
            Issue.record("another error: \(error)")
        }
    }

    @Test(arguments: names)
    func `a new server removes what its predecessor left, and nothing of others`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let log = OutputLog()
        let script = "echo up; while :; do BUSYBOX sleep 0.2; done"
        let mine = try await fixture.runtime.start(
            fixture.specification(owner: "contract-mine", script: script, log: log))
        let otherLog = OutputLog()
        let other = try await fixture.runtime.start(
            fixture.specification(owner: "contract-other", script: script, log: otherLog))
        #expect(try await log.waits(for: "up"))
        #expect(try await otherLog.waits(for: "up"))
        let successor = try await fixture.reopened()
        await successor.removeLeftovers(owner: "contract-mine")
        #expect(await fixture.runtime.waitForExit(of: mine) == 137)
        await successor.removeLeftovers(owner: "contract-mine")

        async let ended = fixture.runtime.waitForExit(of: other)
        await fixture.runtime.stop(other, grace: .zero)
        // It lived until this stop, which ends it with SIGTERM or SIGKILL, whichever acts first.
        #expect([137, 143].contains(await ended))
        #expect(otherLog.output == ["up"])
    }

    @Test(arguments: names.filter { $0 != "process" })
    func `containers know this machine under the names of services`(name: String) async throws {
        let fixture = try await RuntimeFixture.prepare(name)
        let gateway = try #require(await fixture.runtime.gatewayAddress())
        let log = OutputLog()
        let instance = try await fixture.runtime.start(
            fixture.specification(
                owner: "contract-hosts", script: "BUSYBOX cat /etc/hosts", hostNames: ["auth.localhost"], log: log))
        _ = await fixture.runtime.waitForExit(of: instance)
        let entries = log.output.map { $0.split { $0.isWhitespace }.map(String.init) }
        #expect(entries.contains([gateway, "auth.localhost"]))
        await fixture.runtime.stop(instance, grace: .zero)
    }

    @Test func `what a process started in the background ends with it`() async throws {
        let fixture = try await RuntimeFixture.prepare("process")
        let log = OutputLog()
        let instance = try await fixture.runtime.start(
            fixture.specification(
                owner: "contract-group", script: "BUSYBOX sleep 600 & echo $!; exit 0", log: log))
        #expect(await fixture.runtime.waitForExit(of: instance) == 0)
        let child = try #require(log.output.first.flatMap { Int($0) })
        let deadline = ContinuousClock.now + .seconds(5)
        while FileManager.default.fileExists(atPath: "/proc/\(child)/exe"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        // An unreaped entry has no program any more.
        #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(child)/exe")) == nil)
    }

    @Test func `a process gets nothing of the server's variables but what it needs`() async throws {
        let fixture = try await RuntimeFixture.prepare("process")
        let log = OutputLog()
        let instance = try await fixture.runtime.start(
            fixture.specification(
                owner: "contract-variables", script: "BUSYBOX env", environment: ["GIVEN": "1"], log: log))
        _ = await fixture.runtime.waitForExit(of: instance)
        let names = Set(log.output.compactMap { $0.split(separator: "=").first.map(String.init) })
        let own: Set<String> = [
            "PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "SSL_CERT_FILE",
            "SSL_CERT_DIR", "GIVEN", "PORT", "PWD", "SHLVL", "OLDPWD", "_",
        ]
        #expect(names.contains("GIVEN"))
        #expect(names.subtracting(own).isEmpty)
    }

    /// A container's port accepts connections before the program does, so only an HTTP answer counts.
    private static func answers(_ instance: RunningInstance) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if let client = try? await RawClient.connect(instance.port, host: instance.host) {
                let answer = try? await client.request("GET", "/", host: "x", headers: ["Connection: close"])
                await client.close()
                if answer?.status == 404 { return true }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}
