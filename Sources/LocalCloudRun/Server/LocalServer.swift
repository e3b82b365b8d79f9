import Crypto
import JSON
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The built-in local Cloud Run as one process: the API, the ingress and the instances behind them.
package struct LocalServer: Sendable {
    private let settings: LocalServerSettings

    package init(settings: LocalServerSettings) {
        self.settings = settings
    }

    /// Runs until the task is cancelled, then stops every instance. `onReady` is called once, when both ports answer
    /// and the record is written.
    package func run(onReady: @Sendable (ServerRecord) async -> Void) async throws {
        let folder = settings.stateFolder
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/secrets", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw LocalServerError.stateUnusable(folder: folder, reason: "\(error)")
        }
        let lock = try StateLock.take(folder: folder)
        defer { lock.release() }
        let (listeners, apiPort) = try await APIServer.listen(port: settings.apiPort)
        do {
            try await serve(listeners, apiPort: apiPort, onReady: onReady)
        } catch {
            for listener in listeners { try? await listener.channel.close() }
            throw error
        }
    }

    private func serve(
        _ listeners: [APIServer.Listener], apiPort: Int, onReady: @Sendable (ServerRecord) async -> Void
    ) async throws {
        let folder = settings.stateFolder
        let store: StateStore
        let logs: LogStore
        do {
            store = try StateStore(path: folder + "/state.sqlite")
            logs = try LogStore(path: folder + "/logs.sqlite")
        } catch {
            throw LocalServerError.stateUnusable(folder: folder, reason: "\(error)")
        }
        let issuer = try LocalIssuer(stateFolder: folder)
        let faults = Faults(try faultPlan())
        let work = BackgroundWork()
        let clock: @Sendable () -> Timestamp = {
            Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        }
        let owner = Self.owner(of: folder)
        let pool = InstancePool(
            runtime: FaultyRuntime(settings.runtime, faults: faults, work: work),
            settings: InstancePool.Settings(
                owner: owner, idleTimeout: settings.idleTimeout, scaleToZero: settings.scaleToZero,
                startupLimit: settings.startupLimit, volumeFolder: folder + "/volumes"),
            work: work, logs: logs, issuer: issuer, now: clock,
            secret: { SecretStore(folder: folder + "/secrets").value($0, version: $1) })
        let ingress = Ingress(instances: pool, faults: faults)
        await settings.runtime.removeLeftovers(owner: owner)
        VolumeFiles(folder: folder + "/volumes").removeAll()
        let ingressPort = try await start(ingress)
        let control = ControlPlane(
            settings: ControlPlaneSettings(
                version: settings.version, ingressPort: ingressPort, enforcesEtags: settings.enforcesEtags),
            store: store, logs: logs, issuer: issuer, pool: pool, work: work,
            routes: LaggingRoutes(ingress, faults: faults, work: work), clock: clock, isPortFree: LoopbackPort.isFree)
        do {
            try await control.restore()
        } catch {
            await ingress.stop()
            throw LocalServerError.stateUnusable(folder: folder, reason: "\(error)")
        }
        let record = ServerRecord(
            pid: ServerRecord.currentProcess, apiPort: apiPort, ingressPort: ingressPort,
            runtime: settings.runtime.name, version: settings.version)
        let failure: LocalServerError? = await withTaskGroup { group in
            group.addTask { await work.run() }
            group.addTask {
                // Ends when it is cancelled. The instances are stopped from inside the group: whoever waits in it for
                // an instance's end would otherwise wait for ever.
                await pool.maintain()
                await uncancelled {
                    await ingress.stop()
                    await pool.close()
                }
            }
            let api = LocalAPI(control: control, faults: faults, record: record)
            group.addTask { await APIServer(handle: { await api.handle($0) }).run(listeners) }
            do {
                try record.write(stateFolder: folder)
            } catch {
                group.cancelAll()
                return LocalServerError.stateUnusable(folder: folder, reason: "\(error)")
            }
            await onReady(record)
            // All three end only when this task is cancelled.
            await group.waitForAll()
            return nil
        }
        ServerRecord.remove(stateFolder: folder)
        if let failure { throw failure }
    }

    /// Ends the instances that a server which died left behind (`ServerRecord.left`); a server that starts does the same
    /// by itself.
    package static func removeLeftovers(stateFolder: String, runtime: any Runtime) async {
        await runtime.removeLeftovers(owner: owner(of: stateFolder))
        ServerRecord.removeLeft(stateFolder: stateFolder)
    }

    private func faultPlan() throws(LocalServerError) -> FaultPlan {
        let file = settings.faultsFile ?? settings.stateFolder + "/faults.json"
        guard let data = try? Data(contentsOf: URL(filePath: file)) else {
            guard settings.faultsFile != nil else { return FaultPlan() }
            throw .faultsInvalid(file: file, problems: ["it cannot be read"])
        }
        do {
            return try FaultPlan(reading: JSONValue(parsing: data))
        } catch let error as FaultPlanError {
            throw .faultsInvalid(file: file, problems: error.problems)
        } catch {
            throw .faultsInvalid(file: file, problems: ["it is not JSON"])
        }
    }

    private func start(_ ingress: Ingress) async throws(LocalServerError) -> Int {
        // Containers call other services through the engine's bridge address.
        let gateway = await settings.runtime.gatewayAddress()
        do {
            return try await ingress.start(
                hosts: ["127.0.0.1", "::1"] + (gateway.map { [$0] } ?? []), port: settings.ingressPort)
        } catch {
            switch error {
            case .portTaken(_, let port): throw .portTaken(port)
            case .addressUnavailable(let host):
                throw .couldNotListen(port: settings.ingressPort, reason: "this machine has no address `\(host)`")
            case .couldNotListen(_, let port, let reason): throw .couldNotListen(port: port, reason: reason)
            }
        }
    }

    /// One name per state folder, so that two servers never touch each other's instances.
    static func owner(of folder: String) -> String {
        let digest = SHA256.hash(data: Array(folder.utf8))
        return digest.prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
