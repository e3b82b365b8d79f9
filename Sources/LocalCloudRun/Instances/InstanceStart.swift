/// One instance on its way up: its volumes, then its containers in their order, each after the startup probes of those
/// that it depends on, then all other startup probes.
struct InstanceStart: Sendable {
    let pool: InstancePool
    /// Full resource name.
    let revision: String
    let id: String
    let blueprint: InstanceBlueprint
    let hostNames: [String]

    func run() async {
        let began = ContinuousClock.now
        let failure = await bringUp()
        if let failure { log(failure) }
        // Told before it is stopped, which may take its whole grace.
        let final = pool.finishStart(self, failure: failure, took: ContinuousClock.now - began)
        guard final != nil else {
            if let ingress = pool.running(blueprint.ingress, of: self) { pool.runtime.becameReady(ingress) }
            return
        }
        await pool.stop(id, of: revision, grace: pool.settings.stopGrace)
        // Also where the pool has forgotten the instance meanwhile.
        await uncancelled { [pool, id, blueprint] in
            await blueprint.volumes(of: id, pool: pool).remove()
        }
    }

    private func bringUp() async -> StartupFailure? {
        do throws(StartupFailure) {
            let volumes = try await blueprint.volumes(of: id, pool: pool).make()
            var unprobed: [ContainerBlueprint] = []
            var network: RunningInstance?
            for container in blueprint.containers {
                for needed in unprobed where container.dependsOn.contains(needed.name) {
                    if let failure = await probe(needed) { return failure }
                }
                unprobed.removeAll { container.dependsOn.contains($0.name) }
                let running = try await launch(container, volumes: volumes, network: network)
                if network == nil { network = running }
                guard pool.started(running, container: container.name, in: self) else {
                    await uncancelled { [pool] in await pool.runtime.stop(running, grace: pool.settings.stopGrace) }
                    return .interrupted
                }
                unprobed.append(container)
            }
            return await probeAll(unprobed)
        } catch {
            return error
        }
    }

    private func launch(
        _ container: ContainerBlueprint, volumes: InstanceVolumes.Made, network: RunningInstance?
    ) async throws(StartupFailure) -> RunningInstance {
        let specification = try specification(of: container, volumes: volumes, network: network)
        do throws(RuntimeError) {
            let facts = try await pool.runtime.inspect(image: container.image)
            guard
                facts.platform.isEmpty || facts.platform.hasPrefix("amd64/") || facts.platform.hasPrefix("linux/amd64")
            else { throw RuntimeError.wrongPlatform(image: container.image, platform: facts.platform) }
            return try await pool.runtime.start(specification)
        } catch {
            throw StartupFailure(error)
        }
    }

    private func specification(
        of container: ContainerBlueprint, volumes: InstanceVolumes.Made, network: RunningInstance?
    ) throws(StartupFailure) -> InstanceSpecification {
        let environment = try container.environment(project: blueprint.service.parent.project, secret: pool.secret)
        let service = blueprint.service.path
        let revision = blueprint.revision
        let (logs, now, id) = (pool.logs, pool.now, id)
        var result = InstanceSpecification(
            owner: pool.settings.owner, service: blueprint.service.id, revision: revision,
            instance: blueprint.containers.count == 1 ? id : "\(id)-\(container.name)", image: container.image,
            command: container.command, arguments: container.arguments, environment: environment,
            port: blueprint.port, cpu: container.cpu, memory: container.memory, hostNames: hostNames,
            output: { line, isError in
                logs.append(
                    .output(line, isError: isError, service: service, revision: revision, instance: id, at: now()))
            })
        result.location = blueprint.service.parent.location
        result.workingDirectory = container.workingDirectory
        result.network = network
        result.probedPorts = Set(blueprint.containers.flatMap(\.probedPorts)).subtracting([blueprint.port]).sorted()
        result.mounts = container.mounts.compactMap { volumes.mount($0) }
        return result
    }

    // MARK: Probes

    private func probe(_ container: ContainerBlueprint) async -> StartupFailure? {
        guard let probe = container.startup, let running = pool.running(container.name, of: self) else {
            return pool.exitCode(of: self).map { .exited(code: $0, port: blueprint.port) }
        }
        return await ProbeRun(
            probe: probe.limited(to: pool.settings.startupLimit),
            target: running.target(of: probe.port, requestPort: blueprint.port), container: container.name,
            exitCode: { [pool] in pool.exitCode(of: self) },
            log: { [pool] in pool.log($0, severity: $1, blueprint: blueprint, instance: id) })()
    }

    private func probeAll(_ containers: [ContainerBlueprint]) async -> StartupFailure? {
        await withTaskGroup(of: StartupFailure?.self) { group in
            for container in containers { group.addTask { await probe(container) } }
            for await failure in group {
                guard let failure else { continue }
                group.cancelAll()
                return failure
            }
            return nil
        }
    }

    private func log(_ failure: StartupFailure) {
        let text: String? =
            switch failure {
            case .imageNotFound(let image): "Image '\(image)' not found."
            case .couldNotStart(let reason): "The container could not be started: \(reason)."
            case .engineUnavailable(let reason): "The container engine is not available: \(reason)."
            case .volumeUnavailable(let name, let reason): "Volume '\(name)' is not available: \(reason)."
            default: nil
            }
        if let text { pool.log(text, severity: "ERROR", blueprint: blueprint, instance: id) }
    }
}

extension StartupFailure {
    init(_ error: RuntimeError) {
        switch error {
        case .imageNotFound(let image): self = .imageNotFound(image)
        case .wrongPlatform(let image, let platform): self = .wrongPlatform(image: image, platform: platform)
        case .couldNotStart(let reason): self = .couldNotStart(reason: reason)
        case .unavailable(let reason): self = .engineUnavailable(reason: reason)
        }
    }
}
