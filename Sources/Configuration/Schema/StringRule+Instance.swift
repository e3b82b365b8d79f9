/// Names around an instance: containers, volumes, networks, databases.
extension StringRule {
    /// Of a container or a volume (RFC 1123 label, and Cloud Run wants a letter first).
    package static let containerName = StringRule(
        pattern: "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
        expectation: "a name of lower-case letters, digits and hyphens, starting with a letter, at most 63 characters",
        allows: isLabel)

    /// A whole reference of an image, with a tag or a digest.
    package static let imageReference = StringRule(
        pattern: "^[A-Za-z0-9][A-Za-z0-9._/:-]*(@sha256:[0-9a-f]{64})?$",
        expectation: "an image such as `us-docker.pkg.dev/project/services/proxy:1.2`, or one pinned by digest"
    ) { text in
        if text.contains("@") { return pinnedImage.allows(text) }
        guard let first = text.utf8.first, isLetter(first) || isDigit(first), text.utf8.count <= 512 else {
            return false
        }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.first != ":" && part.last != ":"
                && part.utf8.allSatisfy { isLetter($0) || isDigit($0) || "._:-".utf8.contains($0) }
        }
    }

    /// Where a volume is mounted. Cloud Run refuses `:` and the system's own folders (v2 `VolumeMount`).
    package static let mountPath = StringRule(
        pattern: "^/(?!(dev|proc|sys)(/|$))[^:]*[^:/]$",
        expectation: "an absolute path without `:`, not below /dev, /proc or /sys"
    ) { path in
        path.hasPrefix("/") && isPathInside(path.dropFirst()) && !path.contains(":") && !path.hasSuffix("/")
            && !["/dev", "/proc", "/sys"].contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    package static let absolutePath = StringRule(
        pattern: "^/[^:]*$", expectation: "an absolute path such as `/app`"
    ) { path in path == "/" || (path.hasPrefix("/") && isPathInside(path.dropFirst())) }

    /// A file or folder inside a volume.
    package static let pathInside = StringRule(
        pattern: "^[^/].*$", expectation: "a relative path without `..`"
    ) { isPathInside($0[...]) }

    /// Mode bits as `chmod` takes them.
    package static let fileMode = StringRule(
        pattern: "^0?[0-7]{3}$", expectation: "mode bits such as `\"0440\"`"
    ) { mode(of: $0) != nil }

    package static func mode(of text: String) -> Int? {
        guard (3...4).contains(text.utf8.count), text.utf8.count == 3 || text.hasPrefix("0") else { return nil }
        return Int(text, radix: 8).flatMap { (1...0o777).contains($0) && !text.hasPrefix("+") ? $0 : nil }
    }

    /// Serverless VPC Access (v2 `VpcAccess.connector`).
    package static let connector = StringRule(
        pattern: "^(projects/[^/]+/locations/[a-z0-9-]+/connectors/)?[a-z]([-a-z0-9]{0,23}[a-z0-9])?$",
        expectation: "a connector's name, or `projects/PROJECT/locations/REGION/connectors/NAME`"
    ) { isResource($0, ["projects", "locations", "connectors"], longest: 25) }

    package static let network = StringRule(
        pattern: "^(projects/[^/]+/global/networks/)?[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
        expectation: "a network's name, or `projects/PROJECT/global/networks/NAME`"
    ) { text in
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5 else { return isLabel(text) }
        return parts[0] == "projects" && project.allows(parts[1]) && parts[2] == "global" && parts[3] == "networks"
            && isLabel(parts[4])
    }

    package static let subnetwork = StringRule(
        pattern: "^(projects/[^/]+/regions/[a-z0-9-]+/subnetworks/)?[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
        expectation: "a subnetwork's name, or `projects/PROJECT/regions/REGION/subnetworks/NAME`"
    ) { isResource($0, ["projects", "regions", "subnetworks"], longest: 63) }

    package static let networkTag = StringRule(
        pattern: "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
        expectation: "a network tag of lower-case letters, digits and hyphens, starting with a letter", allows: isLabel)

    /// Of Cloud SQL (v2 `CloudSqlInstance.instances`); the project may have its old `domain.tld:` prefix.
    package static let databaseInstance = StringRule(
        pattern: "^([a-z0-9.-]+:)?[a-z][a-z0-9-]*:[a-z][a-z0-9-]*:[a-z][a-z0-9-]{0,97}$",
        expectation: "a connection name such as `project:us-central1:instance`"
    ) { DatabaseInstance($0) != nil }

    /// Of a label (cloud.google.com/resource-manager/docs/labels-overview).
    package static let labelKey = StringRule(
        pattern: "^[a-z][a-z0-9_-]{0,62}$",
        expectation: "a label's key: lower-case letters, digits, `_` and `-`, starting with a letter"
    ) { text in
        text.utf8.first.map(isLower) == true && text.utf8.count <= 63 && text.utf8.allSatisfy(isLabelByte)
    }

    package static let labelValue = StringRule(
        pattern: "^[a-z0-9_-]{0,63}$", expectation: "a label's value: lower-case letters, digits, `_` and `-`"
    ) { $0.utf8.count <= 63 && $0.utf8.allSatisfy(isLabelByte) }

    package static let encryptionKey = StringRule(
        pattern: "^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$",
        expectation: "a key's name: `projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY`"
    ) { hasParts($0, ["projects", "locations", "keyRings", "cryptoKeys"]) }

    package static let serviceMesh = StringRule(
        pattern: "^projects/[^/]+/locations/global/meshes/[^/]+$",
        expectation: "a mesh's name: `projects/PROJECT/locations/global/meshes/NAME`"
    ) { hasParts($0, ["projects", "locations", "meshes"]) && $0.contains("/locations/global/") }

    package static let hostName = StringRule(
        pattern: "^[A-Za-z0-9.:-]+$", expectation: "a host's name or address"
    ) { !$0.isEmpty && $0.utf8.count <= 253 && $0.utf8.allSatisfy { isHost($0) || $0 == 0x3A } }

    package static let exportedPath = StringRule(
        pattern: "^/.*$", expectation: "the absolute path of what the server exports"
    ) { $0.hasPrefix("/") && $0.utf8.count <= 1024 && $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    /// A flag of gcsfuse (v2 `GCSVolumeSource.mountOptions`).
    package static let mountOption = StringRule(
        pattern: "^[^-\\s,][^\\s,]*$",
        expectation: "a flag of gcsfuse without its leading dashes, such as `implicit-dirs`"
    ) { !$0.isEmpty && !$0.hasPrefix("-") && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2C } }

    package static let accelerator = StringRule(
        pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", expectation: "a type such as `nvidia-l4`"
    ) { fileName.allows($0) }

    // MARK: - Shapes

    private static func isResource(_ text: String, _ words: [String], longest: Int) -> Bool {
        let name = NetworkResourceName(text)
        guard name.name.utf8.count <= longest, isLabel(name.name) else { return false }
        guard text.contains("/") else { return true }
        return hasParts(text, words) && project.allows(name.project ?? "") && region.allows(name.region ?? "")
    }

    /// `WORD/x/WORD/y/…`, none of them empty.
    private static func hasParts(_ text: String, _ words: [String]) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return parts.count == words.count * 2 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && words.indices.allSatisfy { parts[$0 * 2] == words[$0] && !parts[$0 * 2 + 1].isEmpty }
    }

    private static func isPathInside(_ path: Substring) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 1024 && path.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
            && parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." }
    }

    private static func isLabel(_ text: String) -> Bool { text.utf8.count <= 63 && isName(text) }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        isLower(byte) || isDigit(byte) || byte == 0x5F || byte == 0x2D
    }
}

/// The three parts of a Cloud SQL instance's connection name.
package struct DatabaseInstance: Hashable, Sendable {
    package var project: String
    package var region: String
    package var name: String

    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (3...4).contains(parts.count), StringRule.region.allows(parts[parts.count - 2]) else { return nil }
        project = parts.dropLast(2).joined(separator: ":")
        region = parts[parts.count - 2]
        name = parts[parts.count - 1]
        guard StringRule.project.allows(project), StringRule.region.allows(name), name.utf8.count <= 98 else {
            return nil
        }
    }

    package var connectionName: String { "\(project):\(region):\(name)" }
}
