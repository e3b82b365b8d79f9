import JSON
import Releases
package import Transport

/// Cloud Storage behind its JSON API v1: buckets, and objects with conditions on their generation. Every function throws
/// ``Failure``; `conflict` where a condition did not hold.
package struct StorageClient: Sendable {
    let rest: RESTClient
    let endpoints: StorageEndpoints

    package init(
        endpoints: GoogleEndpoints, tokens: any AccessTokens, http: HTTPClient = HTTPClient(),
        retry: RetryPolicy = RetryPolicy()
    ) {
        self.init(
            endpoints: StorageEndpoints(base: endpoints.storage),
            rest: RESTClient(tokens: tokens, retry: retry, limits: .process) { request throws(TransportError) in
                try await http.send(request)
            })
    }

    init(endpoints: StorageEndpoints, rest: RESTClient) {
        self.rest = rest
        self.endpoints = endpoints
    }

    /// What is known of an object; nil where there is none.
    package func object(_ name: String, in bucket: String) async throws -> StoredObject? {
        try await lifting("looking at `gs://\(bucket)/\(name)`") {
            do {
                return try Self.object(try await rest.read(endpoints.object(name, in: bucket)), isWrite: false)
            } catch GoogleError.status(let status) where status.httpStatus == 404 {
                return nil
            }
        }
    }

    /// Stores a small content in one request, which is never repeated: after a failure that may have happened,
    /// ``object(_:in:)`` tells.
    ///
    /// - Parameter generation: what the object's must be now; 0 where there must be none, nil for any.
    package func insert(
        _ bytes: [UInt8], as name: String, in bucket: String, contentType: String, ifGeneration generation: Int64?
    ) async throws -> StoredObject {
        try await lifting("writing `gs://\(bucket)/\(name)`") {
            let url = endpoints.upload(name, in: bucket, type: "media", ifGeneration: generation)
            let response = try await rest.exchange(
                "POST", url, headers: HTTPHeaders([.init("Content-Type", contentType)]), body: bytes, isWrite: true)
            return try Self.object(try Self.document(response, isWrite: true), isWrite: true)
        }
    }

    /// The whole content, at most `limit` bytes of it; nil where there is no such object.
    package func download(
        _ name: String, in bucket: String, generation: Int64? = nil, limit: Int = 16 << 20
    ) async throws -> StoredContent? {
        try await lifting("reading `gs://\(bucket)/\(name)`") {
            let query = [("alt", "media")] + (generation.map { [("generation", "\($0)")] } ?? [])
            let response = try await rest.exchange(
                "GET", endpoints.object(name, in: bucket, query), isWrite: false, accepts: [404],
                maximumBodyBytes: limit)
            guard response.status != 404 else { return nil }
            return StoredContent(
                bytes: response.body,
                generation: response.headers["x-goog-generation"].flatMap { Int64($0) } ?? generation)
        }
    }

    /// Up to `limit` bytes from there on.
    package func part(of name: String, in bucket: String, from offset: Int64, limit: Int) async throws -> StoredPart {
        try await lifting("reading `gs://\(bucket)/\(name)`") {
            // RFC 9110 section 14.2; a server may ignore it and send everything.
            let range = "bytes=\(offset)-\(offset + Int64(limit) - 1)"
            let response = try await rest.exchange(
                "GET", endpoints.object(name, in: bucket, [("alt", "media")]),
                headers: HTTPHeaders([.init("Range", range)]), isWrite: false, accepts: [404, 416],
                maximumBodyBytes: max(limit, 64 << 20))
            switch response.status {
            case 404: return .noObject
            case 416: return .nothingMore
            case 206: return response.body.isEmpty ? .nothingMore : .bytes(response.body)
            default:
                let rest = response.body.dropFirst(Int(offset)).prefix(limit)
                return rest.isEmpty ? .nothingMore : .bytes(Array(rest))
            }
        }
    }

    /// Whether there was one.
    ///
    /// - Parameter generation: what the object's must be now; nil for any.
    @discardableResult
    package func delete(_ name: String, in bucket: String, ifGeneration generation: Int64?) async throws -> Bool {
        try await lifting("removing `gs://\(bucket)/\(name)`") {
            let query = generation.map { [("ifGenerationMatch", "\($0)")] } ?? []
            let response = try await rest.exchange(
                "DELETE", endpoints.object(name, in: bucket, query), isWrite: true, accepts: [404])
            return response.status != 404
        }
    }

    static func object(_ document: JSONValue, isWrite: Bool) throws(GoogleError) -> StoredObject {
        guard let object = StoredObject(document) else {
            throw .unreadable(what: "the object", reason: "it has no name or generation", isWrite: isWrite)
        }
        return object
    }

    static func document(_ response: HTTPResponse, isWrite: Bool) throws(GoogleError) -> JSONValue {
        do throws(JSONValue.ParseError) {
            return try JSONValue(parsing: response.body)
        } catch {
            throw .unreadable(what: "the answer of Cloud Storage", reason: error.reason, isWrite: isWrite)
        }
    }

    /// Of a read. A list that cannot be understood is not an empty one.
    static func elements(_ member: String, of document: JSONValue) throws(GoogleError) -> [JSONValue] {
        guard let elements = document.elements(member) else {
            throw .unreadable(
                what: "the answer of Cloud Storage", reason: "`\(member)` is no list", isWrite: false)
        }
        return elements
    }
}
