import Crypto
import NIOHTTP1
import Synchronization

/// Collections of documents, and files.
extension Route {
    static let data: [Route] = [
        .answering(.GET, "/api/data/{id}", "Documents: filtered, sorted, by page") { application, call in
            application.query(call)
        },
        .answering(.DELETE, "/api/data/{id}", "Removes a collection", success: 204) { application, call in
            application.memory.withLock { $0.data.remove(call.id) }
            return .empty
        },
        Route(.GET, "/api/data/{id}/export", "All documents as JSON Lines, then how many they were") {
            application, call in
            let items = application.memory.withLock { $0.data[call.id].items }
            var lines = items.map { $0.json.serialized + "\n" }
            lines.append("{\"total\":\(items.count)}\n")
            return .stream(StreamScript(contentType: "application/jsonl", pieces: lines, pauseMilliseconds: 0))
        },
        .answering(.POST, "/api/data/{id}/import", "Many documents at once; malformed ones are told", success: 200) {
            application, call in
            guard let items = call.document["items"]?.items, items.count <= 500 else {
                return .error(.badRequest, "`items` must be a list of at most 500")
            }
            let good = items.compactMap { item in
                item["key"]?.text.map { Collections.Item(key: $0, document: item["document"] ?? .null) }
            }.filter { $0.document.serialized.utf8.count <= Collections.largestDocument }
            application.memory.withLock { memory in
                for item in good { _ = memory.data[call.id].put(item.key, item.document) }
            }
            return .json(["imported": .integer(good.count), "rejected": .integer(items.count - good.count)])
        },
        .answering(.POST, "/api/data/{id}/backups", "Keeps a copy of a collection") { application, call in
            .json(
                ["backup": .string(application.memory.withLock { $0.data.backUp(call.id) })], status: .created)
        },
        .answering(.POST, "/api/data/{id}/backups/{backup}/restore", "Puts a copy back", success: 200) {
            application, call in
            let backup = call.parameters["backup"] ?? ""
            guard application.memory.withLock({ $0.data.restore(call.id, from: backup) }) else {
                return .error(.notFound, "no such backup")
            }
            return .json(["restored": .integer(application.memory.withLock { $0.data[call.id].items.count })])
        },
        .answering(.PUT, "/api/data/{id}/retention", "How many documents are kept") { application, call in
            guard let keeps = call.integer("keeps"), (1...200).contains(keeps) else {
                return .error(.badRequest, "`keeps` must be 1 to 200")
            }
            return application.memory.withLock { memory in
                let before = memory.data[call.id].items.count
                memory.data[call.id].keeps = keeps
                memory.data[call.id].trim()
                return .json([
                    "keeps": .integer(keeps), "removed": .integer(before - memory.data[call.id].items.count),
                ])
            }
        },
        // Behind those with a word in this place.
        .answering(.PUT, "/api/data/{id}/{key}", "Keeps a document: 201 for a new one") { application, call in
            guard case .object = call.document, call.request.body.count <= Collections.largestDocument else {
                return .error(.badRequest, "the body must be a JSON object of at most 2 KiB")
            }
            let key = call.parameters["key"] ?? ""
            let isNew = application.memory.withLock { $0.data[call.id].put(key, call.document) }
            return .json(["key": .string(key), "document": call.document], status: isNew ? .created : .ok)
        },
        .answering(.GET, "/api/data/{id}/{key}", "One document") { application, call in
            application.item(call).map { .json($0.json) } ?? noDocument
        },
        .answering(.DELETE, "/api/data/{id}/{key}", "Removes a document", success: 204) { application, call in
            guard let item = application.item(call) else { return noDocument }
            application.memory.withLock { memory in
                memory.data[call.id].items.removeAll { $0.key == item.key }
            }
            return .empty
        },
        .answering(.PUT, "/api/files/{id}", "Keeps a file", success: 201) { application, call in
            let digest = SHA256.hash(data: call.request.body).prefix(8).map {
                String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
            }
            let type = call.request.headers.first(name: "content-type") ?? "application/octet-stream"
            let file = Collections.File(bytes: call.request.body, contentType: type, tag: "\"\(digest.joined())\"")
            application.memory.withLock { $0.data.put(file, named: call.id) }
            return .json(["name": .string(call.id), "size": .integer(file.bytes.count)], status: .created)
                .with(header: "etag", file.tag)
        },
        .answering(.GET, "/api/files/{id}", "A file; 304 for who has it") { application, call in
            guard let file = application.memory.withLock({ $0.data.files[call.id] }) else {
                return .error(.notFound, "no such file")
            }
            let isKnown = call.request.headers.first(name: "if-none-match") == file.tag
            let response = Response(
                status: isKnown ? .notModified : .ok, contentType: file.contentType, body: isKnown ? [] : file.bytes)
            return response.with(header: "etag", file.tag)
        },
        .answering(.DELETE, "/api/files/{id}", "Removes a file", success: 204) { application, call in
            application.memory.withLock { $0.data.removeFile(call.id) } ? .empty : .error(.notFound, "no such file")
        },
    ]

    private static let noDocument = Response.error(.notFound, "no such document")
}

extension Application {
    fileprivate func item(_ call: Call) -> Collections.Item? {
        memory.withLock { $0.data[call.id].items.first { $0.key == call.parameters["key"] } }
    }

    /// `where=field:value`, `q=text`, `sort=field`, `order=desc`, `offset`, `limit`.
    fileprivate func query(_ call: Call) -> Response {
        let query = call.request.query
        guard let offset = call.number("offset", default: 0, in: 0...10_000),
            let limit = call.number("limit", default: 500, in: 1...500)
        else { return .error(.badRequest, "`offset` or `limit` is out of bounds") }
        var items = memory.withLock { $0.data[call.id].items }
        if let condition = query["where"] {
            let sides = condition.split(separator: ":", maxSplits: 1).map(String.init)
            guard sides.count == 2 else { return .error(.badRequest, "`where` must be FIELD:VALUE") }
            items = items.filter { $0.document[sides[0]]?.plain == sides[1] }
        }
        if let words = query["q"] { items = items.filter { $0.document.serialized.contains(words) } }
        if let field = query["sort"] {
            items.sort { left, right in
                JSON.precedes(left.document[field] ?? .null, right.document[field] ?? .null)
            }
        }
        if query["order"] == "desc" { items.reverse() }
        return .json([
            "items": .array(items.dropFirst(offset).prefix(limit).map(\.json)), "total": .integer(items.count),
            "offset": .integer(offset),
        ])
    }
}

extension JSON {
    /// A scalar as somebody would type it.
    fileprivate var plain: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .bool(let value): String(value)
        default: nil
        }
    }

    /// Numbers by size, texts by their scalars; what is neither comes first.
    fileprivate static func precedes(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.integer(let one), .integer(let other)): one < other
        case (.string(let one), .string(let other)): one < other
        case (.null, .null): false
        case (.null, _): true
        default: false
        }
    }
}
