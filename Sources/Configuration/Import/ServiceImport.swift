package import JSON

/// A service that runs already, as a fragment for `environments/services.yaml`.
package struct ServiceImport: Hashable, Sendable {
    /// What a person should know about one part of it.
    package struct Note: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Hashable, Sendable {
            /// The next revision would be without it.
            case lost
            /// It is the service's own and stays as it is; no file says it.
            case stays
            /// To be decided or done.
            case open
        }

        package var kind: Kind
        package var path: String
        package var value: String?
        package var message: String
    }

    package var name: String
    package var template: TemplateReading
    package var ingress: String?
    /// Nil where the source does not say who may call it.
    package var isPublic: Bool?
    package var notes: [Note]

    /// Parts of a service that say how it came about or how it is; traffic is what releases are about.
    private static let descriptive = [
        "name", "uid", "generation", "createTime", "updateTime", "deleteTime", "expireTime", "creator", "lastModifier",
        "client", "clientVersion", "etag", "observedGeneration", "terminalCondition", "conditions",
        "latestReadyRevision", "latestCreatedRevision", "trafficStatuses", "traffic", "uri", "urls", "reconciling",
        "satisfiesPzs", "annotations", "labels",
    ]

    /// - Parameters:
    ///   - document: a v2 `Service`.
    ///   - revision: the v2 `Revision` that serves, which is what is imported where there is one.
    ///   - isPublic: who may call it, where a policy was read.
    package init(name: String, service document: JSONValue, revision: JSONValue?, isPublic: Bool?) {
        self.name = name
        var service = UnreadFields(document, path: "")
        service.drop(Self.descriptive)
        let template = service.take("template")
        self.template =
            revision.map { TemplateReading($0, path: "revision") } ?? TemplateReading(template ?? [:])
        let word = service.take("ingress")?.string
        ingress = word.flatMap(Self.ingress)
        if ingress == nil { service.leave("ingress", word.map(JSONValue.string)) }
        let isOpen = service.take("invokerIamDisabled")?.bool == true
        self.isPublic = isOpen ? true : isPublic
        if service.take("launchStage")?.string != "GA" { service.leave("launchStage", document["launchStage"]) }

        notes = self.template.unexpressed.map {
            Note(
                kind: .lost, path: $0.path, value: $0.value,
                message: "has no key here; a new revision would not have it")
        }
        notes += service.left.map {
            Note(kind: .stays, path: $0.path, value: $0.value, message: "has no key here; it stays as it is")
        }
        notes += openNotes()
    }

    private func openNotes() -> [Note] {
        var notes: [Note] = []
        if pinnedImage == nil {
            notes.append(
                Note(
                    kind: .open, path: "image", value: template.image,
                    message: "is not pinned by digest; write `image: REPOSITORY@sha256:DIGEST`, or give it a `source:`")
            )
        }
        if isPublic == nil {
            notes.append(
                Note(kind: .open, path: "public", value: nil, message: "is not said here; left out means false"))
        }
        let owners =
            [("env", template.environment)]
            + (template.container.sidecars ?? []).map { ("sidecars.\($0.name).env", $0.environment) }
        for (path, variables) in owners {
            for variable in variables where variable.isSensitive {
                guard case .literal(let value) = variable.value, !value.isEmpty else { continue }
                notes.append(
                    Note(
                        kind: .open, path: "\(path).\(variable.name)", value: nil,
                        message: "looks like a secret and is written out: { secret: NAME } takes it from Secret Manager"
                    ))
            }
        }
        return notes
    }

    /// `repository@sha256:…` without a tag; nil where no digest is known.
    package var pinnedImage: String? {
        guard let digest = template.digest else { return nil }
        let pinned = Self.pinned(template.image, digest: digest)
        return StringRule.pinnedImage.allows(pinned) ? pinned : nil
    }

    /// A reference with the digest in place of its tag.
    static func pinned(_ image: String, digest: String) -> String {
        let name = image.prefix { $0 != "@" }
        let start = name.lastIndex(of: "/") ?? name.startIndex
        // A colon before the last slash belongs to the registry's port.
        let end = name[start...].firstIndex(of: ":") ?? name.endIndex
        return "\(name[..<end])@\(digest)"
    }

    private static func ingress(_ word: String) -> String? {
        switch word {
        case "INGRESS_TRAFFIC_ALL": "all"
        case "INGRESS_TRAFFIC_INTERNAL_ONLY": "internal"
        case "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER": "internal-and-cloud-load-balancing"
        default: nil
        }
    }
}
