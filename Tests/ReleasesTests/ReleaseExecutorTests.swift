import Configuration
import Releases
import Testing

@Suite struct ReleaseExecutorTests {
    let world = ModelWorld()
    let backend = ModelWorld.service("backend")

    @Test func `a first deploy is verified closed and opened afterwards`() async throws {
        let release = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        #expect(release.outcome == .promoted)
        #expect(release.error == nil)
        #expect(
            await world.platform.writes == [
                "create backend", "update backend", "update backend", "open backend", "update backend",
            ])
        let first = try #require(await world.verifier.healthRequests.first)
        #expect(first.identityToken != nil, "the candidate was closed while it was verified")
        #expect(await world.platform.services["backend"]?.isPublic == true)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        #expect(release.services.first?.witnessedHealthy == true)
    }

    @Test func `a first deploy that fails stays closed and says so`() async throws {
        await world.verifier.failSmoke(true)
        let release = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        #expect(release.outcome == .failed)
        #expect(release.error?.category == .checks)
        #expect(await world.platform.services["backend"]?.isPublic == false)
        let restore = try #require(release.steps.first { $0.id == "restore:backend" })
        #expect(restore.note?.contains("closed") == true)

        // What was never verified is no baseline: the next deploy verifies it before it opens, though it serves.
        await world.verifier.failSmoke(false)
        let again = try await world.deploy(run: "run-bbbbbb", services: [backend], source: "s1")
        #expect(again.outcome == .promoted)
        #expect(await world.platform.services["backend"]?.isPublic == true)
    }

    @Test func `an unchanged deploy builds nothing and writes nothing`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        let writes = await world.platform.writes.count
        let release = try await world.deploy(run: "run-bbbbbb", services: [backend], source: "s1")
        #expect(release.outcome == .unchanged)
        #expect(release.services.first?.outcome == .unchanged)
        #expect(await world.platform.writes.count == writes)
        #expect(await world.builder.builds.count == 1)
    }

    @Test func `a candidate that is never ready gets no traffic and the cause is named`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        await world.platform.breakImage("backend@sha256:s2")
        let release = try await world.deploy(run: "run-bbbbbb", services: [backend], source: "s2")
        #expect(release.outcome == .failed)
        #expect(release.error?.category == .release)
        let service = try #require(release.services.first)
        #expect(service.diagnosis?.kind == "did-not-listen")
        #expect(service.diagnosis?.logs == ["waiting for db"])
        #expect(service.revision == "backend-00001-abc")
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
    }

    @Test func `failing smoke takes the candidate's tag away and leaves the baseline`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        let before = await world.platform.services["backend"]
        await world.verifier.failSmoke(true)
        let release = try await world.deploy(run: "run-bbbbbb", services: [backend], source: "s2")
        #expect(release.outcome == .failed)
        #expect(release.error?.category == .checks)
        #expect(release.verdict.result == .fail)
        let after = await world.platform.services["backend"]
        #expect(after?.trafficStatuses == before?.trafficStatuses)
        #expect(after?.annotations == before?.annotations)
    }

    @Test func `a failure after the traffic moved brings it back`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        let auth = ModelWorld.service("auth")
        _ = try await world.deploy(run: "run-bbbbbb", services: [auth], source: "s1")
        // backend follows auth: when it fails, auth, promoted already, goes back as well.
        var dependent = backend
        dependent.dependsOn = ["auth"]
        await world.platform.breakImage("backend@sha256:s2")
        let release = try await world.deploy(run: "run-cccccc", services: [auth, dependent], source: "s2")
        #expect(release.outcome == .rolledBack)
        #expect(await world.shares(of: "auth") == ["auth-00001-abc": 100])
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        let restored = release.steps.filter { $0.id.hasPrefix("restore:") }.map(\.id)
        #expect(restored == ["restore:backend", "restore:auth"])
        #expect(release.steps.first { $0.id == "traffic:auth" }?.status == .undone)
    }

    @Test func `somebody else's change between plan and lock is a conflict`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        let plan = try await world.plan(run: "run-bbbbbb", services: [backend], source: "s2")
        await world.platform.changeGeneration(of: "backend")
        let writes = await world.platform.writes.count
        let release = await ReleaseExecutor(plan, roles: world.roles).run()
        #expect(release.error?.category == .conflict)
        #expect(release.outcome == .failed)
        #expect(await world.platform.writes.count == writes)
    }

    @Test func `who may call is not asked again after a gate that everybody was let through`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        let plan = try await world.plan(run: "run-bbbbbb", services: [backend], source: "s2")
        let asked = await world.platform.policyReads
        let release = await ReleaseExecutor(plan, roles: world.roles).run()
        #expect(release.outcome == .promoted)
        #expect(await world.platform.policyReads == asked)
    }

    @Test func `a service that somebody closes before its gate is over takes no traffic`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        var options = ReleaseOptions()
        options.overrides = ["health": "it is closed on purpose"]
        let plan = try await world.plan(run: "run-bbbbbb", services: [backend], source: "s2", options: options)
        let windows = await world.verifier.healthRequests.count
        await world.verifier.refuse(fromWindow: windows + 1) { [world] in await world.platform.close("backend") }
        let release = await ReleaseExecutor(plan, roles: world.roles).run()
        #expect(release.error?.category == .conflict && release.outcome == .failed)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
    }

    @Test func `a service that somebody closes under the assertion is a conflict, and goes back`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        let plan = try await world.plan(run: "run-bbbbbb", services: [backend], source: "s2")
        let windows = await world.verifier.healthRequests.count
        await world.verifier.refuse(fromWindow: windows + 2) { [world] in await world.platform.close("backend") }
        let release = await ReleaseExecutor(plan, roles: world.roles).run()
        #expect(release.error?.category == .conflict && release.outcome == .rolledBack)
        #expect(release.error?.summary.contains("closed by somebody else") == true)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        #expect(await world.platform.services["backend"]?.isPublic == false, "and stays closed")
    }

    @Test func `an overridden gate is recorded and lets the release pass`() async throws {
        await world.verifier.failSmoke(true)
        var options = ReleaseOptions()
        options.overrides = ["smoke": "known flake"]
        let release = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1", options: options)
        #expect(release.outcome == .promoted)
        #expect(release.steps.first { $0.id == "smoke:backend" }?.note?.contains("overridden: known flake") == true)
    }

    @Test func `without traffic the candidate is held and the baseline serves`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        var options = ReleaseOptions()
        options.noTraffic = true
        let release = try await world.deploy(run: "run-bbbbbb", services: [backend], source: "s2", options: options)
        #expect(release.outcome == .held)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        #expect(release.services.first?.candidateUrl == "http://c-bbbbbb---backend.test")
    }

    @Test func `another service's URL reaches the template`() async throws {
        let auth = ModelWorld.service("auth")
        let variable = ConfiguredVariable(name: "AUTH_URL", value: .literal("${services.auth.url}/api"))
        let dependent = ModelWorld.service("backend", dependsOn: ["auth"], variables: [variable])
        let release = try await world.deploy(run: "run-aaaaaa", services: [auth, dependent], source: "s1")
        #expect(release.outcome == .promoted)
        let order = release.steps.map(\.id)
        #expect(order.firstIndex(of: "assert:auth") ?? 99 < order.firstIndex(of: "candidate:backend") ?? 0)
    }
}
