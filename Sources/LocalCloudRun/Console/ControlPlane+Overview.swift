import JSON
import Synchronization

/// What the console page shows, as one document.
extension ControlPlane {
    private static let logLimit = 300

    /// `logsAfter` is the id of the last log entry that the caller has; 0 gives the newest.
    func overview(logsAfter id: Int64) throws -> JSONValue {
        let (entries, last) = try logs.newest(Self.logLimit, after: id)
        let instances = pool.overview()
        return [
            "time": .string(clock().text),
            "services": .array(
                services.values.sorted { ($0.name.id, $0.name.path) < ($1.name.id, $1.name.path) }.map {
                    overview($0, instances)
                }),
            "operations": .array(
                operations.values.filter { !$0.isDone }.sorted { $0.created < $1.created }.prefix(50).map { record in
                    ["name": .string(record.name), "created": .string(record.created.text)]
                }),
            "logs": .array(entries.map(line)),
            "lastLog": .integer(last),
        ]
    }

    private func overview(_ record: ServiceRecord, _ instances: [String: [JSONValue]]) -> JSONValue {
        let shown = record.resource(ingressPort: settings.ingressPort)
        let ready = shown["terminalCondition"]
        let prefix = record.name.path + "/revisions/"
        let mine = revisions.filter { $0.key.hasPrefix(prefix) }.sorted {
            ($0.value["createTime"]?.string ?? "", $0.key) > ($1.value["createTime"]?.string ?? "", $1.key)
        }
        var result: JSONValue = [
            "name": .string(record.name.path), "id": .string(record.name.id),
            "project": .string(record.name.parent.project), "region": .string(record.name.parent.location),
            "uri": shown["uri"] ?? "", "urls": shown["urls"] ?? [],
            "notes": .array(record.notes.map { .string($0) }),
            "isPublic": .bool(record.isPublic), "generation": .integer(record.generation),
            "state": ready?["state"] ?? "CONDITION_PENDING", "message": ready?["message"] ?? "",
            "reconciling": .bool(shown["reconciling"]?.bool == true),
            "traffic": .array((shown["trafficStatuses"]?.array ?? []).map { self.share($0, of: record) }),
        ]
        if !record.isDefaultURIDisabled {
            result["plain"] = record.ports[""].map { .string("http://127.0.0.1:\($0)") }
        }
        result["revisions"] = .array(
            mine.prefix(20).map { name, document in
                let condition = RevisionDocument.ready(document)
                return [
                    "id": .string(shortName(name)), "created": document["createTime"] ?? "",
                    "state": condition?["state"] ?? "CONDITION_PENDING", "message": condition?["message"] ?? "",
                    "image": document["containers"]?[0]?["image"] ?? "",
                    "instances": .array(instances[name] ?? []),
                ]
            })
        result["revisionCount"] = .integer(Int64(mine.count))
        return result
    }

    private func share(_ status: JSONValue, of record: ServiceRecord) -> JSONValue {
        var share: JSONValue = [
            "revision": status["revision"] ?? "", "percent": .integer(status["percent"]?.integer ?? 0),
        ]
        if let tag = status["tag"]?.string {
            share["tag"] = .string(tag)
            share["uri"] = status["uri"]
            share["plain"] = record.ports[tag].map { .string("http://127.0.0.1:\($0)") }
        }
        return share
    }

    private func line(_ entry: LogEntry) -> JSONValue {
        var line: JSONValue = [
            "id": .integer(entry.id), "time": .string(entry.time.text), "severity": .string(entry.severity),
            "service": .string(shortName(entry.service)), "revision": .string(entry.revision ?? ""),
        ]
        if let instance = entry.instance { line["instance"] = .string(instance) }
        if entry.stream == .requests {
            line["request"] = entry.payload["httpRequest"]
            line["text"] = entry.payload["textPayload"] ?? ""
        } else {
            line["text"] =
                entry.payload["textPayload"] ?? entry.payload["jsonPayload"]?["message"]
                ?? .string(entry.payload["jsonPayload"]?.serialized() ?? "")
        }
        return line
    }
}

extension InstancePool {
    /// What each revision runs, by full name.
    func overview() -> [String: [JSONValue]] {
        state.withLock { state in
            state.revisions.mapValues { entry in
                entry.instances.map { instance in
                    [
                        "id": .string(instance.id), "inFlight": .integer(Int64(instance.inFlight)),
                        "phase": .string("\(instance.phase)"),
                    ]
                }
            }
        }
    }
}
