import JSON
import Releases
import Transport

extension StorageClient {
    /// Which of these permissions the caller has in the bucket; nil where there is no such bucket.
    package func permitted(_ permissions: [String], in bucket: String) async throws -> Set<String>? {
        try await lifting("asking what is permitted in bucket `\(bucket)`") {
            let response = try await rest.exchange(
                "GET", endpoints.permissions(permissions, of: bucket), isWrite: false, accepts: [404])
            guard response.status != 404 else { return nil }
            let document = try Self.document(response, isWrite: false)
            return Set(try Self.elements("permissions", of: document).compactMap(\.string))
        }
    }
}
