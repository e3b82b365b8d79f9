import Images
import Releases

extension Session {
    /// Manifests of images that are given, read where they are.
    var registryImages: (any ImageInspection)? { RegistryImages(client: registryAccess.client) }
}

/// Manifests of images that are in a registry.
struct RegistryImages: ImageInspection {
    var client: RegistryClient

    func refusal(of image: ImageReference) async -> Inspected<Failure?> {
        guard let address = RegistryAddress(image.value) else {
            return .undetermined(.unreachable("`\(image.value)` names no registry"))
        }
        do {
            _ = try await client.resolve(address)
            return .found(nil)
        } catch let failure as Failure {
            switch failure.category {
            case .release: return .found(failure)
            case .permission: return .undetermined(.notPermitted(failure.summary))
            default: return .undetermined(.unreachable(failure.summary))
            }
        } catch {
            return .undetermined(.unreachable("interrupted"))
        }
    }
}
