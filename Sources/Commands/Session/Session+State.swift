import Configuration
import GoogleCloud
import Releases
import Reporting
import State

/// Where the state of an environment is.
enum StatePlace: Hashable, Sendable {
    case folder(String)
    /// `prefix` is empty for the whole bucket.
    case bucket(String, prefix: String)

    init(_ settings: StateSettings, environment: String, folder: String) {
        switch settings.backend {
        case .sqlite: self = .folder(folder)
        case .gcs: self = .bucket(settings.bucket ?? "", prefix: settings.prefix ?? environment)
        }
    }

    var description: String {
        switch self {
        case .folder(let folder): folder
        case .bucket(let bucket, let prefix): "gs://\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)")
        }
    }
}

extension Session {
    /// What belongs to this machine alone: logs of steps, what suites came to, what is kept of a team's history; and the
    /// state itself where no bucket holds it. `.stagectl/` beside `environments/`, or where `STAGECTL_STATE` says.
    func stateFolder() throws -> String {
        if let ownerStateFolder { return ownerStateFolder }
        if let named = ProcessEnvironment.nonEmpty("STAGECTL_STATE"), !named.hasPrefix("gs://") { return named }
        return try configuration().root + "/.stagectl"
    }

    /// `STAGECTL_STATE` beats the file where it names a bucket; a folder only says where this machine keeps its own.
    func statePlace() throws -> StatePlace {
        let named = ProcessEnvironment.nonEmpty("STAGECTL_STATE")
        if let named, named.hasPrefix("gs://") {
            guard let settings = StateSettings(url: named) else {
                throw Failure(
                    .usage, "`STAGECTL_STATE` is `\(named)`, which names no bucket",
                    hint: "export STAGECTL_STATE=gs://BUCKET/PREFIX, or a folder")
            }
            return try StatePlace(settings, environment: environmentName, folder: stateFolder())
        }
        do {
            return StatePlace(
                try environment().state ?? StateSettings(), environment: environmentName, folder: try stateFolder())
        } catch {
            // What is in a folder that was named can be read although the files cannot.
            guard let named else { throw error }
            return .folder(named)
        }
    }

    func open(_ place: StatePlace) throws -> ReleaseState {
        switch place {
        case .folder(let folder):
            // A process of this machine that is gone never writes again; of another one only its lease tells.
            return try SQLiteState(
                folder: folder, isGone: { holder in holder.process.map(ProcessLife.isGone) ?? false })
        case .bucket(let bucket, let prefix):
            let console = console
            let kept = KeptBucket(
                CloudStorageBucket({ await self.stateStorage() }, bucket: bucket, prefix: prefix),
                folder: try stateFolder() + "/team/\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)")
            ) { failure in
                console.progress("  ! \(failure.summary): what follows is what this machine has seen before")
            }
            return BucketState(kept, signsOfLife: .seconds(10), isGone: { ProcessLife.isGone($0) })
        }
    }

    /// The local Cloud Run has no buckets: a state is in Google's, whatever the environment's platform is.
    func stateStorage() async -> StorageClient {
        let credentials = googleCredentials
        return StorageClient(
            endpoints: googleEndpoints(nil, in: await credentials.universeDomain()), tokens: credentials, http: http)
    }
}
