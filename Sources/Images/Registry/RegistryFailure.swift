import Releases
import Transport

/// What can go wrong with a registry, in the one shape that every command shows.
enum RegistryFailure {
    /// No answer. Throws the cancellation where that is the reason.
    static func unreachable(_ host: String, _ error: TransportError) throws -> Failure {
        try Task.checkCancellation()
        let reason: String =
            switch error {
            case .invalidRequest(let reason), .couldNotConnect(let reason), .connectionLost(let reason): reason
            case .tls(let failure): failure.reason
            case .couldNotResolve(let host): "`\(host)` has no address"
            case .timedOut: "it did not answer in time"
            case .bodyTooLarge(let limit): "its answer is larger than \(limit) bytes"
            default: "the exchange with it was given up"
            }
        return Failure(
            .unavailable, "registry `\(host)` cannot be reached", details: [.init("reason", reason)],
            hint: "check the name in `registry` and the network, then try again")
    }

    static func refused(_ address: RegistryAddress, status: Int, pushing: Bool) -> Failure {
        let name = "\(address.host)/\(address.path)"
        let hint =
            if GoogleRegistry.serves(host: address.host) {
                pushing
                    ? "give your account roles/artifactregistry.writer on the repository, or renew the access token"
                    : "give your account roles/artifactregistry.reader on the repository, or renew the access token"
            } else {
                // A login of any engine is found, wherever it keeps it.
                "docker login \(address.host), or the same with podman or buildah"
            }
        return Failure(
            .permission, "registry `\(address.host)` does not let you \(pushing ? "push to" : "read") `\(name)`",
            details: [.init("status", "\(status)")], hint: hint)
    }

    static func unexpected(_ address: RegistryAddress, status: Int) -> Failure {
        Failure(
            .unavailable, "registry `\(address.host)` answered with status \(status)",
            details: [.init("repository", "\(address.host)/\(address.path)")], hint: "try again in a moment")
    }

    static func unreadable(_ address: RegistryAddress, what: String) -> Failure {
        Failure(
            .release, "registry `\(address.host)` gave \(what)",
            details: [.init("image", "\(address.host)/\(address.path) \(address.reference ?? "")")],
            hint: "push the image again")
    }

    static func missing(_ name: String) -> Failure {
        Failure(
            .release, "image `\(name)` is not in its registry",
            hint: "check repository and tag; a tag may have been moved or cleaned up")
    }

    /// The words of `Cloud Run` are its own, so that whoever knows them finds them.
    static func wrongPlatform(_ name: String, mediaType: String, platforms: [String]) -> Failure {
        Failure(
            .release, "image `\(name)` is not for `linux/amd64`, which Cloud Run needs",
            details: [
                .init("is for", platforms.isEmpty ? "nothing that it names" : platforms.joined(separator: ", ")),
                .init(
                    "Cloud Run",
                    "Cloud Run does not support image '\(name)': Container manifest type '\(mediaType)' must support "
                        + "amd64/linux."),
            ], hint: "build it for that platform: `docker build --platform linux/amd64 …`")
    }
}
