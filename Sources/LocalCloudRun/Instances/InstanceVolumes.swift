/// The volumes of one instance, made before its containers start.
struct InstanceVolumes: Sendable {
    let start: InstanceStart

    /// Where each volume is, by name.
    struct Made: Sendable {
        var sources: [String: (source: VolumeMount.Source, isReadOnly: Bool)] = [:]

        func mount(_ mount: ContainerBlueprint.Mount) -> VolumeMount? {
            sources[mount.volume].map {
                VolumeMount(source: $0.source, path: mount.path, subPath: mount.subPath, isReadOnly: $0.isReadOnly)
            }
        }
    }

    /// Only those that are mounted are made.
    func make() async throws(StartupFailure) -> Made {
        let mounted = Set(start.blueprint.containers.flatMap { $0.mounts.map(\.volume) })
        var made = Made()
        for volume in start.blueprint.volumes where mounted.contains(volume.name) {
            switch volume.kind {
            case .unavailable(let reason): throw .volumeUnavailable(name: volume.name, reason: reason)
            case .folder(let path, let isReadOnly): made.sources[volume.name] = (.folder(path), isReadOnly)
            case .secret(let name, let files):
                made.sources[volume.name] = (.folder(try write(files, of: name, volume: volume.name)), true)
            case .memory(let bytes):
                made.sources[volume.name] = (.memory(try await makeMemory(volume.name, bytes: bytes)), false)
            }
        }
        return made
    }

    static func remove(_ instance: String, blueprint: InstanceBlueprint, pool: InstancePool) async {
        for volume in blueprint.volumes {
            guard case .memory = volume.kind else { continue }
            await pool.runtime.removeVolume(memoryName(volume.name, instance: instance, owner: pool.settings.owner))
        }
        VolumeFiles(folder: pool.settings.volumeFolder).remove(instance)
    }

    private func write(
        _ files: [VolumeBlueprint.SecretFile], of secret: String, volume: String
    ) throws(StartupFailure) -> String {
        var contents: [(path: String, mode: Int, bytes: [UInt8])] = []
        for file in files {
            guard let bytes = start.pool.secret(shortName(secret), file.version) else {
                throw .secretMissing(
                    place: file.place,
                    secret: SecretStore.fullName(secret, project: start.blueprint.service.parent.project),
                    version: file.version)
            }
            contents.append((file.path, file.mode, bytes))
        }
        return try VolumeFiles(folder: start.pool.settings.volumeFolder)
            .write(volume, instance: start.id, files: contents)
    }

    private func makeMemory(_ volume: String, bytes: Int?) async throws(StartupFailure) -> String {
        let name = Self.memoryName(volume, instance: start.id, owner: start.pool.settings.owner)
        do throws(RuntimeError) {
            try await start.pool.runtime.makeMemoryVolume(name, bytes: bytes, owner: start.pool.settings.owner)
        } catch {
            if case .couldNotStart(let reason) = error { throw .volumeUnavailable(name: volume, reason: reason) }
            throw StartupFailure(error)
        }
        return name
    }

    private static func memoryName(_ volume: String, instance: String, owner: String) -> String {
        "stagectl-\(owner)-\(instance)-\(volume)"
    }
}
