/// Finds where Terraform would change what stagectl owns: a service's image, traffic, revision name, and the labels and
/// annotations by which releases are found again.
package enum OwnershipGuard {
    package struct Conflict: Hashable, Sendable {
        package var address: String
        /// The attributes in question, as the provider names them.
        package var attributes: [String]
        /// What to write under `ignore_changes`, in the order of the attributes.
        package var ignoreChanges: [String]
    }

    /// Only what exists already: a service that Terraform creates needs an image to begin with.
    package static func conflicts(in plan: InfrastructurePlan) -> [Conflict] {
        plan.changes.compactMap { change in
            guard let owned = owned[change.type], change.action == .update || change.action == .replace else {
                return nil
            }
            let found = change.attributes.map(\.path).filter { path in owned.contains { $0.matches(names(path)) } }
            guard !found.isEmpty else { return nil }
            var ignored: [String] = []
            for path in found {
                guard let entry = owned.first(where: { $0.matches(names(path)) })?.ignored, !ignored.contains(entry)
                else {
                    continue
                }
                ignored.append(entry)
            }
            return Conflict(address: change.address, attributes: found, ignoreChanges: ignored)
        }
    }

    private struct Owned: Sendable {
        /// Names with dots; what stands after it is part of it.
        var pattern: String
        var ignored: String

        /// A pattern that ends in `stagectl` stands for all keys that begin so.
        func matches(_ path: String) -> Bool {
            pattern.hasSuffix(".stagectl")
                ? path.hasPrefix(pattern) : path == pattern || path.hasPrefix(pattern + ".")
        }
    }

    /// `template[0].labels["a/b"]` as `template.labels.a/b`: indexes say nothing about what an attribute is.
    private static func names(_ path: String) -> String {
        var result = ""
        var rest = path[...]
        while let character = rest.first {
            rest = rest.dropFirst()
            guard character == "[" else {
                result.append(character)
                continue
            }
            let isKey = rest.first == "\""
            let end = rest.firstIndex(of: "]") ?? rest.endIndex
            if isKey { result += "." + rest[..<end].filter { $0 != "\"" } }
            rest = rest[end...].dropFirst()
        }
        return result
    }

    /// Attributes of the provider's resources (registry.terraform.io/providers/hashicorp/google/6.50.0/docs).
    private static let owned: [String: [Owned]] = [
        "google_cloud_run_v2_service": [
            Owned(pattern: "template.containers.image", ignored: "template[0].containers[0].image"),
            Owned(pattern: "template.revision", ignored: "template[0].revision"),
            Owned(pattern: "template.labels.stagectl", ignored: "template[0].labels"),
            Owned(pattern: "traffic", ignored: "traffic"),
            Owned(pattern: "annotations.stagectl", ignored: "annotations"),
            Owned(pattern: "client", ignored: "client"),
            Owned(pattern: "client_version", ignored: "client_version"),
        ],
        "google_cloud_run_service": [
            Owned(pattern: "template.spec.containers.image", ignored: "template[0].spec[0].containers[0].image"),
            Owned(pattern: "template.metadata.labels.stagectl", ignored: "template[0].metadata[0].labels"),
            Owned(pattern: "template.metadata.name", ignored: "template[0].metadata[0].name"),
            Owned(pattern: "traffic", ignored: "traffic"),
            Owned(pattern: "metadata.annotations.stagectl", ignored: "metadata[0].annotations"),
        ],
        "google_cloud_run_v2_job": [
            Owned(
                pattern: "template.template.containers.image", ignored: "template[0].template[0].containers[0].image")
        ],
    ]
}
