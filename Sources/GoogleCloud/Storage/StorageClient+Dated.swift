import Crypto
import JSON
import Releases
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An answer, and what time it was where it was given.
package struct Dated<Value: Sendable>: Sendable {
    package var value: Value
    /// Seconds since 1970 as the header `Date` has them; nil where an answer has none.
    package var time: Double?
}

/// What many machines need who agree on something by objects: contents with their generation, in the time of the server.
extension StorageClient {
    /// The content as it is now; nil where there is none.
    package func current(
        _ name: String, in bucket: String, limit: Int = 64 << 20
    ) async throws -> Dated<StoredContent?> {
        try await lifting("reading `gs://\(bucket)/\(name)`") {
            let response = try await rest.exchange(
                "GET", endpoints.object(name, in: bucket, [("alt", "media")]), isWrite: false, accepts: [404],
                maximumBodyBytes: limit)
            guard response.status != 404 else { return Dated(value: nil, time: Self.time(response)) }
            let generation = response.headers["x-goog-generation"].flatMap { Int64($0) }
            return Dated(
                value: StoredContent(bytes: response.body, generation: generation), time: Self.time(response))
        }
    }

    /// Stores a content with its metadata in one request, which is never repeated: after a failure that may have
    /// happened, ``current(_:in:limit:)`` tells.
    ///
    /// - Parameter generation: what the object's must be now; 0 where there must be none.
    package func store(
        _ bytes: [UInt8], as name: String, in bucket: String, contentType: String, ifGeneration generation: Int64
    ) async throws -> Dated<StoredObject> {
        try await lifting("writing `gs://\(bucket)/\(name)`") {
            // Cloud Storage refuses a content that is not what its digest says.
            let metadata: JSONValue = [
                "name": .string(name), "contentType": .string(contentType),
                "md5Hash": .string(Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()),
            ]
            let boundary = Self.boundary(for: bytes)
            let head =
                "--\(boundary)\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n\(metadata.serialized())\r\n"
                + "--\(boundary)\r\nContent-Type: \(contentType)\r\n\r\n"
            let response = try await rest.exchange(
                "POST", endpoints.upload(name, in: bucket, type: "multipart", ifGeneration: generation),
                headers: HTTPHeaders([.init("Content-Type", "multipart/related; boundary=\(boundary)")]),
                body: Array(head.utf8) + bytes + Array("\r\n--\(boundary)--\r\n".utf8), isWrite: true)
            let object = try Self.object(try Self.document(response, isWrite: true), isWrite: true)
            return Dated(value: object, time: Self.time(response))
        }
    }

    /// Objects whose names begin like that, in the order of their names, at most `limit`. Cloud Storage lists what was
    /// written before (cloud.google.com/storage/docs/consistency).
    ///
    /// - Parameter first: names before it are left out; nil for none.
    package func list(
        in bucket: String, prefix: String, from first: String?, limit: Int
    ) async throws -> Dated<[StoredObject]> {
        try await lifting("listing `gs://\(bucket)/\(prefix)`") {
            var found: [StoredObject] = []
            var page: String?
            var time: Double?
            repeat {
                var query = [
                    ("prefix", prefix), ("maxResults", "\(max(1, min(1000, limit - found.count)))"),
                    ("fields", "items(bucket,name,generation,size,md5Hash),nextPageToken"),
                ]
                if let first { query.append(("startOffset", first)) }
                if let page { query.append(("pageToken", page)) }
                let response = try await rest.exchange(
                    "GET", endpoints.objects(in: bucket, query), isWrite: false, accepts: [404])
                // Of a bucket that is there, a list may be empty, but is never missing.
                guard response.status != 404 else { throw Self.missing(bucket) }
                let document = try Self.document(response, isWrite: false)
                found += try Self.elements("items", of: document).map { try Self.object($0, isWrite: false) }
                page = document["nextPageToken"]?.string
                time = Self.time(response)
            } while page?.isEmpty == false && found.count < limit
            return Dated(value: Array(found.prefix(max(0, limit))), time: time)
        }
    }

    private static func missing(_ bucket: String) -> Failure {
        Failure(
            .configuration, "bucket `\(bucket)` does not exist",
            hint: "make it: gcloud storage buckets create gs://\(bucket) --uniform-bucket-level-access "
                + "--public-access-prevention")
    }

    private static func time(_ response: HTTPResponse) -> Double? {
        response.headers["Date"].flatMap { HTTPDate.seconds($0) }.map(Double.init)
    }

    /// One that is nowhere in the content (RFC 2046 section 5.1.1).
    private static func boundary(for bytes: [UInt8]) -> String {
        "stagectl-"
            + SHA256.hash(data: bytes).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined()
    }
}
