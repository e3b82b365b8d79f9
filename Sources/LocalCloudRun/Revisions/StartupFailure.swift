/// Why no instance of a revision came up, in Cloud Run's words.
enum StartupFailure: Error, Hashable, Sendable {
    case imageNotFound(String)
    case wrongPlatform(image: String, platform: String)
    /// Path of the variable in the template, and the secret that has no file.
    case secretMissing(place: String, secret: String, version: String)
    /// It ended before it listened.
    case exited(code: Int32, port: Int)
    /// Nothing listened on the port in time (the default probe).
    case notListening(port: Int)
    /// A probe of the user's own did not pass.
    case probeFailed
    /// A volume that only the cloud has, or that cannot be made here.
    case volumeUnavailable(name: String, reason: String)
    /// It did not become ready in the time that every start has.
    case deadlineExceeded
    case couldNotStart(reason: String)
    case engineUnavailable(reason: String)
    /// The server was stopped, or the revision deleted, while it started.
    case interrupted

    /// The common reason of the service's and revision's `Ready` condition.
    var reason: String? {
        switch self {
        case .imageNotFound, .wrongPlatform: "CONTAINER_MISSING"
        case .secretMissing: "SECRETS_ACCESS_CHECK_FAILED"
        case .couldNotStart, .engineUnavailable: "INTERNAL"
        case .deadlineExceeded, .interrupted: "PROGRESS_DEADLINE_EXCEEDED"
        case .volumeUnavailable: "UNKNOWN"
        case .exited, .notListening, .probeFailed: nil
        }
    }

    var revisionReason: String? {
        switch self {
        case .exited, .notListening, .probeFailed: "HEALTH_CHECK_CONTAINER_ERROR"
        default: nil
        }
    }

    /// google.rpc.Code of the operation that fails with it.
    var code: Int {
        switch self {
        case .imageNotFound: 5
        case .secretMissing: 7
        case .couldNotStart: 13
        case .engineUnavailable: 14
        case .deadlineExceeded, .interrupted: 4
        case .volumeUnavailable, .wrongPlatform, .exited, .notListening, .probeFailed: 9
        }
    }

    /// What the condition and the operation's error say; `logsURL` leads to this revision's lines.
    func message(revision: String, logsURL: String, account: String) -> String {
        let start = "Revision '\(revision)' is not ready and cannot serve traffic. "
        let logs =
            "\n\nLogs URL: \(logsURL)\nFor more troubleshooting guidance, see https://cloud.google.com/run/docs/troubleshooting#container-failed-to-start"
        switch self {
        case .imageNotFound(let image): return start + "Image '\(image)' not found."
        case .wrongPlatform(let image, let platform):
            return start
                + "Cloud Run does not support image '\(image)': Container manifest type '\(platform)' must support amd64/linux."
        case .secretMissing(let place, let secret, let version):
            return start
                + "\(place): Permission denied on secret: \(secret)/versions/\(version) for Revision service account \(account). The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level."
        case .exited(_, let port), .notListening(let port):
            // "defined provided" is Cloud Run's own wording.
            return start
                + "The user-provided container failed to start and listen on the port defined provided by the PORT=\(port) environment variable within the allocated timeout. This can happen when the container port is misconfigured or if the timeout is too short. The health check timeout can be extended. Logs for this revision might contain more information."
                + logs
        case .probeFailed:
            return start
                + "The user-provided container failed the configured startup probe checks. Logs for this revision might contain more information."
                + logs
        case .couldNotStart(let reason): return start + "The container could not be started: \(reason)."
        case .engineUnavailable(let reason): return start + "The container engine is not available: \(reason)."
        case .volumeUnavailable(let name, let reason): return start + "Volume '\(name)' is not available: \(reason)."
        case .deadlineExceeded, .interrupted: return start + "Resource readiness deadline exceeded."
        }
    }
}
