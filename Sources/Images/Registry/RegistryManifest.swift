import Crypto
import JSON
import Releases

/// A manifest as a registry gives it (OCI image spec, and Docker's schema 2, which differs in its media types alone).
struct RegistryManifest: Hashable {
    struct Blob: Hashable {
        /// `sha256:…`
        var digest: String
        var bytes: Int64
    }

    /// One image of an index.
    struct Entry: Hashable {
        var digest: String
        /// `linux/amd64`; nil where the index does not say.
        var platform: String?
    }

    enum Content: Hashable {
        case image(configuration: Blob, layers: [Blob])
        case index([Entry])
    }

    /// Everything that is asked for; a registry answers with one of them.
    static let mediaTypes = [
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ]
    /// Registries take manifests of 4 MiB at least (OCI distribution spec, pushing manifests).
    static let maximumBytes = 4 << 20
    private static let maximumLayers = 1000

    var mediaType: String
    /// `sha256:…` of the bytes.
    var digest: String
    var content: Content

    /// Nil for anything but an image or an index of images.
    init?(_ body: [UInt8], contentType: String?) {
        guard let json = try? JSONValue(parsing: body), json["schemaVersion"]?.integer == 2 else { return nil }
        digest = "sha256:" + SHA256.hash(data: body).hex
        let sent = contentType?.prefix { $0 != ";" }.trimmed
        mediaType = json["mediaType"]?.string ?? sent ?? ""
        if let manifests = json["manifests"]?.array {
            guard manifests.count <= Self.maximumLayers else { return nil }
            content = .index(manifests.compactMap(Self.entry))
        } else {
            guard let configuration = json["config"].flatMap(Self.blob), let layers = json["layers"]?.array,
                layers.count <= Self.maximumLayers
            else { return nil }
            let blobs = layers.compactMap(Self.blob)
            guard blobs.count == layers.count else { return nil }
            content = .image(configuration: configuration, layers: blobs)
        }
    }

    /// The image for Cloud Run's platform, of an index; nil when it has none.
    static func amd64(in entries: [Entry]) -> Entry? {
        entries.first { $0.platform == "linux/amd64" }
    }

    private static func blob(_ json: JSONValue) -> Blob? {
        guard let digest = json["digest"]?.string, digest.hasPrefix("sha256:"), ImageDigest.hex(digest) != nil,
            let bytes = json["size"]?.integer, bytes >= 0, bytes < 1 << 50
        else { return nil }
        return Blob(digest: digest, bytes: bytes)
    }

    private static func entry(_ json: JSONValue) -> Entry? {
        guard let digest = json["digest"]?.string, digest.hasPrefix("sha256:"), ImageDigest.hex(digest) != nil else {
            return nil
        }
        let platform = json["platform"].flatMap { platform -> String? in
            guard let system = platform["os"]?.string, let machine = platform["architecture"]?.string else {
                return nil
            }
            return "\(system)/\(machine)"
        }
        return Entry(digest: digest, platform: platform)
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
}
