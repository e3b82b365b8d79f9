package import Configuration

/// What a run is going to do, as a value that prints, serialises and never changes: the executor takes nothing else.
package struct Plan: Codable, Hashable, Sendable {
    /// 2 knows strategies, 3 regions that stay as they are when another one fails.
    package static let currentVersion = 3

    package var version: Int
    package var run: String
    package var kind: RunKind
    package var environment: String
    /// RFC 3339.
    package var created: String
    /// `user@host`.
    package var initiator: String
    /// Nil without a repository.
    package var source: SourceSnapshot?
    package var services: [PlannedService]
    /// In an order in which they could run one after the other.
    package var steps: [Step]
    /// Gates whose failure does not stop this release, with the reason that was given.
    package var overrides: [String: String]
    /// Why smoke does not run; nil when it does.
    package var smokeSkipped: String?
    /// A region that fails takes back only what is not finished; nil where all of them go back.
    package private(set) var keepsFinishedRegions: Bool?
    /// Digest of everything above that does not change from run to run: what an approval names.
    package var fingerprint: String

    package init(
        run: String, kind: RunKind, environment: String, created: String, initiator: String, source: SourceSnapshot?,
        services: [PlannedService], steps: [Step], overrides: [String: String] = [:], smokeSkipped: String? = nil,
        keepsFinishedRegions: Bool = false, digest: Digest
    ) {
        // An earlier version of stagectl would take back what this plan keeps; it may read every other one.
        self.version = keepsFinishedRegions ? Self.currentVersion : 2
        self.keepsFinishedRegions = keepsFinishedRegions ? true : nil
        self.run = run
        self.kind = kind
        self.environment = environment
        self.created = created
        self.initiator = initiator
        self.source = source
        self.services = services
        self.steps = steps
        self.overrides = overrides
        self.smokeSkipped = smokeSkipped
        self.fingerprint = ""
        self.fingerprint = digest(withoutRun.serialized())
    }

    package var changes: Bool { !steps.isEmpty }

    /// Those of checks. When a release may be made at all is another question than whether it is good.
    package var gateOverrides: [String: String] { overrides.filter { $0.key != "freeze" } }

    /// By check id, of `--override check:ID=REASON`.
    var acceptedChecks: [String: String] {
        let prefix = "check:"
        let named = overrides.filter { $0.key.hasPrefix(prefix) }.map {
            (String($0.key.dropFirst(prefix.count)), $0.value)
        }
        return Dictionary(named, uniquingKeysWith: { $1 })
    }

    /// Whether this is the plan that the fingerprint was made of.
    package func isAsFingerprinted(_ digest: Digest) -> Bool { fingerprint == digest(withoutRun.serialized()) }

    package func service(_ key: ServiceKey) -> PlannedService? {
        services.first { $0.key == key }
    }

    /// What a step is done to. An image is made for all regions: any of its service's will do.
    func service(of step: Step) -> PlannedService? {
        service(step.service) ?? services.first { $0.imageKey == step.service }
    }

    /// By step, what it needs, what that needs, and so on.
    var allNeeds: [String: Set<String>] {
        steps.reduce(into: [:]) { known, step in
            // Steps stand in an order in which they could run, so what is needed is known by now.
            known[step.id] = step.needs.reduce(into: Set(step.needs)) { $0.formUnion(known[$1] ?? []) }
        }
    }

    package func step(_ id: String) -> Step? {
        steps.first { $0.id == id }
    }

    private var withoutRun: Plan {
        var copy = self
        copy.run = ""
        copy.created = ""
        copy.initiator = ""
        copy.fingerprint = ""
        for index in copy.services.indices {
            copy.services[index].labels[ReleaseLabel.run] = nil
            copy.services[index].tag = ""
            copy.services[index].reasons = nil
            if copy.services[index].baselineTag != nil { copy.services[index].baselineTag = "" }
        }
        return copy
    }
}

/// Hex SHA-256 of a text. The domain has no cryptography of its own.
package typealias Digest = @Sendable (String) -> String

/// One service of a plan, with what was seen of it when the plan was made.
package struct PlannedService: Codable, Hashable, Sendable {
    package enum Decision: Codable, Hashable, Sendable {
        /// The serving revision is already this one.
        case unchanged
        /// A new revision.
        case deploy
        /// A revision that exists already takes the traffic again.
        case reuse(revision: String)
    }

    package var identity: ServiceIdentity
    /// Nil where the environment has one region, and in plans of earlier versions.
    private var regionalKey: ServiceKey?
    package var service: Service
    package var decision: Decision
    /// Nothing of it was ever verified: it stays closed until it passes.
    package var isFirst: Bool
    package var exists: Bool
    package var baseline: String?
    /// What was seen while planning; something else at lock time is a conflict.
    package var generation: Int64?
    /// Whether everybody could call it while planning: access has no part in the generation. Nil for a service that was
    /// not there, and in plans of earlier versions.
    package var wasPublic: Bool?
    /// Who could call it by a line of its own policy, while planning; nil as `wasPublic` is, and where nobody has read it.
    package var invokers: [String]?
    package var tag: String
    /// Under which what serves is asked on its own, beside the candidate; nil where nobody does.
    package var baselineTag: String?
    package var labels: [String: String]
    package var environment: [ConfiguredVariable]
    /// `KEY` of every `--set-env`.
    package var overrides: [String]
    /// Known already when the image was given or nothing is built.
    package var image: ImageReference?
    /// It is unchanged although what serves was not made by stagectl, and so was never verified by it; nil otherwise.
    package var isForeign: Bool?
    /// Where its image was verified; nil for one of this environment, and in plans of earlier versions.
    package var promotion: PromotionOrigin?
    /// Why what serves is not left as it is, for people; nil where it is, and in plans of earlier versions. No part of the
    /// fingerprint: it says nothing that the rest does not.
    package var reasons: [RevisionReason]?
    /// What its fingerprint is made of once the run's own apply has made the outputs that it names; nil for none.
    var awaitingOutputs: FingerprintMaterial?

    package init(
        placement: Placement, decision: Decision, isFirst: Bool, exists: Bool,
        baseline: String?, generation: Int64?, wasPublic: Bool?, tag: String, labels: [String: String],
        environment: [ConfiguredVariable], overrides: [String] = [], image: ImageReference? = nil
    ) {
        self.identity = placement.identity
        self.regionalKey = placement.key.region == nil ? nil : placement.key
        self.service = placement.service
        self.decision = decision
        self.isFirst = isFirst
        self.exists = exists
        self.baseline = baseline
        self.generation = generation
        self.wasPublic = wasPublic
        self.tag = tag
        self.labels = labels
        self.environment = environment
        self.overrides = overrides
        self.image = image
    }
}

extension PlannedService {
    package var key: ServiceKey { regionalKey ?? ServiceKey(identity.name) }

    /// By which its image is built: one for all regions.
    var imageKey: ServiceKey { ServiceKey(identity.name) }

    package var placement: Placement { Placement(service: service, identity: identity, key: key) }
}

extension [PlannedService] {
    /// Each service with all its regions, in the order of this list.
    var inTheirRegions: [[PlannedService]] {
        reduce(into: []) { result, service in
            if result.last?.last?.identity.name == service.identity.name {
                result[result.count - 1].append(service)
            } else {
                result.append([service])
            }
        }
    }
}
