/// What a team's state needs of a bucket: objects with generations, of which a write names the one that it replaces.
/// Names are relative to the state's own prefix. Every function throws `Failure`.
package protocol StateBucket: Sendable {
    /// For people: `gs://BUCKET/PREFIX`.
    var place: String { get }

    /// Whether some of what was answered is kept, so that what has not changed need not be asked for again.
    var keepsAnswers: Bool { get }

    /// The object as it is now; nil where there is none.
    ///
    /// - Parameter generation: the newest one as far as the caller knows: what is kept of it will do.
    func object(_ name: String, generation: Int64?) async throws -> BucketAnswer<BucketObject?>

    /// The same of an object that only changes before another one does: that one is in its list as `entry`, and while it
    /// stays like that, what was kept of this one will do. The generation that is answered is not known to be this one's.
    func object(_ name: String, listedAs entry: BucketEntry) async throws -> BucketAnswer<BucketObject?>

    /// Stores a content and returns its generation. Throws `conflict` where another one is there by now; whether an
    /// earlier attempt of the same write was that other one, only the content tells.
    ///
    /// - Parameter generation: of the content that is replaced; 0 where there must be none.
    func write(_ bytes: [UInt8], to name: String, ifGeneration generation: Int64) async throws -> BucketAnswer<Int64>

    /// What is not there (any more) in this generation stays as it is.
    func remove(_ name: String, ifGeneration generation: Int64) async throws

    /// Objects whose names begin like that, in the order of their names, from `first` on; at most `limit`.
    func list(_ prefix: String, from first: String?, limit: Int) async throws -> BucketAnswer<[BucketEntry]>
}

extension StateBucket {
    package var keepsAnswers: Bool { false }

    package func object(_ name: String, listedAs entry: BucketEntry) async throws -> BucketAnswer<BucketObject?> {
        try await object(name, generation: nil)
    }
}

/// An answer, and what time it was where it was given.
package struct BucketAnswer<Value: Sendable>: Sendable {
    package var value: Value
    /// Seconds since 1970 by the server's clock, in whole seconds as a `Date` header has them; nil where it says nothing.
    package var time: Double?

    package init(_ value: Value, time: Double?) {
        self.value = value
        self.time = time
    }
}

package struct BucketObject: Hashable, Sendable {
    package var bytes: [UInt8]
    package var generation: Int64

    package init(bytes: [UInt8], generation: Int64) {
        self.bytes = bytes
        self.generation = generation
    }
}

package struct BucketEntry: Codable, Hashable, Sendable {
    package var name: String
    package var generation: Int64

    package init(name: String, generation: Int64) {
        self.name = name
        self.generation = generation
    }
}
