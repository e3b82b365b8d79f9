package import Releases

/// What is in an object, and which write made it: after an answer that was lost, and a `412` to its repetition, whoever
/// wrote finds its own mark.
package struct Marked<Content: Codable & Sendable>: Codable, Sendable {
    package var version: Int
    /// Unique for every write; repetitions of one write share it.
    package var mark: String
    package var content: Content

    package init(version: Int, mark: String, content: Content) {
        self.version = version
        self.mark = mark
        self.content = content
    }
}

/// An object of a later version: what its content has become nobody here knows.
struct NewerDocument: Error {
    var version: Int
}

/// What an object says, read in one go.
struct ReadDocument<Content: Codable & Sendable>: Decodable {
    var mark: String
    var content: Content

    private enum CodingKeys: CodingKey {
        case version, mark, content
    }

    /// Throws ``NewerDocument`` before the content is looked at.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .version)
        if let newest = ReadableVersion.key.flatMap({ decoder.userInfo[$0] }) as? Int, version > newest {
            throw NewerDocument(version: version)
        }
        mark = try container.decode(String.self, forKey: .mark)
        content = try container.decode(Content.self, forKey: .content)
    }
}

/// The newest version of an object that can be read, as a decoder is told of it.
enum ReadableVersion {
    static let key = CodingUserInfoKey(rawValue: "newestVersion")
}

/// The object that says what kind of state this is.
struct BucketControl: Codable, Sendable, Hashable {
    /// Of the layout.
    static let currentLayout = 1

    var layout: Int
    /// Environments whose state has gone elsewhere, and where.
    var moved: [String: MovedState] = [:]
}

/// How a run began; nothing changes it afterwards.
package struct BucketRun: Codable, Sendable, Hashable {
    package var environment: String
    package var plan: String
    package var process: LockProcess?
    /// When it began, in milliseconds since 1970 by the server's clock: under it the run is kept while it is open.
    package var moment: Int64
}

/// Some records of a journal that were written together. A chunk is never changed: whoever creates the next one has
/// seen the one before it.
package struct JournalChunk: Codable, Sendable, Hashable {
    package enum Record: Codable, Sendable, Hashable {
        case entry(JournalEntry, fencingToken: Int64)
        /// A lock of the run's was given to somebody else, or taken away by hand: what is written with an older ticket
        /// for it has no place behind this.
        case fence(LockRecord)
        /// Who executes the run from here on.
        case claim(LockProcess?)
    }

    package var records: [Record]

    package init(records: [Record]) { self.records = records }
}

/// One service's lock, and what is still to be done about its last change: whoever changes it next does that first.
package struct LockDocument: Codable, Sendable, Hashable {
    package enum Pending: Codable, Sendable, Hashable {
        /// The former holder's journal has not been told yet.
        case fence(run: String, LockRecord)
        case forced(ForcedRelease, name: String)
    }

    package var record: LockRecord
    package var pending: [Pending]

    package init(record: LockRecord, pending: [Pending] = []) {
        self.record = record
        self.pending = pending
    }
}

/// An image, and what it was built from.
struct BucketImage: Codable, Sendable, Hashable {
    var builder: String
    var repository: String
    var sourceDigest: String
    var image: BuiltImage
}
