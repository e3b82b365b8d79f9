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
                guard try await owns(project, name) else { throw Self.foreign(name, project) }
                return
            }
            do {
                _ = try await rest.write(
                    "POST", endpoints.creation(project: project), body: Self.creation(name, location: location))
            } catch GoogleError.status(let status) where status.httpStatus == 409 {
                // Made meanwhile, by whoever.
                guard try await owns(project, name) else { throw Self.foreign(name, project) }
            } catch let error as GoogleError where Failure(error, during: "making a bucket").mayHaveHappened {
                // The answer was lost, or came from somebody in between: a look says what became of it. A bucket that
                // the look does not find is not somebody else's: it may not have been made.
                guard (try? await owns(project, name)) == true else { throw error }
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
    private func owns(_ project: String, _ name: String) async throws -> Bool {
        let page = try await rest.read(endpoints.buckets(of: project, prefix: name))
        return try Self.elements("items", of: page).contains { $0["name"]?.string == name }
    }

    private static func foreign(_ name: String, _ project: String) -> Failure {
        Failure(
            .permission, "bucket `\(name)` is there and does not belong to project `\(project)`",
            details: [.init("danger", "whoever made it would get your source")],
            hint: "name a bucket of your own: cloud_build.bucket in the environment's file")
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
