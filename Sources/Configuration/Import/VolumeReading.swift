import JSON

/// The volumes of a template (v2 `Volume`), those that somebody mounts: the others are nothing to anybody.
struct VolumeReading {
    var volumes: [Volume] = []
    var databases: [String]?
    /// Names of volumes that hold Cloud SQL's sockets, which the configuration calls by one name.
    var databaseVolume: String?
    var unexpressed: [UnexpressedField] = []

    /// - Parameters:
    ///   - mounted: names of volumes that any container mounts.
    ///   - byMain: those that the container for requests mounts.
    init(_ documents: [JSONValue], path: String, mounted: Set<String>, byMain: Set<String>) {
        for (index, document) in documents.enumerated() {
            let name = document["name"]?.string ?? ""
            guard mounted.contains(name) else { continue }
            let place = "\(path)[\(index)]"
            if databases == nil, byMain.contains(name), let names = Self.databases(document) {
                databases = names
                databaseVolume = name
            } else if let kind = Self.kind(document, place: place) {
                volumes.append(Volume(name: name, kind: kind))
            } else {
                unexpressed.append(UnexpressedField(path: place, document: document))
            }
        }
        let hasClash = volumes.contains { $0.name == ContainerSettings.cloudSQLVolume }
        if databases != nil, hasClash {
            unexpressed.append(
                UnexpressedField(path: path, document: JSONValue.string(ContainerSettings.cloudSQLVolume)))
        }
    }

    private static func databases(_ document: JSONValue) -> [String]? {
        guard let names = document["cloudSqlInstance"]?["instances"]?.array?.compactMap(\.string), !names.isEmpty,
            Set(names).count == names.count, names.allSatisfy(StringRule.databaseInstance.allows)
        else { return nil }
        return names
    }

    /// Nil where a part of it has no words here.
    private static func kind(_ document: JSONValue, place: String) -> Volume.Kind? {
        var fields = UnreadFields(document, path: place)
        fields.drop(["name"])
        let kinds = ["secret", "emptyDir", "gcs", "nfs"].filter { document[$0] != nil }
        guard kinds.count == 1, let name = kinds.first else { return nil }
        var members = UnreadFields(document[name], path: place)
        fields.drop([name])
        guard fields.left.isEmpty else { return nil }
        let kind: Volume.Kind? =
            switch name {
            case "secret": secret(&members).map(Volume.Kind.secret)
            case "emptyDir": directory(&members).map(Volume.Kind.emptyDirectory)
            case "gcs": bucket(&members).map(Volume.Kind.bucket)
            default: export(&members).map(Volume.Kind.nfs)
            }
        return members.left.isEmpty ? kind : nil
    }

    private static func secret(_ fields: inout UnreadFields) -> SecretVolume? {
        guard let name = fields.takeText("secret", .secretName) else { return nil }
        var result = SecretVolume(secret: name, mode: fields.takeWhole("defaultMode", in: 1...0o777))
        for item in fields.take("items")?.array ?? [] {
            var item = UnreadFields(item, path: "")
            let version = item.take("version")?.string ?? "latest"
            guard let path = item.takeText("path", .pathInside), StringRule.secretVersion.allows(version),
                !result.files.contains(where: { $0.path == path })
            else { return nil }
            result.files.append(
                SecretVolume.File(path: path, version: version, mode: item.takeWhole("mode", in: 1...0o777)))
            guard item.left.isEmpty else { return nil }
        }
        return result
    }

    private static func directory(_ fields: inout UnreadFields) -> EmptyDirectory? {
        let medium = fields.take("medium")?.string?.lowercased()
        let size = fields.take("sizeLimit")?.string
        let rule = ScalarRule(.memory(1 << 20...1 << 40))
        guard medium.map({ EmptyDirectory.Medium(rawValue: $0) != nil }) ?? true,
            size.map({ rule.mistake(in: ConfigurationScalar($0)) == nil }) ?? true
        else { return nil }
        return EmptyDirectory(medium: medium.flatMap(EmptyDirectory.Medium.init(rawValue:)), sizeLimit: size)
    }

    private static func bucket(_ fields: inout UnreadFields) -> BucketVolume? {
        guard let name = fields.takeText("bucket", .bucket) else { return nil }
        let options = fields.take("mountOptions")?.array?.compactMap(\.string) ?? []
        guard options.allSatisfy(StringRule.mountOption.allows) else { return nil }
        return BucketVolume(
            name: name, isReadOnly: fields.take("readOnly")?.bool ?? false, mountOptions: options)
    }

    private static func export(_ fields: inout UnreadFields) -> NFSVolume? {
        guard let server = fields.takeText("server", .hostName), let path = fields.takeText("path", .exportedPath)
        else { return nil }
        return NFSVolume(server: server, path: path, isReadOnly: fields.take("readOnly")?.bool ?? false)
    }
}
