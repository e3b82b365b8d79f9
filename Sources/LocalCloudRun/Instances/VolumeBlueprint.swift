import JSON

/// One volume of an instance, shared by those of its containers that mount it.
struct VolumeBlueprint: Hashable, Sendable {
    struct SecretFile: Hashable, Sendable {
        /// Below the mount path.
        var path: String
        var version: String
        var mode: Int
        /// Names the file in the template, for the message.
        var place: String
    }

    enum Kind: Hashable, Sendable {
        case memory(bytes: Int?)
        case secret(name: String, files: [SecretFile])
        /// A folder of this machine.
        case folder(String, isReadOnly: Bool)
        case unavailable(reason: String)
    }

    var name: String
    var kind: Kind

    init(_ volume: JSONValue, index: Int) {
        name = volume["name"]?.string ?? ""
        if let directory = volume["emptyDir"] {
            // On disk where Cloud Run has disk: here both are memory, as nothing must be left behind.
            kind = .memory(bytes: directory["sizeLimit"]?.string.flatMap(ResourceQuantity.bytes))
        } else if let secret = volume["secret"] {
            kind = Self.secret(secret, place: "spec.template.spec.volumes[\(index)].secret")
        } else if let export = volume["nfs"] {
            kind = Self.export(export)
        } else {
            let name = ["gcs", "cloudSqlInstance", "filestore"].first { volume[$0] != nil } ?? "this kind"
            kind = .unavailable(reason: "a volume of `\(name)` exists only in the cloud")
        }
    }

    /// The first of the mounted volumes that no start can ever get here; nil when there is none.
    static func refusal(of volumes: JSONValue?, mountedBy container: JSONValue) -> StartupFailure? {
        let mounted = Set(ContainerBlueprint.Mount.all(of: container).map(\.volume))
        for (index, volume) in (volumes?.array ?? []).enumerated() {
            let blueprint = VolumeBlueprint(volume, index: index)
            if mounted.contains(blueprint.name), case .unavailable(let reason) = blueprint.kind {
                return .volumeUnavailable(name: blueprint.name, reason: reason)
            }
        }
        return nil
    }

    private static func secret(_ secret: JSONValue, place: String) -> Kind {
        let name = secret["secret"]?.string ?? ""
        let mode = Int(secret["defaultMode"]?.integer ?? 0)
        var files = (secret["items"]?.array ?? []).enumerated().map { index, item in
            SecretFile(
                path: item["path"]?.string ?? "", version: item["version"]?.string ?? "latest",
                mode: Int(item["mode"]?.integer ?? Int64(mode)), place: "\(place).items[\(index)].key")
        }
        if files.isEmpty {
            files = [
                SecretFile(path: shortName(name), version: "latest", mode: mode, place: "\(place).secret_name")
            ]
        }
        return .secret(name: name, files: files)
    }

    /// An NFS export of this very machine is the folder itself; no other server is asked.
    private static func export(_ export: JSONValue) -> Kind {
        let server = export["server"]?.string ?? ""
        guard ["localhost", "127.0.0.1", "::1"].contains(server) else {
            return .unavailable(
                reason: "the local Cloud Run mounts no NFS server; `localhost` as server stands for a folder of this"
                    + " machine, not `\(server)`")
        }
        let path = export["path"]?.string ?? ""
        guard path.hasPrefix("/") else { return .unavailable(reason: "`\(path)` is not an absolute path") }
        return .folder(path, isReadOnly: export["readOnly"]?.bool ?? false)
    }
}
