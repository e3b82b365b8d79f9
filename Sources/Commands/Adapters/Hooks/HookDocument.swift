import Configuration
import JSON
import Releases
import Reporting

/// What a hook is told.
enum HookDocument {
    /// The release document with the key `hook`. While the release goes on it has no outcome, no verdict and no end.
    static func of(_ call: HookCall) -> JSONValue {
        var release = call.release
        // What is still to come, and the hook itself, have come to nothing yet.
        if call.moment.isStep { release.steps.removeAll { [.notRun, .inDoubt].contains($0.status) } }
        var document = ReleaseJSON.release(release)
        if call.moment.isStep {
            for key in ["outcome", "verdict", "finished"] { document[key] = .null }
            document["services"] = .array(
                (document["services"]?.array ?? []).map { service in
                    var service = service
                    service["outcome"] = .null
                    return service
                })
        }
        document["hook"] = [
            "name": .string(call.hook.name), "at": .string(call.moment.rawValue),
            "service": call.service.map { .string($0.name) } ?? .null,
            "region": call.service.map { .string($0.region) } ?? .null,
        ]
        return document
    }

    /// The same in short, for a script without a JSON reader.
    static func variables(_ call: HookCall) -> [String: String] {
        var variables = [
            "STAGECTL_RUN": call.release.run, "STAGECTL_ENV": call.release.environment,
            "STAGECTL_MOMENT": call.moment.rawValue, "STAGECTL_HOOK": call.hook.name,
        ]
        guard let service = call.service else { return variables }
        variables["STAGECTL_SERVICE"] = service.name
        variables["STAGECTL_REGION"] = service.region
        let result = call.release.services.first { $0.service == service.name && $0.region == service.region }
        variables["STAGECTL_REVISION"] = result?.candidate
        variables["STAGECTL_URL"] = result?.candidateUrl
        return variables
    }
}
