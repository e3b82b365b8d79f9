/// Files that containers of an instance share or are given.
package struct Volume: Codable, Hashable, Sendable {
    package enum Kind: Codable, Hashable, Sendable {
        case secret(SecretVolume)
        case emptyDirectory(EmptyDirectory)
        case bucket(BucketVolume)
        case nfs(NFSVolume)
    }

    package var name: String
    package var kind: Kind

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// Where a container finds a volume.
package struct VolumeMount: Codable, Hashable, Sendable {
    package var volume: String
    package var path: String
    /// The part of the volume that is mounted; nil for all of it.
    package var subPath: String?

    package init(volume: String, path: String, subPath: String? = nil) {
        self.volume = volume
        self.path = path
        self.subPath = subPath
    }
}

/// Versions of one secret as files.
package struct SecretVolume: Codable, Hashable, Sendable {
    package struct File: Codable, Hashable, Sendable {
        /// Below the mount path.
        package var path: String
        package var version: String
        /// Mode bits; nil for the volume's.
        package var mode: Int?

        package init(path: String, version: String, mode: Int? = nil) {
            self.path = path
            self.version = version
            self.mode = mode
        }
    }

    package var secret: String
    /// Empty for one file, called like the secret, with its latest version.
    package var files: [File]
    /// Mode bits of files that say nothing else; nil for 0444.
    package var mode: Int?

    package init(secret: String, files: [File] = [], mode: Int? = nil) {
        self.secret = secret
        self.files = files
        self.mode = mode
    }
}

/// A folder that is empty when the instance starts and gone when it ends.
package struct EmptyDirectory: Codable, Hashable, Sendable {
    package enum Medium: String, Codable, Hashable, Sendable, CaseIterable {
        case memory, disk
    }

    /// Nil for memory.
    package var medium: Medium?
    /// For example `64Mi`; nil for half of the instance's memory.
    package var sizeLimit: String?

    package init(medium: Medium? = nil, sizeLimit: String? = nil) {
        self.medium = medium
        self.sizeLimit = sizeLimit
    }
}

/// A bucket of Cloud Storage.
package struct BucketVolume: Codable, Hashable, Sendable {
    package var name: String
    package var isReadOnly: Bool
    /// Flags of gcsfuse without their dashes.
    package var mountOptions: [String]

    package init(name: String, isReadOnly: Bool = false, mountOptions: [String] = []) {
        self.name = name
        self.isReadOnly = isReadOnly
        self.mountOptions = mountOptions
    }
}

/// What an NFS server exports.
package struct NFSVolume: Codable, Hashable, Sendable {
    package var server: String
    package var path: String
    package var isReadOnly: Bool

    package init(server: String, path: String, isReadOnly: Bool = false) {
        self.server = server
        self.path = path
        self.isReadOnly = isReadOnly
    }
}
