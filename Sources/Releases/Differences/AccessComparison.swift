import Configuration

/// What belongs to the service itself and holds for whatever serves: from where and by whom it is reached, and how many
/// instances it has whichever revision they are of.
///
/// A deploy sets entry and access when it makes the service and leaves them alone from then on, since a candidate could
/// not be tried with them first; a difference is told instead, with the line that ends it.
struct AccessComparison {
    private let placement: Placement
    private let observation: ServiceObservation
    private let release: LastRelease?
    private let remedies: Remedies

    init(_ placement: Placement, _ observation: ServiceObservation, _ release: LastRelease?, _ remedies: Remedies) {
        self.placement = placement
        self.observation = observation
        self.release = release
        self.remedies = remedies
    }

    var differences: [ServiceDifference] { settings + invokers + scaling }

    /// Entry and public access.
    var settings: [ServiceDifference] {
        let before = release?.access
        return [
            ingress(released: Self.side(before?.ingress)),
            access(released: Self.side(before?.isPublic.map { "\($0)" })),
        ].compactMap(\.self)
    }

    private static func side(_ text: String?) -> ServiceDifference.Side { text.map { .value($0) } ?? .unknown }

    private func ingress(released: ServiceDifference.Side) -> ServiceDifference? {
        let wanted = placement.service.container.ingress ?? "all"
        guard let seen = observation.ingress, seen != wanted else { return nil }
        return ServiceDifference(
            "ingress", configured: .value(wanted), released: released, live: .value(seen),
            command: remedies.gcloud("update", "--ingress \(wanted)"),
            text: "`ingress` is `\(seen)`, and the configuration says `\(wanted)`")
    }

    private func access(released: ServiceDifference.Side) -> ServiceDifference? {
        let wanted = placement.service.isPublic
        guard wanted != observation.isPublic else { return nil }
        let binding = "--member=allUsers --role=roles/run.invoker"
        let command: String?
        let text: String
        if !wanted {
            text = "anybody may call it, and the configuration does not say `public: true`"
            command =
                observation.isInvokerCheckDisabled == true
                ? remedies.gcloud("update", "--invoker-iam-check")
                : remedies.gcloud("remove-iam-policy-binding", binding)
        } else if observation.annotations[ReleaseAnnotation.revision] != nil {
            text = "it is closed, and the configuration says `public: true`"
            command = remedies.gcloud("add-iam-policy-binding", binding)
        } else {
            text = "closed: it has not passed its gates yet"
            command = nil
        }
        return ServiceDifference(
            "public", configured: .value("\(wanted)"), released: released, live: .value("\(observation.isPublic)"),
            command: command, text: text)
    }

    /// Single members; everybody is `public`. The configuration has no word for them.
    private var invokers: [ServiceDifference] {
        guard let now = observation.invokers, let before = release?.access.invokers else { return [] }
        let members = Set(now).symmetricDifference(before).subtracting(["allUsers"])
        return members.sorted().map { member in
            let isNew = now.contains(member)
            // A line with a condition is taken away only together with it.
            let name = member.split(separator: " ").first.map(String.init) ?? member
            let condition = isNew && name != member ? " --all" : ""
            let verb = isNew ? "remove-iam-policy-binding" : "add-iam-policy-binding"
            return ServiceDifference(
                "invokers.\(member)", released: isNew ? .absent : .value("roles/run.invoker"),
                live: isNew ? .value("roles/run.invoker") : .absent,
                origin: "whoever may change its policy: Cloud Audit Logs have the name",
                command: remedies.gcloud(
                    verb, "--member=\(ShellWord.quoted(name)) --role=roles/run.invoker\(condition)"),
                text: isNew
                    ? "`\(member)` may call it since the last release" : "`\(member)` may not call it any more")
        }
    }

    /// A service that stagectl has made has none of its own: `min_instances` and `max_instances` are its revisions'.
    private var scaling: [ServiceDifference] {
        guard let now = observation.scaling else { return [] }
        let before = release?.access.scaling
        let who = observation.lastChange?.by.map { "\($0), who changed the service last" }
        return Set(now.keys).union((before ?? [:]).keys).sorted().compactMap { name in
            guard now[name] != (before ?? [:])[name] else { return nil }
            let released: ServiceDifference.Side =
                before == nil ? .unknown : before?[name].map { .value($0) } ?? .absent
            return ServiceDifference(
                "scaling.\(name)", configured: .absent, released: released,
                live: now[name].map { .value($0) } ?? .absent, origin: who, command: reset(name, to: before?[name]),
                text: "`\(name)` of the service itself is \(now[name] ?? "not set"), and was "
                    + (before?[name] ?? "not set"))
        }
    }

    /// gcloud's flags for a service's own instances (`gcloud run services update --help`).
    private func reset(_ name: String, to value: String?) -> String {
        let flag =
            switch name {
            case "minInstanceCount": "--min=\(value ?? "default")"
            case "maxInstanceCount": "--max=\(value ?? "default")"
            default: "--scaling=\(value ?? "auto")"
            }
        return remedies.gcloud("update", flag)
    }
}
