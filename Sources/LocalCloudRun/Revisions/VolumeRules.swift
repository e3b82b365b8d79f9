import JSON

/// Which volumes and mounts Cloud Run takes. Kinds that only the cloud has are taken too: they fail the revision, with
/// a condition that says so.
enum VolumeRules {
    private static let kinds = ["secret", "cloudSqlInstance", "emptyDir", "nfs", "gcs", "filestore"]

    static func names(of template: JSONValue, place: String) throws(APIError) -> Set<String> {
        var names: Set<String> = []
        for (index, volume) in (template["volumes"]?.array ?? []).enumerated() {
            let place = "\(place).volumes[\(index)]"
            let name = volume["name"]?.string ?? ""
            guard ServiceRules.isLabel(name, maximum: 63) else {
                throw APIError(.invalidArgument, "\(place).name: must be a DNS label.")
            }
            guard names.insert(name).inserted else {
                throw APIError(.invalidArgument, "\(place).name: Duplicate volume name: `\(name)`.")
            }
            guard kinds.filter({ volume[$0] != nil }).count == 1 else {
                throw APIError(.invalidArgument, "\(place): exactly one kind of volume should be set.")
            }
            if let secret = volume["secret"] { try check(secret, place: "\(place).secret") }
            if let size = volume["emptyDir"]?["sizeLimit"]?.string, !size.isEmpty {
                guard ResourceQuantity.bytes(size) != nil else {
                    throw APIError(
                        .invalidArgument, "\(place).empty_dir.size_limit: Could not parse Quantity `\(size)`.")
                }
            }
        }
        return names
    }

    private static func check(_ secret: JSONValue, place: String) throws(APIError) {
        guard !(secret["secret"]?.string ?? "").isEmpty else {
            throw APIError(.invalidArgument, "\(place).secret: should be set.")
        }
        for (index, item) in (secret["items"]?.array ?? []).enumerated() {
            let path = item["path"]?.string ?? ""
            guard isInside(path) else {
                throw APIError(
                    .invalidArgument, "\(place).items[\(index)].path: must be a relative path without `..`.")
            }
        }
    }

    static func checkMounts(of container: JSONValue, volumes: Set<String>, place: String) throws(APIError) {
        var paths: Set<String> = []
        for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
            let place = "\(place).volume_mounts[\(index)]"
            let name = mount["name"]?.string ?? ""
            guard volumes.contains(name) else {
                throw APIError(
                    .invalidArgument, "\(place): has volumes [`\(name)`] which were not found in volumes list.")
            }
            let path = mount["mountPath"]?.string ?? ""
            guard path.hasPrefix("/"), isInside(String(path.dropFirst())), !path.contains(":") else {
                throw APIError(
                    .invalidArgument,
                    "\(place).mount_path: must be a valid unix absolute path, without `..` and `:`.")
            }
            guard !["/dev", "/proc", "/sys"].contains(where: { path == $0 || path.hasPrefix($0 + "/") }) else {
                throw APIError(
                    .invalidArgument,
                    "\(place).mount_path: `\(path)` are in one of disallowed mount points: /dev, /proc, /sys.")
            }
            if let inner = mount["subPath"]?.string, !inner.isEmpty, !isInside(inner) {
                throw APIError(.invalidArgument, "\(place).sub_path: must be a relative path without `..`.")
            }
            guard paths.insert(path).inserted else {
                throw APIError(.invalidArgument, "\(place).mount_path: `\(path)` is given twice.")
            }
        }
    }

    /// A path that stays below where it starts, printable and not empty.
    static func isInside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        return !parts.isEmpty && !path.hasPrefix("/") && path.utf8.count <= 1024
            && !parts.contains { $0 == ".." || $0 == "." } && path.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}
