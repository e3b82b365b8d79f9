import Configuration

extension DeployPlanner {
    func imageSteps(_ planned: PlannedService, _ request: PlanRequest) -> [Step] {
        guard planned.image == nil, let source = planned.service.source else { return [] }
        let name = planned.identity.name
        let builder = request.facts[planned.key]?.builder ?? request.builder
        let repository = [request.environment.registry, planned.service.image].compactMap(\.self).joined(separator: "/")
        let build = BuildRequest(
            service: name, source: source, repository: repository, root: request.root,
            sourceDigest: request.facts[planned.key]?.sourceDigest ?? "", pushes: request.environment.registry != nil)
        var steps = [
            Step(
                "build:\(name)", service: ServiceKey(name), action: .build(build, builder: builder), needs: [],
                // A build in the cloud may be allowed more, and waits for a worker before it begins.
                deadlineSeconds: max(1800, (request.environment.cloudBuild?.timeoutSeconds ?? 0) + 900))
        ]
        if build.pushes {
            steps.append(
                Step(
                    "push:\(name)", service: ServiceKey(name), action: .push(builder: builder),
                    needs: ["build:\(name)"],
                    deadlineSeconds: 900))
        }
        return steps
    }
}
