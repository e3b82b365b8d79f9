import Releases

extension Defect {
    /// The steps of a plan as this mistake would have planned them.
    func spoiling(_ steps: [Step]) -> [Step] {
        switch self {
        case .noLock: Self.removing("lock:", from: steps)
        case .regionsAtOnce: Self.withoutTurns(steps)
        case .noMigration: Self.removing("migrate:", from: steps)
        case .opensFirst: Self.moving("open:", behind: "tag:", in: steps)
        case .wholeShiftFirst: Self.moving("traffic:", behind: "tag:", in: steps)
        default: steps
        }
    }

    private static func withoutTurns(_ steps: [Step]) -> [Step] {
        steps.map { step in
            var step = step
            step.needs.removeAll { need in
                let other = steps.first { $0.id == need }
                return other?.action == .record && other?.service.region != step.service.region
            }
            return step
        }
    }

    private static func removing(_ prefix: String, from steps: [Step]) -> [Step] {
        let removed = steps.filter { $0.id.hasPrefix(prefix) }
        return steps.filter { !$0.id.hasPrefix(prefix) }.map { step in
            var step = step
            step.needs = step.needs.flatMap { need in
                var needs = [need]
                while let gone = removed.first(where: { needs.contains($0.id) }) {
                    needs.removeAll { $0 == gone.id }
                    needs += gone.needs
                }
                return needs
            }
            return step
        }
    }

    private static func moving(_ prefix: String, behind other: String, in steps: [Step]) -> [Step] {
        var steps = steps
        for index in steps.indices where steps[index].id.hasPrefix(prefix) {
            let service = steps[index].service
            steps[index].needs = ["\(other)\(service)"]
            for gate in steps.indices where steps[gate].id == "health:\(service)" {
                steps[gate].needs.append(steps[index].id)
            }
        }
        return steps
    }
}

extension SimulatedWorld {
    /// What a mistaken writer would send instead; nil for nothing at all.
    func defective(_ change: ServiceChange, of service: String, by process: SimulatedProcess) -> ServiceChange? {
        var change = change
        if defects.contains(.noGeneration) {
            change.generation = nil
            change.etag = nil
        }
        guard Progress(replaying: disk.read(process.run)?.entries ?? []).undoing != nil else { return change }
        if defects.contains(.restoreSkipsOne), service == "auth" || service == "auth@r1" { return nil }
        if defects.contains(.restoreToLatest), change.traffic != nil {
            change.traffic = [TrafficTarget(revision: nil, percent: 100)]
        }
        if defects.contains(.restoreForgetsTags), let now = cloud.observe(service) {
            let known = change.traffic?.compactMap(\.tag) ?? []
            change.traffic? += now.trafficStatuses.filter { share in share.tag.map { !known.contains($0) } ?? false }
                .map { TrafficTarget(revision: $0.revision, percent: 0, tag: $0.tag) }
        }
        if defects.contains(.restoreForgetsNotes) { change.annotations = nil }
        return change.traffic == nil && change.annotations == nil && change.template == nil ? nil : change
    }
}
