import JSON

extension ControlPlane {
    /// Hands the routes of all services to the ingress, and other ports where one could not be opened.
    func publishRoutes() async {
        updateAccess()
        let failed = await routes.publish(makeRoutes())
        guard !failed.isEmpty else { return }
        refusedPorts.formUnion(failed)
        var moved: [ServiceRecord] = []
        for record in services.values where record.ports.values.contains(where: failed.contains) {
            var record = record
            for (key, port) in record.ports where failed.contains(port) {
                record.ports[key] = freePort(besides: record)
            }
            moved.append(record)
        }
        guard !moved.isEmpty else { return }
        // Without the new ports on disk they would only be given out anew after a restart.
        try? commit(services: moved)
        updateAccess()
        _ = await routes.publish(makeRoutes())
    }

    func makeRoutes() -> Routes {
        var result = Routes()
        for record in services.values where record.document["deleteTime"] == nil {
            // Every caller is on this machine, which counts as inside (`ServiceRecord.notes`); NONE lets nobody in.
            guard record.document["ingress"]?.string != "INGRESS_TRAFFIC_NONE" else { continue }
            let split = record.split
            let targets = split.shares.filter { $0.percent > 0 }.map {
                target(record.name.revision($0.revision), percent: $0.percent)
            }
            // A service whose first revision never came up has no route: the ingress answers 404, as Google's does.
            guard !targets.isEmpty else { continue }
            let main = route(record, targets)
            if !record.isDefaultURIDisabled {
                result.hosts[record.host] = main
                if let port = record.ports[""] { result.ports[port] = main }
            }
            for share in split.shares {
                guard let tag = share.tag else { continue }
                var tagged = route(record, [target(record.name.revision(share.revision), percent: 100)])
                tagged.tag = tag
                result.hosts[record.host(tag: tag)] = tagged
                if let port = record.ports[tag] { result.ports[port] = tagged }
            }
        }
        return result
    }

    private func target(_ revision: String, percent: Int) -> Routes.Target {
        let document = revisions[revision]
        let timeout = document?["timeout"]?.string.flatMap(Seconds.init(parsing:))?.value ?? 300
        return Routes.Target(
            revision: revision, percent: percent, keepsSessions: document?["sessionAffinity"]?.bool == true,
            timeoutSeconds: Int(timeout))
    }

    private func route(_ record: ServiceRecord, _ targets: [Routes.Target]) -> Routes.Route {
        Routes.Route(service: record.name.path, targets: targets, isPublic: record.isPublic, timeoutSeconds: 300)
    }

    /// Who may call what, and under which names instances find each other.
    func updateAccess() {
        pool.setAudiences(
            services.mapValues { $0.audiences(ingressPort: settings.ingressPort) },
            hostNames: services.values.map(\.host).sorted())
        var bounds: [String: ScalingBounds] = [:]
        for record in services.values {
            for (id, bound) in ScalingBounds.bounds(
                scaling: record.document["scaling"], shares: record.split.shares)
            { bounds[record.name.revision(id)] = bound }
        }
        pool.setServiceBounds(bounds)
    }

    /// The revisions that keep an instance.
    func pinnedRevisions() -> Set<String> {
        var result = held.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        for record in services.values where record.document["deleteTime"] == nil {
            result.formUnion(record.split.revisions.map(record.name.revision))
        }
        return result
    }

    /// `backend`, or `backend-europe-west1` where a service of the same id has that host already, or with a number.
    func hostLabel(for name: ServiceName) -> String {
        let taken = Set(services.values.map(\.hostLabel))
        // Three hyphens are what stands between a tag and its service.
        var label = name.id
        while label.contains("---") { label = label.replacing("---", with: "--") }
        guard taken.contains(label) else { return label }
        let regional = "\(label)-\(name.parent.location)"
        // RFC 1035, section 2.3.4: a label has at most 63 characters, a candidate's tag and its three hyphens among them.
        if regional.count + "c-abc123---".count <= 63, !taken.contains(regional) { return regional }
        var number = 2
        while taken.contains("\(label)-\(number)") { number += 1 }
        return "\(label)-\(number)"
    }

    /// Every tag gets a port, and one that is gone gives its port back.
    func assignPorts(_ record: inout ServiceRecord) {
        let wanted = Set([""] + record.split.tags)
        record.ports = record.ports.filter { wanted.contains($0.key) }
        for key in wanted.sorted() where record.ports[key] == nil {
            record.ports[key] = freePort(besides: record)
        }
    }

    /// The lowest port above the ingress's that nobody has; nil when there is none within a thousand.
    func freePort(besides record: ServiceRecord? = nil) -> Int? {
        var taken = Set(services.values.flatMap(\.ports.values)).union(refusedPorts)
        if let record { taken.formUnion(record.ports.values) }
        return ((settings.ingressPort + 1)..<(settings.ingressPort + 1001)).first {
            $0 < 65_536 && !taken.contains($0) && isPortFree($0)
        }
    }
}
