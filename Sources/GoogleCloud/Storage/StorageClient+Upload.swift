import JSON
import Releases

extension StorageClient {
    /// Uploads a content of any length in parts, by a session that survives lost connections.
    ///
    /// - Parameters:
    ///   - generation: what the object's must be now; 0 where there must be none, nil for any. An object that already
    ///     has this very content is as good as uploaded.
    ///   - partBytes: rounded down to a multiple of 256 KiB; so much is in memory.
    ///   - partTimeout: for each part.
    ///   - progress: bytes that the server has.
    package func upload(
        _ source: UploadSource, as name: String, in bucket: String, ifGeneration generation: Int64?,
        partBytes: Int = 8 << 20, partTimeout: Duration = .seconds(300), deadline: Duration = .seconds(1800),
        progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> StoredObject {
        let subject = "uploading `gs://\(bucket)/\(name)`"
        return try await lifting(subject) {
            let upload = ResumableUpload(
                rest: rest, endpoints: endpoints,
                beginning: endpoints.upload(name, in: bucket, type: "resumable", ifGeneration: generation),
                metadata: Self.metadata(of: source, name: name), source: source, partBytes: partBytes,
                partTimeout: partTimeout, deadline: deadline, progress: progress)
            var mayBeThere = false
            let object: StoredObject
            do {
                object = try Self.object(
                    try await upload.run(retry: rest.retry, mayBeThere: &mayBeThere), isWrite: true)
            } catch GoogleError.status(let status) where status.httpStatus == 412 {
                // Somebody was faster, perhaps with the same content, perhaps we ourselves.
                guard let found = try await self.object(name, in: bucket), Self.holds(found, source) else {
                    throw GoogleError.status(status)
                }
                return found
            } catch let error where mayBeThere {
                // Also where the last question was answered "no": nobody knows what became of the part before it.
                var failure = (error as? Failure) ?? (error as? GoogleError).map { Failure($0, during: subject) }
                failure?.mayHaveHappened = true
                throw failure ?? error
            }
            guard Self.holds(object, source) else {
                _ = try? await delete(name, in: bucket, ifGeneration: object.generation)
                throw Failure(
                    .unavailable, "what Cloud Storage holds at `gs://\(bucket)/\(name)` is not what was sent",
                    details: [.init("bytes", "\(object.bytes) of \(source.bytes)")], hint: "try again")
            }
            return object
        }
    }

    /// Whether an object has this content.
    package static func holds(_ object: StoredObject, _ source: UploadSource) -> Bool {
        object.bytes == source.bytes && object.md5 == source.md5
    }

    static func metadata(of source: UploadSource, name: String) -> JSONValue {
        ["name": .string(name), "contentType": .string(source.contentType), "md5Hash": .string(source.md5)]
    }
}
