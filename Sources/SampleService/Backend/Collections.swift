/// Documents by collection and key, with backups; files beside them.
struct Collections: Sendable {
    private static let capacity = 500
    private static let longest = 200
    /// Of one document as text, so that all of them fit into a small instance.
    static let largestDocument = 2048

    struct Item: Sendable {
        var key: String
        var document: JSON
    }

    struct Collection: Sendable {
        /// In the order in which they came.
        var items: [Item] = []
        /// The oldest go above this; nil keeps all that fit.
        var keeps: Int?

        mutating func put(_ key: String, _ document: JSON) -> Bool {
            let item = Item(key: key, document: document)
            if let index = items.firstIndex(where: { $0.key == key }) {
                items[index] = item
                return false
            }
            items.append(item)
            trim()
            return true
        }

        mutating func trim() {
            let most = min(keeps ?? longest, longest)
            if items.count > most { items.removeFirst(items.count - most) }
        }
    }

    struct File: Sendable {
        var bytes: [UInt8]
        var contentType: String
        var tag: String
    }

    private(set) var all: [String: Collection] = [:]
    private(set) var backups: [String: Collection] = [:]
    private(set) var files: [String: File] = [:]

    subscript(_ name: String) -> Collection {
        get { all[name] ?? Collection() }
        set { if all[name] != nil || all.count < Self.capacity { all[name] = newValue } }
    }

    mutating func remove(_ name: String) { all[name] = nil }

    /// Under a name of its own.
    mutating func backUp(_ name: String) -> String {
        let backup = "\(name)-\(backups.count + 1)"
        if backups.count < Self.capacity { backups[backup] = self[name] }
        return backup
    }

    /// False where there is no such backup of this collection.
    mutating func restore(_ name: String, from backup: String) -> Bool {
        guard backup.hasPrefix("\(name)-"), let kept = backups[backup] else { return false }
        self[name] = kept
        return true
    }

    mutating func put(_ file: File, named name: String) {
        if files[name] != nil || files.count < Self.capacity { files[name] = file }
    }

    mutating func removeFile(_ name: String) -> Bool { files.removeValue(forKey: name) != nil }
}

extension Collections.Item {
    var json: JSON { ["key": .string(key), "document": document] }
}
