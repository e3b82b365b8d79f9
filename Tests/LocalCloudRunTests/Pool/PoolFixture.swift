import Foundation
import JSON
import Synchronization
import Testing

@testable import LocalCloudRun

/// A pool of its own with one revision, on any runtime.
struct PoolFixture: Sendable {
    static let service = Location(project: "p", location: "l").service("pool")
    static let revision = service.revision("pool-00001-abc")

    var pool: InstancePool
    var logs: LogStore

    /// `document` is the revision's, without its name; it gets its defaults. `body` ends with the pool closed.
    static func run(
        _ runtime: any Runtime, _ document: JSONValue, pinned: Bool = true,
        settings change: (inout InstancePool.Settings) -> Void = { _ in },
        secret: @escaping @Sendable (String, String) -> [UInt8]? = { _, _ in nil },
        _ body: (PoolFixture) async throws -> Void
    ) async throws {
        let folder = Platform.temporaryFolder()
        let logs = try LogStore(path: folder + "/logs.sqlite")
        let work = BackgroundWork()
        var settings = InstancePool.Settings(
            owner: "pool-\(Identifier.uuid().prefix(8))", idleTimeout: .milliseconds(200), startupLimit: .seconds(20),
            stopGrace: .seconds(1), volumeFolder: folder + "/volumes")
        change(&settings)
        let pool = InstancePool(
            runtime: runtime, settings: settings, work: work, logs: logs,
            issuer: try LocalIssuer(stateFolder: folder),
            now: { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }, secret: secret)
        var template = ServiceDefaults.template(document)
        template["name"] = .string(revision)
        pool.add(revision, blueprint: InstanceBlueprint(revision: template, service: service))
        if pinned { pool.pin([revision]) }
        let background = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await work.run() }
                group.addTask { await pool.maintain() }
            }
        }
        defer {
            background.cancel()
            try? FileManager.default.removeItem(atPath: folder)
        }
        do { try await body(PoolFixture(pool: pool, logs: logs)) } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    var owner: String { pool.settings.owner }

    /// Instances that are up, with what runs in them.
    var instances: [RevisionInstances.Instance] {
        pool.state.withLock { state in
            (state.revisions[Self.revision]?.instances ?? []).filter { $0.phase == .ready }
        }
    }

    func lease() async throws -> InstanceLease {
        try await pool.instance(of: Self.revision, preferring: nil)
    }

    /// Polls until it holds; a deadline that suits a busy machine.
    func eventually(_ condition: () async -> Bool) async -> Bool {
        await poll(until: .now + .seconds(30)) { await condition() ? true : nil } ?? false
    }

    /// What the programs and the pool itself have written.
    func lines() throws -> [String] {
        try logs.entries(revision: shortName(Self.revision)).compactMap { $0.payload["textPayload"]?.string }
    }

    /// One container that runs a script of the fixture's busybox.
    static func container(
        _ fixture: RuntimeFixture, _ script: String, name: String? = nil, _ more: [String: JSONValue] = [:]
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "image": .string(fixture.image),
            "args": ["sh", "-c", .string(script.replacing("BUSYBOX", with: fixture.busybox))],
        ]
        if let name { members["name"] = .string(name) }
        return .object(members.merging(more) { $1 })
    }
}
