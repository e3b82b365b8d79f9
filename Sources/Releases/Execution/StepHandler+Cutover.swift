import Configuration

/// Steps `keep`, `drain` and `retire`: what becomes of the old revision once nobody is sent to it any more.
extension StepHandler {
    /// Looks at the public URL again and again. What shows here goes back at once: the old revision is still warm and
    /// tagged.
    func keep(_ service: PlannedService, seconds: Int, step: Step) async throws -> StepOutput {
        let end = roles.clock.now() + .seconds(seconds)
        var output = StepOutput()
        var windows = 0
        while true {
            // A pause before the first look: the assertion has just looked.
            let left = end - roles.clock.now()
            guard left > .zero else { break }
            try await roles.clock.sleep(for: min(left, .seconds(5)))
            let observation = try await observe(service, knownAccess: looks.access(of: service.identity))
            let target = try await target(
                service, url: service.placement.publicURL ?? observation.url, observation: observation)
            let observer = roles.observer
            let result = try await roles.verifier.health(of: target) { observer.tell($0, step: step.id) }
            windows += 1
            output.health = result
            guard result.healthy || plan.overrides["health"] != nil else {
                let diagnosis = DiagnosisRules.unhealthy(
                    await symptoms(service, revision: target.revision), result: result, expected: target.revision)
                output.diagnosis = diagnosis
                throw StepError(
                    Failure(
                        .checks, "`\(service.key)` is not healthy any more: \(diagnosis.cause)",
                        details: [.init("url", target.url), .init("the old revision", service.baseline ?? "unknown")],
                        hint: diagnosis.fix), output: output)
            }
        }
        output.note = "healthy in all \(windows) windows of \(seconds) s; \(service.baseline ?? "nothing") was at hand"
        return output
    }

    /// Never fails: whoever is connected to the old revision stays connected, whether anybody waits for that or not.
    func drain(_ service: PlannedService, seconds: Int, step: Step) async throws -> StepOutput {
        let candidate = try await candidateRevision(service)
        let before = await snapshot(service)?.trafficStatuses.filter { $0.percent > 0 }.map(\.revision) ?? []
        let old = Set(before).subtracting([candidate]).sorted()
        let begin = roles.clock.now()
        let end = begin + .seconds(seconds)
        var output = StepOutput()
        var most: Int?
        var wait: Int?
        while true {
            let open = await openConnections(of: old, service, after: roles.clock.now() - begin)
            output.openConnections = open?.count
            most = [most, open?.count].compactMap(\.self).max()
            wait = open?.secondsToWait
            guard let open, roles.clock.now() < end else { break }
            if let wait {
                // Of a longer wait than there is time for, nothing would come.
                guard roles.clock.now() + .seconds(wait) <= end else { break }
                roles.observer.line(
                    "how many are open on \(old.joined(separator: ", ")) is known in \(wait) s", step: step.id)
                try await roles.clock.sleep(for: .seconds(max(1, wait)))
                continue
            }
            guard let count = open.count, count > 0 else { break }
            roles.observer.line("\(count) open on \(old.joined(separator: ", "))", step: step.id)
            // What is counted once a minute is not asked more often.
            try await roles.clock.sleep(for: open.isLate ? .seconds(30) : .milliseconds(500))
        }
        let names = old.joined(separator: ", ")
        output.note =
            switch output.openConnections {
            case nil where wait != nil:
                "how many connections are open on \(names) is unknown: Cloud Monitoring tells it "
                    + "\(CountingDelay.seconds / 60) minutes late, and `drain` is \(seconds) s"
            case nil: "how many connections are open on \(names) is unknown"
            case 0:
                most == 0
                    ? "nothing was open on \(names)"
                    : most == 1
                        ? "the only connection of \(names) has ended"
                        : "all \(most ?? 0) connections of \(names) have ended"
            case .some(let left):
                "\(left) of \(Counted.text(most ?? left, "connection")) \((most ?? left) == 1 ? "is" : "are") still open on \(names) after \(seconds) s"
            }
        return output
    }

    /// Of all of them together; nil as soon as nobody can tell of one of them.
    private func openConnections(
        of revisions: [String], _ service: PlannedService, after time: Duration
    ) async -> OpenConnections? {
        guard let counter = roles.connections else { return nil }
        var all: [OpenConnections] = []
        for revision in revisions {
            guard
                let count = try? await counter.openConnections(of: revision, service: service.identity, after: time)
            else { return nil }
            all.append(count)
        }
        return OpenConnections(adding: all)
    }

    func retire(_ service: PlannedService, step: Step, state: Progress.StepState) async throws -> StepOutput {
        let tag = service.baselineTag
        let (observation, isWritten) = try await observeOwn(service, step: step, state: state) { now in
            !now.trafficStatuses.contains { $0.tag == tag }
        }
        if isWritten { return StepOutput(leaving: observation) }
        let traffic = TrafficPlan.pinned(observation.trafficStatuses).filter { $0.tag == nil || $0.tag != tag }
        let after = try await write(
            ServiceChange(traffic: traffic, etag: observation.etag, generation: observation.generation), to: service,
            step: step.id)
        var output = StepOutput(leaving: after)
        output.note = "\(service.baseline ?? "the old revision") has no URL of its own any more"
        return output
    }
}
