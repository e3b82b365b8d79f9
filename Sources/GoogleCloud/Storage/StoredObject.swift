import JSON

/// An object of Cloud Storage as its metadata describe it.
package struct StoredObject: Hashable, Sendable {
    package var bucket: String
    package var name: String
    /// Of this content; a new content has a new one.
    package var generation: Int64
    package var bytes: Int64
    /// Base64; nil for composed objects, which have none.
    package var md5: String?

    init?(_ document: JSONValue) {
        guard let bucket = document["bucket"]?.string, let name = document["name"]?.string,
            let generation = document["generation"]?.integer
        else { return nil }
        self.bucket = bucket
        self.name = name
        self.generation = generation
        bytes = document["size"]?.integer ?? 0
        md5 = document["md5Hash"]?.string
    }
}

/// An object's content.
package struct StoredContent: Hashable, Sendable {
    package var bytes: [UInt8]
    /// Nil where the server did not say which one this is.
    package var generation: Int64?
}

/// What an object holds from some byte on.
package enum StoredPart: Hashable, Sendable {
    case bytes([UInt8])
    /// It ends there, for now.
    case nothingMore
    case noObject
}
