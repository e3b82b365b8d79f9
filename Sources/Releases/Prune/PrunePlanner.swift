import Configuration

/// Turns what may go into a plan: for each service its lock, its tags in one write, its revisions one by one; images
/// last, when no revision that used them is left. Pure.
package struct PrunePlanner: Sendable {
    private let digest: Digest

    package init(digest: @escaping Digest) {
        self.digest = digest
    }

    package struct Request: Sendable {
        package var run: String
        /// RFC 3339.
        package var created: String
        package var initiator: String
        package var environment: String
        package var facts: [PruneFacts]
        package var decisions: [PruneDecision]
        /// By service: one image serves all regions.
        package var images: [String: [ImageReference]]

        package init(
            run: String, created: String, initiator: String, environment: String, facts: [PruneFacts],
            decisions: [PruneDecision], images: [String: [ImageReference]]
        ) {
            self.run = run
            self.created = created
            self.initiator = initiator
            self.environment = environment
            self.facts = facts
            self.decisions = decisions
            self.images = images
        }
    }

    package func plan(_ request: Request) -> Plan {
        let decisions = Dictionary(request.decisions.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        let changed = request.facts.filter { facts in
            decisions[facts.placement.key]?.changes == true
                || request.images[facts.placement.name]?.isEmpty == false
        }
        var steps: [Step] = []
        var locks: [String] = []
        for facts in changed.sorted(by: { $0.placement.key < $1.placement.key }) {
            let id = "lock:\(facts.placement.key)"
            steps.append(
                Step(
                    id, service: facts.placement.key, action: .lock, needs: locks.suffix(1),
                    deadlineSeconds: ReleaseSteps.lockSeconds))
            locks.append(id)
        }
        var ends: [String] = []
        for facts in changed {
            let key = facts.placement.key
            var chain = StepChain(of: key, needs: locks.suffix(1))
            let decision = decisions[key]
            let tags = decision?.tags.compactMap(\.tag) ?? []
            if !tags.isEmpty { chain.add("untag", .untag(tags), seconds: 120) }
            // Oldest first: what is left after a cut is what is newest.
            for fate in decision?.deleted.reversed() ?? [] {
                chain.add("delete-\(fate.revision)", .deleteRevision(fate.revision), seconds: 180)
            }
            steps += chain.steps
            ends.append(chain.steps.last?.id ?? locks.last ?? "")
        }
        var seen: Set<String> = []
        for facts in changed where seen.insert(facts.placement.name).inserted {
            var needs = ends
            for image in request.images[facts.placement.name] ?? [] {
                let id = "\(Self.step(of: image)):\(facts.placement.key)"
                steps.append(
                    Step(
                        id, service: facts.placement.key, action: .deleteImage(image), needs: needs,
                        deadlineSeconds: 180))
                needs = [id]
            }
        }
        return Plan(
            run: request.run, kind: .prune, environment: request.environment, created: request.created,
            initiator: request.initiator, source: nil, services: changed.map { planned($0) }, steps: steps,
            digest: digest)
    }

    /// The verb of the step that deletes the image; 12 digits tell all images of a service apart.
    package static func step(of image: ImageReference) -> String {
        "image-" + image.digest.dropFirst("sha256:".count).prefix(12)
    }

    private func planned(_ facts: PruneFacts) -> PlannedService {
        let observation = facts.observation
        return PlannedService(
            placement: facts.placement, decision: .unchanged, isFirst: false, exists: true,
            baseline: observation.servingRevision, generation: observation.generation, wasPublic: observation.isPublic,
            tag: "", labels: [:], environment: [])
    }
}
