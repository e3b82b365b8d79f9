import Configuration
import JSON
import Releases

/// Answers of the v2 API in the domain's words. Unknown fields and words pass; what must be there and is not makes
/// the whole answer nil.
enum ServiceDecoding {
    static func service(
        _ document: JSONValue, identity: ServiceIdentity, isPublic: Bool, invokers: [String]? = nil
    ) -> ServiceObservation? {
        guard document.object != nil, let generation = document["generation"]?.integer else { return nil }
        let latestReady = lastComponent(document["latestReadyRevision"])
        var urls = document["urls"]?.array?.compactMap(\.string) ?? []
        let url = document["uri"]?.string ?? urls.first ?? ""
        urls.removeAll { $0 == url }
        if !url.isEmpty { urls.insert(url, at: 0) }
        return ServiceObservation(
            identity: identity, url: url, urls: urls, generation: generation,
            observedGeneration: document["observedGeneration"]?.integer ?? 0,
            reconciling: document["reconciling"]?.bool ?? false, etag: document["etag"]?.string,
            latestReadyRevision: latestReady, latestCreatedRevision: lastComponent(document["latestCreatedRevision"]),
            traffic: document["traffic"]?.array?.map(target) ?? [],
            trafficStatuses: document["trafficStatuses"]?.array?.compactMap { share($0, latestReady: latestReady) }
                ?? [],
            annotations: strings(document["annotations"]), labels: strings(document["labels"]),
            templateLabels: strings(document["template"]?["labels"]),
            // The check for the invoker role can be switched off for a whole service, which opens it too.
            isPublic: isPublic || document["invokerIamDisabled"]?.bool == true,
            isInvokerCheckDisabled: document["invokerIamDisabled"]?.bool,
            ingress: nonEmpty(document["ingress"]).map(ServiceEncoding.configuredIngress),
            invokers: invokers, scaling: scaling(document["scaling"]), lastChange: lastChange(document),
            condition: condition(document["terminalCondition"]))
    }

    static func revision(_ document: JSONValue) -> RevisionObservation? {
        guard let name = lastComponent(document["name"]) else { return nil }
        var conditions: [String: Condition] = [:]
        for entry in document["conditions"]?.array ?? [] {
            if let type = entry["type"]?.string { conditions[type] = condition(entry) }
        }
        return RevisionObservation(
            name: name, image: document["containers"]?[0]?["image"]?.string ?? "",
            labels: strings(document["labels"]), annotations: strings(document["annotations"]),
            created: document["createTime"]?.string.flatMap(Timestamp.seconds) ?? 0,
            condition: conditions["Ready"] ?? Condition(state: .unknown), conditions: conditions,
            template: TemplateReading(document, path: "revision"), creator: nonEmpty(document["creator"]))
    }

    /// Zero instances at least and automatic scaling are what a service has that says nothing (v2 `ServiceScaling`).
    private static func scaling(_ document: JSONValue?) -> [String: String] {
        (document?.object ?? [:]).compactMapValues { value in
            let text = value.string ?? value.serialized()
            return ["", "0", "null", "AUTOMATIC", "SCALING_MODE_UNSPECIFIED"].contains(text) ? nil : text
        }
    }

    private static func lastChange(_ document: JSONValue) -> LastChange? {
        let change = LastChange(by: nonEmpty(document["lastModifier"]), at: nonEmpty(document["updateTime"]))
        return change == LastChange() ? nil : change
    }

    private static func target(_ document: JSONValue) -> TrafficTarget {
        let named = lastComponent(document["revision"])
        let followsLatest = document["type"]?.string == TrafficTargetType.latest.rawValue
        return TrafficTarget(
            revision: followsLatest ? nil : named, percent: percent(document), tag: nonEmpty(document["tag"]))
    }

    /// Nil when nobody can be named for it.
    private static func share(_ document: JSONValue, latestReady: String?) -> TrafficShare? {
        guard let revision = lastComponent(document["revision"]) ?? latestReady else { return nil }
        return TrafficShare(
            revision: revision, percent: percent(document), tag: nonEmpty(document["tag"]),
            url: nonEmpty(document["uri"]))
    }

    /// The reason is one of several fields, absent on success.
    static func condition(_ document: JSONValue?) -> Condition {
        guard let document else { return Condition(state: .unknown) }
        let reason = ["revisionReason", "reason", "executionReason", "instanceReason"].lazy
            .compactMap { document[$0]?.string }
            .first { !$0.hasSuffix("_UNDEFINED") && !$0.hasSuffix("_UNSPECIFIED") }
        return Condition(
            state: .init(apiWord: document["state"]?.string), reason: reason, message: nonEmpty(document["message"]))
    }

    private static func percent(_ document: JSONValue) -> Int {
        Int(min(100, max(0, document["percent"]?.integer ?? 0)))
    }

    private static func strings(_ document: JSONValue?) -> [String: String] {
        (document?.object ?? [:]).compactMapValues(\.string)
    }

    private static func nonEmpty(_ document: JSONValue?) -> String? {
        guard let text = document?.string, !text.isEmpty else { return nil }
        return text
    }

    /// Revisions are named in full in some fields and briefly in others.
    static func lastComponent(_ document: JSONValue?) -> String? {
        nonEmpty(document)?.split(separator: "/").last.map(String.init)
    }
}
