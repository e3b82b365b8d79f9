import JSON
import Synchronization

/// Cloud Storage's JSON API.
extension GoogleStub {
    /// Paths below `/storage/v1/b`.
    func storage(_ request: LoopbackHTTP.Request, _ parts: [String]) -> LoopbackHTTP.Reply {
        switch (request.method, parts.count) {
        case ("GET", 3):
            let (project, prefix) = (request.query["project"], request.query["prefix"] ?? "")
            let names = buckets.filter { $0.value == project && $0.key.hasPrefix(prefix) }.keys.sorted()
            return Self.json(["kind": "storage#buckets", "items": .array(names.map { ["name": .string($0)] })])
        case ("POST", 3):
            guard let name = (try? JSONValue(parsing: request.body))?["name"]?.string,
                let project = request.query["project"]
            else { return Self.error(400) }
            let isNew = state.withLock { state in
                guard state.buckets[name] == nil else { return false }
                state.buckets[name] = project
                return true
            }
            return isNew ? Self.json(["name": .string(name)]) : Self.error(409)
        case ("GET", 4): return buckets[parts[3]] == nil ? Self.error(404) : Self.json(["name": .string(parts[3])])
        case ("GET", 6) where parts[4] == "iam":
            guard buckets[parts[3]] != nil else { return Self.error(404) }
            let asked = (request.query["permissions"] ?? "").split(separator: ",").map(String.init)
            let permitted = asked.filter { permission in state.withLock { !$0.withheld.contains(permission) } }
            return Self.json(["permissions": .array(permitted.map(JSONValue.string))])
        case (_, 5...): return objectMethod(request, parts)
        default: return Self.error(400)
        }
    }

    static func content(of object: Object, range: String?) -> LoopbackHTTP.Reply {
        let generation = [("x-goog-generation", "\(object.generation)")]
        guard let numbers = range?.dropFirst(6).split(separator: "-"), let start = numbers.first.flatMap({ Int($0) })
        else { return .answer(status: 200, headers: generation, body: object.bytes) }
        guard start < object.bytes.count else { return Self.error(416) }
        let end = min(numbers.last.flatMap { Int($0) } ?? .max, object.bytes.count - 1)
        return .answer(status: 206, headers: generation, body: Array(object.bytes[start...end]))
    }

    func upload(_ request: LoopbackHTTP.Request, _ parts: [String], keepOnly: Int?) -> LoopbackHTTP.Reply {
        if parts.first == "session" { return part(request, session: parts[1], keepOnly: keepOnly) }
        let (bucket, name) = (parts[4], request.query["name"] ?? "")
        guard buckets[bucket] != nil else { return Self.error(404) }
        if request.query["uploadType"] != "resumable" { return wholeUpload(request, bucket) }
        let preconditions = StoragePreconditions(request)
        return state.withLock { state in
            if let status = preconditions.refusal(of: state.objects["\(bucket)/\(name)"]) {
                return Self.error(status)
            }
            state.counter += 1
            let md5 = (try? JSONValue(parsing: request.body))?["md5Hash"]?.string
            state.sessions["\(state.counter)"] = Session(
                bucket: bucket, name: name, preconditions: preconditions, md5: md5)
            return .answer(status: 200, headers: [("Location", "\(base)/session/\(state.counter)")], body: [])
        }
    }

    private func part(_ request: LoopbackHTTP.Request, session id: String, keepOnly: Int?) -> LoopbackHTTP.Reply {
        state.withLock { state in
            guard var session = state.sessions[id] else { return Self.error(410) }
            let range = (request.headers["content-range"] ?? "").dropFirst(6)
            let total = Int(range.split(separator: "/").last ?? "") ?? -1
            if let start = Int(range.prefix { $0 != "-" && $0 != "*" }), start == session.received.count {
                let isLast = start + request.body.count == total
                if !isLast, request.body.count % (256 << 10) != 0 {
                    state.problems.append("a part of \(request.body.count) bytes")
                }
                session.received += request.body.prefix(keepOnly ?? .max)
                state.sessions[id] = session
            }
            guard session.received.count == total else {
                let last = session.received.count - 1
                return .answer(status: 308, headers: last < 0 ? [] : [("Range", "bytes=0-\(last)")], body: [])
            }
            let place = "\(session.bucket)/\(session.name)"
            if let status = session.preconditions.refusal(of: state.objects[place]) { return Self.error(status) }
            state.counter += 1
            let object = Object(bytes: session.received, generation: state.counter)
            guard session.md5 == nil || session.md5 == Self.md5(object.bytes) else { return Self.error(400) }
            state.objects[place] = object
            return Self.json(Self.metadata(session.bucket, session.name, object))
        }
    }
}
