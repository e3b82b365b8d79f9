/// The volumes of one instance, or of one attempt of a task, made before its containers start.
struct InstanceVolumes: Sendable {
    var volumes: [VolumeBlueprint]
    /// Of all its containers.
    var mounts: [ContainerBlueprint.Mount]
    /// Unique within the server.
    var instance: String
    var project: String
    let pool: InstancePool

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
        let mounted = Set(mounts.map(\.volume))
        var made = Made()
        for volume in volumes where mounted.contains(volume.name) {
            switch volume.kind {
            case .unavailable(let reason): throw .volumeUnavailable(name: volume.name, reason: reason)
            case .folder(let path, let isReadOnly): made.sources[volume.name] = (.folder(path), isReadOnly)
            case .secret(let name, let files):
                made.sources[volume.name] = (.folder(try write(files, of: name, volume: volume.name)), true)
            case .memory where mounts.contains { $0.volume == volume.name && $0.subPath != nil }:
                throw .volumeUnavailable(name: volume.name, reason: "a part of a memory volume cannot be mounted here")
            case .memory(let bytes):
                made.sources[volume.name] = (.memory(try await makeMemory(volume.name, bytes: bytes)), false)
            }
        }
        return made
    }

    /// Once no container of the instance is left.
    func remove() async {
        let mounted = Set(mounts.map(\.volume))
        for volume in volumes where mounted.contains(volume.name) {
            guard case .memory = volume.kind else { continue }
            await pool.runtime.removeVolume(memoryName(volume.name))
        }
        VolumeFiles(folder: pool.settings.volumeFolder).remove(instance)
    }

    private func write(
        _ files: [VolumeBlueprint.SecretFile], of secret: String, volume: String
    ) throws(StartupFailure) -> String {
        var contents: [(path: String, mode: Int, bytes: [UInt8])] = []
        for file in files {
            guard let bytes = pool.secret(shortName(secret), file.version) else {
                throw .secretMissing(
                    place: file.place,
                    secret: SecretStore.fullName(secret, project: project),
                    version: file.version)
            }
            contents.append((file.path, file.mode, bytes))
        }
        return try VolumeFiles(folder: pool.settings.volumeFolder)
            .write(volume, instance: instance, files: contents)
    }

    private func makeMemory(_ volume: String, bytes: Int?) async throws(StartupFailure) -> String {
        let name = memoryName(volume)
        do throws(RuntimeError) {
            try await pool.runtime.makeMemoryVolume(name, bytes: bytes, owner: pool.settings.owner)
        } catch {
            if case .couldNotStart(let reason) = error { throw .volumeUnavailable(name: volume, reason: reason) }
            throw StartupFailure(error)
        }
        return name
    }

    private func memoryName(_ volume: String) -> String {
        "stagectl-\(pool.settings.owner)-\(instance)-\(volume)"
    }
}
