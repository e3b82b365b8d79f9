import JSON
import Releases
import Transport

/// Images that go for good (OCI distribution spec v1.1, "Deleting manifests").
extension RegistryClient {
    /// What names every tag of a repository; Google's registries add which manifest each stands for.
    private static let maximumListBytes = 16 << 20

    /// - Parameter address: by digest.
    /// - Returns: false where the registry has no such image any more.
    /// - Throws: ``Failure``; `release` where the registry deletes nothing.
    package func delete(_ address: RegistryAddress) async throws -> Bool {
        guard let digest = address.reference, digest.hasPrefix("sha256:") else {
            throw RegistryFailure.unreadable(address, what: "no digest to delete")
        }
        // Google's registries keep a manifest as long as a tag stands for it; others take the tags with it.
        for tag in try await tags(of: digest, at: address) {
            _ = try await delete(tag, at: address)
        }
        return try await delete(digest, at: address)
    }

    private func delete(_ reference: String, at address: RegistryAddress) async throws -> Bool {
        let response = try await send(
            "DELETE", address.url("manifests/\(reference)"), at: address, for: .delete)
        switch response.status {
        case 200...299: return true
        case 404: return false
        case 401, 403: throw RegistryFailure.keeps(address, status: response.status)
        case 400, 405: throw RegistryFailure.deletesNothing(address, status: response.status)
        default: throw RegistryFailure.unexpected(address, status: response.status)
        }
    }

    /// Of a registry that tells which tags stand for a manifest; others tell names alone, and need none of this.
    private func tags(of digest: String, at address: RegistryAddress) async throws -> [String] {
        let response = try await send(
            "GET", address.url("tags/list"), at: address, for: .delete, maximumBytes: Self.maximumListBytes)
        switch response.status {
        case 200: break
        case 404: return []
        case 401, 403: throw RegistryFailure.keeps(address, status: response.status)
        default: throw RegistryFailure.unexpected(address, status: response.status)
        }
        guard let list = try? JSONValue(parsing: response.body) else {
            throw RegistryFailure.unreadable(address, what: "a list of tags that is none")
        }
        let names = list["manifest"]?[digest]?["tag"]?.array?.compactMap(\.string) ?? []
        // A name goes into a path.
        return names.filter { RegistryAddress("\(address.host)/\(address.path):\($0)") != nil }
    }
}

extension RegistryFailure {
    static func keeps(_ address: RegistryAddress, status: Int) -> Failure {
        let name = "\(address.host)/\(address.path)"
        return Failure(
            .permission, "registry `\(address.host)` does not let you delete from `\(name)`",
            details: [.init("status", "\(status)")],
            hint: GoogleRegistry.serves(host: address.host)
                ? "give your account roles/artifactregistry.repoAdmin on the repository, or set prune.images to keep"
                : "log in as somebody who may, or set prune.images to keep")
    }

    static func deletesNothing(_ address: RegistryAddress, status: Int) -> Failure {
        Failure(
            .release, "registry `\(address.host)` deletes no images",
            details: [.init("repository", "\(address.host)/\(address.path)"), .init("status", "\(status)")],
            hint: "allow it there (of Docker's own: REGISTRY_STORAGE_DELETE_ENABLED=true), or set prune.images to keep")
    }
}
