import JSON
package import Releases
import Transport

/// What is asked of images.
extension RegistryClient {
    /// 4 MiB hold the history of any image that was seen; the manifest says how long it really is.
    private static let maximumConfigurationBytes = 8 << 20

    /// Whether the registry has this very digest.
    package func holds(_ address: RegistryAddress) async throws -> Bool {
        guard let reference = address.reference else { return false }
        let response = try await send(
            "HEAD", address.url("manifests/\(reference)"), at: address, accepting: RegistryManifest.mediaTypes)
        switch response.status {
        case 200: return true
        case 404: return false
        default: throw failure(response.status, address)
        }
    }

    /// `sha256:…` that the reference stands for now; an image that Cloud Run cannot run is refused.
    package func resolve(_ address: RegistryAddress) async throws -> String {
        let name = "\(address.host)/\(address.path):\(address.reference ?? "latest")"
        let wanted = address.with(reference: address.reference ?? "latest")
        let (image, found) = try await image(at: wanted, name: name)
        guard image.platform == "linux/amd64" else {
            throw RegistryFailure.wrongPlatform(name, mediaType: found.mediaType, platforms: [image.platform])
        }
        return found.digest
    }

    /// Sizes, layers and settings of an image, without its layers.
    package func report(on address: RegistryAddress) async throws -> ImageReport {
        let name = "\(address.host)/\(address.path)@\(address.reference ?? "")"
        let (image, found) = try await image(at: address, name: name)
        guard case .image(_, let layers) = found.image.content else {
            throw RegistryFailure.unreadable(address, what: "an index instead of an image")
        }
        let total = layers.reduce(Int64(0)) { $0 + $1.bytes }
        return ImageReport(
            digest: found.digest, bytes: total, isCompressed: true,
            layers: layers.enumerated().map { index, layer in
                ImageReport.Layer(
                    digest: layer.digest, bytes: layer.bytes,
                    createdBy: image.layerOrigins.indices.contains(index) ? image.layerOrigins[index] : nil)
            },
            user: image.user, entrypoint: image.entrypoint, command: image.command, exposedPorts: image.exposedPorts)
    }

    /// Asks whether a push would be let in, by beginning one and giving it up at once: no other request answers that.
    /// Nil when the registry would take it, else the status with which it says no. A registry that cannot be asked
    /// throws.
    package func pushRefusal(_ address: RegistryAddress) async throws -> Failure? {
        do {
            let response = try await send("POST", address.url("blobs/uploads/"), at: address, for: .push)
            switch response.status {
            case 200...299:
                await cancelUpload(response.headers["Location"], at: address)
                return nil
            case 401, 403: return RegistryFailure.refused(address, status: response.status, pushing: true)
            default: return nil
            }
        } catch let failure as Failure where failure.category == .permission {
            return failure
        }
    }

    // MARK: - Reading

    private struct Found {
        /// Of what was asked for, which may be an index.
        var digest: String
        var mediaType: String
        var image: RegistryManifest
    }

    private func image(
        at address: RegistryAddress, name: String
    ) async throws -> (ImageConfiguration, Found) {
        let first = try await manifest(at: address, name: name)
        var image = first
        if case .index(let entries) = first.content {
            guard let entry = RegistryManifest.amd64(in: entries) else {
                throw RegistryFailure.wrongPlatform(
                    name, mediaType: first.mediaType, platforms: entries.compactMap(\.platform))
            }
            image = try await manifest(at: address.with(reference: entry.digest), name: name)
        }
        guard case .image(let configuration, _) = image.content else {
            throw RegistryFailure.unreadable(address, what: "an index within an index")
        }
        guard configuration.bytes <= Self.maximumConfigurationBytes else {
            throw RegistryFailure.unreadable(address, what: "a configuration of \(configuration.bytes) bytes")
        }
        let response = try await send(
            "GET", address.url("blobs/\(configuration.digest)"), at: address,
            maximumBytes: Self.maximumConfigurationBytes)
        guard response.status == 200 else { throw failure(response.status, address) }
        guard "sha256:" + response.body.sha256 == configuration.digest else {
            throw RegistryFailure.unreadable(address, what: "a configuration that is not the one of its digest")
        }
        guard let json = try? JSONValue(parsing: response.body), let settings = ImageConfiguration(json) else {
            throw RegistryFailure.unreadable(address, what: "a configuration that is none")
        }
        return (settings, Found(digest: first.digest, mediaType: first.mediaType, image: image))
    }

    private func manifest(at address: RegistryAddress, name: String) async throws -> RegistryManifest {
        let reference = address.reference ?? "latest"
        let response = try await send(
            "GET", address.url("manifests/\(reference)"), at: address, accepting: RegistryManifest.mediaTypes,
            maximumBytes: RegistryManifest.maximumBytes)
        switch response.status {
        case 200: break
        case 404: throw RegistryFailure.missing(name)
        default: throw failure(response.status, address)
        }
        guard let manifest = RegistryManifest(response.body, contentType: response.headers["Content-Type"]) else {
            throw RegistryFailure.unreadable(address, what: "a manifest that is none")
        }
        // What was asked for by digest must be that; a tag is what the registry itself says that it is.
        let expected = reference.hasPrefix("sha256:") ? reference : response.headers["Docker-Content-Digest"]
        guard expected == nil || expected == manifest.digest else {
            throw RegistryFailure.unreadable(address, what: "a manifest that is not the one of its digest")
        }
        return manifest
    }

    private func failure(_ status: Int, _ address: RegistryAddress) -> Failure {
        status == 401 || status == 403
            ? RegistryFailure.refused(address, status: status, pushing: false)
            : RegistryFailure.unexpected(address, status: status)
    }
}
