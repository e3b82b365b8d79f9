import JSON
import Synchronization

/// Cloud Build's API v1, and Cloud Logging as far as the logs of builds go.
extension GoogleStub {
    /// Paths `/v1/projects/P/locations/L/builds…`.
    func cloudBuild(_ request: LoopbackHTTP.Request, _ parts: [String]) -> LoopbackHTTP.Reply {
        let last = parts.last ?? ""
        switch (request.method, parts.count) {
        case ("POST", 6): return create(request, project: parts[2])
        case ("GET", 6):
            let tag = (request.query["filter"] ?? "").split(separator: "\"").dropFirst().first.map(String.init) ?? ""
            return state.withLock { state in
                let found = state.builds.indices.reversed().map { Self.document(state, $0) }
                    .filter { $0["tags"]?.array?.contains(.string(tag)) == true }
                return Self.json(found.isEmpty ? [:] : ["builds": .array(found)])
            }
        case ("GET", 7):
            return state.withLock { state in
                guard let index = state.builds.firstIndex(where: { $0.document["id"] == .string(last) }) else {
                    return Self.error(404)
                }
                state.builds[index].looks += 1
                let document = Self.document(state, index)
                appendLog(&state, index)
                if document["status"] == "SUCCESS" { state.pushed.insert(state.script.digest) }
                return Self.json(document)
            }
        case ("POST", 7) where last.hasSuffix(":cancel"):
            let id = String(last.dropLast(7))
            return state.withLock { state in
                guard let index = state.builds.firstIndex(where: { $0.document["id"] == .string(id) }) else {
                    return Self.error(404)
                }
                state.builds[index].isCancelled = true
                state.cancelled.append(id)
                return Self.json(Self.document(state, index))
            }
        default: return Self.error(404)
        }
    }

    private func create(_ request: LoopbackHTTP.Request, project: String) -> LoopbackHTTP.Reply {
        guard var build = try? JSONValue(parsing: request.body) else { return Self.error(400) }
        return state.withLock { state in
            let source = build["source"]?["storageSource"]
            let place = "\(source?["bucket"]?.string ?? "")/\(source?["object"]?.string ?? "")"
            guard let object = state.objects[place], source?["generation"] == .string("\(object.generation)") else {
                return Self.error(400)
            }
            state.counter += 1
            build["id"] = .string("build-\(state.counter)")
            build["logUrl"] = "https://console.example/builds"
            state.builds.append((build, 0, false))
            appendLog(&state, state.builds.count - 1)
            return Self.json([
                "name": "operations/build", "metadata": ["build": Self.document(state, state.builds.count - 1)],
            ])
        }
    }

    private static func document(_ state: State, _ index: Int) -> JSONValue {
        let (document, looks, isCancelled) = state.builds[index]
        var build = document
        let script = state.script
        let status = isCancelled ? "CANCELLED" : script.statuses[min(looks, script.statuses.count - 1)]
        build["status"] = .string(status)
        if let bucket = script.logsBucket { build["logsBucket"] = .string(bucket) }
        switch status {
        case "SUCCESS":
            let name = document["images"]?[0] ?? .null
            build["results"] = ["images": [["name": name, "digest": .string(script.digest)]]]
        case "FAILURE":
            if let failure = script.failure { build["failureInfo"] = failure }
            var step = document["steps"]?[0] ?? [:]
            step["status"] = "FAILURE"
            if let code = script.exitCode { step["exitCode"] = .integer(code) }
            build["steps"] = [step]
        default: break
        }
        return build
    }

    /// The log's object grows with the looks.
    private func appendLog(_ state: inout State, _ index: Int) {
        let (document, looks, _) = state.builds[index]
        let text = state.script.log.prefix(looks + 1).joined()
        guard !text.isEmpty, let bucket = state.script.logsBucket else { return }
        state.counter += 1
        let name = bucket.replacing("gs://", with: "") + "/log-\(document["id"]?.string ?? "").txt"
        state.objects[name] = Object(bytes: Array(text.utf8), generation: state.counter)
    }

    func logging(_ request: LoopbackHTTP.Request) -> LoopbackHTTP.Reply {
        state.withLock { state in
            let looks = state.builds.map(\.looks).max() ?? 0
            let lines = state.script.log.prefix(looks + 1).joined().split(separator: "\n")
            let entries = lines.enumerated().map { number, line -> JSONValue in
                [
                    "insertId": .string("\(number)"), "textPayload": .string(String(line)),
                    "timestamp": .string("2026-01-01T00:00:0\(number % 10)Z"),
                ]
            }
            return Self.json(["entries": .array(entries)])
        }
    }
}
