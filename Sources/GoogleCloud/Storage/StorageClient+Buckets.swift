import JSON
import Releases

extension StorageClient {
    /// Sees to it that the project has this bucket. A missing one is made, closed to the public and without access
    /// lists of its own. Names are shared by everybody, so a bucket that is somebody else's is refused: what is written
    /// to it would be theirs.
    ///
    /// - Parameter location: where a new one is made; nil for Cloud Storage's own choice (`US`).
    package func ensureBucket(_ name: String, of project: String, location: String? = nil) async throws {
        try await lifting("preparing bucket `\(name)`") {
            if try await has(name) {
                return try await requireOwnership(of: name, by: project)
            }
            do {
                _ = try await rest.write(
                    "POST", endpoints.creation(project: project), body: Self.creation(name, location: location))
            } catch GoogleError.status(let status) where status.httpStatus == 409 {
                // Made meanwhile, by whoever.
                try await requireOwnership(of: name, by: project)
            } catch GoogleError.transport(_, isWrite: true) {
                // The answer was lost: a look says what became of it, and making it twice is refused.
                try await requireOwnership(of: name, by: project)
            }
        }
    }

    /// False for 404. A bucket of others is there too, only that its metadata are forbidden.
    private func has(_ name: String) async throws -> Bool {
        do {
            _ = try await rest.read(endpoints.bucket(name))
            return true
        } catch GoogleError.status(let status) where status.httpStatus == 404 {
            return false
        } catch GoogleError.status(let status) where status.httpStatus == 403 {
            return true
        }
    }

    /// The list of a project's buckets has its own alone.
    private func requireOwnership(of name: String, by project: String) async throws {
        let page = try await rest.read(endpoints.buckets(of: project, prefix: name))
        let names = page["items"]?.array?.compactMap { $0["name"]?.string } ?? []
        guard names.contains(name) else {
            throw Failure(
                .permission, "bucket `\(name)` is there and does not belong to project `\(project)`",
                details: [.init("danger", "whoever made it would get your source")],
                hint: "name a bucket of your own: cloud_build.bucket in the environment's file")
        }
    }

    static func creation(_ name: String, location: String?) -> JSONValue {
        var bucket: JSONValue = [
            "name": .string(name),
            "iamConfiguration": [
                "uniformBucketLevelAccess": ["enabled": true], "publicAccessPrevention": "enforced",
            ],
        ]
        if let location { bucket["location"] = .string(location) }
        return bucket
    }
}
