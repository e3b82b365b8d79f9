import Crypto
import JSON
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Objects of Cloud Storage's JSON API, as strict about what a request demands of them as Google's.
extension GoogleStub {
    /// Paths below `/storage/v1/b/BUCKET/o`.
    func objectMethod(_ request: LoopbackHTTP.Request, _ parts: [String]) -> LoopbackHTTP.Reply {
        guard buckets[parts[3]] != nil || objects.keys.contains(where: { $0.hasPrefix(parts[3] + "/") }) else {
            return Self.error(404)
        }
        if parts.count == 5 { return request.method == "GET" ? list(request, parts[3]) : Self.error(400) }
        let place = "\(parts[3])/\(parts[5])"
        if parts.count == 7, parts[6] == "compose", request.method == "POST" {
            return compose(request, parts[3], parts[5])
        }
        guard parts.count == 6 else { return Self.error(400) }
        return state.withLock { state in
            let object = state.objects[place]
            if let status = StoragePreconditions(request).refusal(of: object) { return Self.error(status) }
            guard let object, !StoragePreconditions(request).misses(object) else { return Self.error(404) }
            switch request.method {
            case "GET" where request.query["alt"] == "media":
                return Self.content(of: object, range: request.headers["range"])
            case "GET": return Self.json(Self.metadata(parts[3], parts[5], object))
            case "DELETE":
                if let status = Self.tooOften(place, &state) { return Self.error(status) }
                state.objects[place] = nil
                return .answer(status: 204, body: [])
            case "PATCH":
                if let status = Self.tooOften(place, &state) { return Self.error(status) }
                state.objects[place]?.metageneration += 1
                return Self.json(Self.metadata(parts[3], parts[5], state.objects[place] ?? object))
            default: return Self.error(400)
            }
        }
    }

    /// In the order of the names' bytes; what was written before is in it.
    private func list(_ request: LoopbackHTTP.Request, _ bucket: String) -> LoopbackHTTP.Reply {
        let prefix = "\(bucket)/\(request.query["prefix"] ?? "")"
        let first = max(request.query["startOffset"] ?? "", request.query["pageToken"] ?? "")
        let end = request.query["endOffset"] ?? ""
        let most = min(1000, request.query["maxResults"].flatMap { Int($0) } ?? 1000)
        guard request.query["delimiter"] == nil, most > 0 else { return Self.error(400) }
        let all = objects.filter { $0.key.hasPrefix(prefix) }
            .map { (name: String($0.key.dropFirst(bucket.count + 1)), object: $0.value) }
            .filter { !Self.precedes($0.name, first) && (end.isEmpty || Self.precedes($0.name, end)) }
            .sorted { Self.precedes($0.name, $1.name) }
        var document: JSONValue = [
            "kind": "storage#objects",
            "items": .array(all.prefix(most).map { Self.metadata(bucket, $0.name, $0.object) }),
        ]
        if all.count > most { document["nextPageToken"] = .string(all[most].name) }
        return Self.json(document)
    }

    private static func precedes(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    private func compose(_ request: LoopbackHTTP.Request, _ bucket: String, _ name: String) -> LoopbackHTTP.Reply {
        let sources = (try? JSONValue(parsing: request.body))?["sourceObjects"]?.array ?? []
        guard (1...32).contains(sources.count) else { return Self.error(400) }
        return state.withLock { state in
            let place = "\(bucket)/\(name)"
            if let status = StoragePreconditions(request).refusal(of: state.objects[place]) {
                return Self.error(status)
            }
            var bytes: [UInt8] = []
            for source in sources {
                guard let object = state.objects["\(bucket)/\(source["name"]?.string ?? "")"] else {
                    return Self.error(404)
                }
                let wanted = source["objectPreconditions"]?["ifGenerationMatch"]?.integer
                if let wanted, wanted != Int64(object.generation) { return Self.error(412) }
                bytes += object.bytes
            }
            return Self.store(bytes, bucket, name, &state)
        }
    }

    // MARK: - Whole uploads

    /// `uploadType=media` and `uploadType=multipart`.
    func wholeUpload(_ request: LoopbackHTTP.Request, _ bucket: String) -> LoopbackHTTP.Reply {
        var (name, bytes, md5) = (request.query["name"], request.body, String?.none)
        if request.query["uploadType"] == "multipart" {
            guard let parts = Self.parts(request), parts.count == 2,
                let metadata = try? JSONValue(parsing: parts[0])
            else { return Self.error(400) }
            (name, bytes, md5) = (name ?? metadata["name"]?.string, parts[1], metadata["md5Hash"]?.string)
        }
        guard let name, !name.isEmpty else { return Self.error(400) }
        guard md5 == nil || md5 == Self.md5(bytes) else { return Self.error(400) }
        return state.withLock { state in
            let place = "\(bucket)/\(name)"
            if let status = StoragePreconditions(request).refusal(of: state.objects[place])
                ?? Self.tooOften(place, &state)
            {
                return Self.error(status)
            }
            return Self.store(bytes, bucket, name, &state)
        }
    }

    private static func store(
        _ bytes: [UInt8], _ bucket: String, _ name: String, _ state: inout State
    ) -> LoopbackHTTP.Reply {
        state.counter += 1
        let object = Object(bytes: bytes, generation: state.counter)
        state.objects["\(bucket)/\(name)"] = object
        return json(metadata(bucket, name, object))
    }

    /// The bodies of the parts of `multipart/related` (RFC 2387); nil where it is none.
    static func parts(_ request: LoopbackHTTP.Request) -> [[UInt8]]? {
        guard let type = request.headers["content-type"], type.hasPrefix("multipart/related"),
            let boundary = type.components(separatedBy: "boundary=").dropFirst().first
        else { return nil }
        let text = String(decoding: request.body, as: UTF8.self)
        let pieces = text.components(separatedBy: "--\(boundary)")
        guard pieces.count > 2, pieces.last?.hasPrefix("--") == true else { return nil }
        return pieces.dropFirst().dropLast().map { piece in
            let body = piece.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
            return Array((body.hasSuffix("\r\n") ? String(body.dropLast()) : body).utf8)
        }
    }

    // MARK: - Rates

    /// One name takes about one change a second (cloud.google.com/storage/quotas#objects).
    private static func tooOften(_ place: String, _ state: inout State) -> Int? {
        guard let gap = state.gapOfChanges else { return nil }
        let now = ContinuousClock.now
        if let last = state.changes[place], now - last < gap { return 429 }
        state.changes[place] = now
        return nil
    }

    static func md5(_ bytes: [UInt8]) -> String {
        Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()
    }

    static func metadata(_ bucket: String, _ name: String, _ object: Object) -> JSONValue {
        [
            "kind": "storage#object", "bucket": .string(bucket), "name": .string(name),
            "generation": .string("\(object.generation)"), "metageneration": .string("\(object.metageneration)"),
            "size": .string("\(object.bytes.count)"), "md5Hash": .string(md5(object.bytes)),
        ]
    }
}
